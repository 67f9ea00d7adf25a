"""A full disk, however it is told: the system, SQLite, DuckDB and PostgreSQL each have an error of their own."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from portal.foundation.errors import OutOfSpace, PortalError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_TOLD = (*(os.strerror(number) for number in _FULL), "database or disk is full")
"""What engines quote in errors that have no number of their own (DuckDB's IOException, XlsxWriter, psycopg's DiskFull)."""


@contextmanager
def told_when_full() -> Iterator[None]:
    """Turn whatever says that the disk is full into `OutOfSpace`; other errors pass.

    Raises:
        OutOfSpace: the disk filled up inside the block.
    """
    try:
        yield
    except PortalError:
        raise
    except Exception as error:
        if _says_full(error):
            raise OutOfSpace(
                "The disk is full; nothing was changed. Free some space and try again.",
                detail_de="Die Festplatte ist voll; es wurde nichts geändert. Bitte Platz schaffen und erneut versuchen.",
            ) from error
        raise


def _says_full(error: Exception) -> bool:
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return True
    return any(words in str(error) for words in _TOLD)
