"""What a server needs only sometimes is loaded when it is first used.

A server must answer within a second of its start, and most of what it sends was written before: the engines and libraries
that wrote it would cost half a second and fifty megabytes. The foreign ones are named here, once, and imported from here:

    from portal.foundation.lazily import duckdb

Annotations that name them stand in quotes. Rooms of our own are named where they are used, by `later`. This is for what is
heavy and seldom, never to hide a cycle; tests/contracts/test_start.py holds what a server may load. What is needed soon
anyway can be loaded beside other work (`meanwhile`).
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

__all__ = [
    "adbc_driver_manager",
    "adbc_driver_sqlite",
    "duckdb",
    "jsonschema",
    "later",
    "meanwhile",
    "nanoarrow",
    "phonenumbers",
]


class _Later(ModuleType):
    """Stands for a module. Threads that ask at once wait for each other by the import system's own locks."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # Python's own questions about modules in general
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name)


def later(name: str) -> ModuleType:
    """Give the module *name* if it is loaded, else what stands for it and loads it at first use."""
    return sys.modules.get(name) or _Later(name)


@contextmanager
def meanwhile(*names: str) -> Iterator[None]:
    """Load the modules *names* while the block waits for sums and for the disk; when it ends, they are loaded.

    The block must not load anything that has to do with them.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="loading") as beside:
        loading = beside.submit(lambda: [import_module(name) for name in names])
        yield
        loading.result()


if TYPE_CHECKING:
    import adbc_driver_manager
    import adbc_driver_sqlite
    import duckdb
    import jsonschema
    import nanoarrow
    import phonenumbers
else:
    adbc_driver_manager = later("adbc_driver_manager")
    adbc_driver_sqlite = later("adbc_driver_sqlite")
    duckdb = later("duckdb")
    jsonschema = later("jsonschema")
    nanoarrow = later("nanoarrow")
    phonenumbers = later("phonenumbers")
