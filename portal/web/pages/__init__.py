"""Plain, correct pages for people: the same data as the API, without a script or a cookie."""
