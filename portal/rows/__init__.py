"""Published rows, served from one immutable SQLite file per table."""
