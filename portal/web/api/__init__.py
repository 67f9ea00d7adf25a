"""REST v1, the reading side: datasets, versions, tables, rows, and the terms they are found by."""
