"""A published table in every format people ask for: one file a format, one line in `FORMATS`."""
