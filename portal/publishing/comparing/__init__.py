"""What changed between two states of a dataset: draft against public, version against version.

metadata.py    which facts of the descriptor        ┐
columns.py     which columns, and who will break    ├─▶ difference.py: the whole answer
rows.py        which rows, written to one file      ┘
listing.py     that file read: pages of JSON, the whole as CSV
kept.py        files of changes between released tables, made once
versions.py    two versions of the record put to the above
"""
