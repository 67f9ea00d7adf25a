"""The command line: thin as a view. Data to stdout, words to stderr, one line and status 1 for an error."""
