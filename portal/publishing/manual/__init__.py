"""A table's manual for programs: the OpenAPI document of its rows, and code that reads it."""
