"""What SQLite is left with for one statement: the tables it names, functions from a list, and sizes that end.

A new database in memory for each statement; row files are attached read-only and immutable, shown as views, and then the
authorizer closes the door: nothing but SELECT, reading the views, and functions of the list. `FUNCTIONS` holds what
reckons with a value or a group and grows with its input at most; what makes much of little (printf, randomblob, zeroblob),
reads or loads (load_extension, fts3_tokenizer, json_each, pragma_…) or differs from call to call (random) is not in it.
Runs in the child; standard library only.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

FUNCTIONS = frozenset(
    {
        "count", "sum", "total", "avg", "min", "max", "group_concat",
        "abs", "round", "sign", "ceil", "ceiling", "floor", "trunc", "mod", "pow", "power", "sqrt", "exp", "ln", "log", "log2", "log10",
        "pi", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "radians", "degrees",
        "lower", "upper", "length", "substr", "substring", "trim", "ltrim", "rtrim", "replace", "instr", "like", "glob",
        "char", "unicode", "hex", "quote", "typeof", "coalesce", "ifnull", "nullif", "iif",
        "date", "time", "datetime", "julianday", "strftime", "unixepoch", "current_date", "current_time", "current_timestamp",
        "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value", "last_value", "nth_value",
    }
)  # fmt: skip
"""What a statement may call. LIKE and GLOB are functions too; CAST, CASE, || and comparisons are none."""

MAX_VALUE_BYTES = 2_000_000
"""Longest text that a statement may read or make."""

_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: MAX_VALUE_BYTES,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 100_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 32,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
}
_COLUMNS_BESIDES = 100
"""Columns of a result beyond all columns of all tables."""
_LOOK_EVERY = 20_000
_MAX_DIGITS = 60
_ROWID = "ROWID"
"""What SQLite calls the number of a row that a view does not have: it would give NULL for it."""
_ACTIONS = {
    getattr(sqlite3, name): name.removeprefix("SQLITE_")
    for name in dir(sqlite3)
    if name.startswith(("SQLITE_CREATE_", "SQLITE_DROP_", "SQLITE_ALTER_"))
    or name.removeprefix("SQLITE_")
    in ("INSERT", "UPDATE", "DELETE", "PRAGMA", "ATTACH", "DETACH", "TRANSACTION", "SAVEPOINT", "REINDEX", "ANALYZE")
}

Described = dict[str, Any]  # Any: JSON; portal/rows/sql/tables.py makes it


class OldForm(Exception):
    """A row file is of another form than the portal reads."""


@dataclass
class Sandbox:
    """A database for one statement, and what it was seen to want."""

    connection: sqlite3.Connection
    read: set[str] = field(default_factory=set)
    """Names of the tables that were read."""
    denied: dict[str, str] | None = None
    """What was asked for first that is not allowed."""


def opened(tables: list[Described], *, row_format: int, deadline: float) -> Sandbox:
    """Give a database that has *tables* and nothing else, and stops at *deadline* (of `time.monotonic`).

    Raises:
        OldForm: a row file's `user_version` is not *row_format*.
    """
    connection = sqlite3.connect(":memory:", uri=True, isolation_level=None, cached_statements=0)
    connection.create_collation("digits", _compared)
    for table in tables:
        connection.execute(f"ATTACH ? AS {table['schema']}", (table["address"],))
        if connection.execute(f"PRAGMA {table['schema']}.user_version").fetchone() != (row_format,):
            connection.close()
            raise OldForm(table["name"])
    for pragma in ("temp_store = MEMORY", "trusted_schema = OFF", "cell_size_check = ON"):
        connection.execute(f"PRAGMA {pragma}")
    for table in tables:
        connection.execute(table["view"])
    connection.execute("PRAGMA query_only = ON")
    sandbox = Sandbox(connection)
    decide = _authorizer(sandbox, {table["schema"]: table["name"] for table in tables})
    _narrow(connection, tables)
    connection.set_authorizer(decide)
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _LOOK_EVERY)
    return sandbox


def _narrow(connection: sqlite3.Connection, tables: list[Described]) -> None:
    """Let nothing grow beyond what an honest statement needs."""
    columns = sum(len(table["columns"]) for table in tables) + _COLUMNS_BESIDES
    for limit, most in {**_LIMITS, sqlite3.SQLITE_LIMIT_COLUMN: columns}.items():
        connection.setlimit(limit, most)


def origins(tables: list[Described], sql: str) -> list[tuple[int, int] | None]:
    """Tell for each column of the answer which column of which table it is, as it is; None: it was reckoned.

    SQLite tells it by the declared types of a view that is made of the statement over tables without rows.
    """
    name = f"answer_{time.monotonic_ns()}"
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as shadow, suppress(sqlite3.Error):
        shadow.create_collation("digits", _compared)
        shadow.execute("PRAGMA temp_store = MEMORY")
        for table in tables:
            shadow.execute(table["shadow"])
        _narrow(shadow, tables)
        shadow.execute(f"CREATE TEMP VIEW {name} AS {sql}")
        return [_origin(kind) for _, _, kind, *_ in shadow.execute(f"PRAGMA temp.table_info({name})")]
    return []


def _origin(kind: str) -> tuple[int, int] | None:
    table, found, column = kind.rpartition(" ")[2].removeprefix("t").partition("c")
    return (int(table), int(column)) if found and table.isdigit() and column.isdigit() else None


def _authorizer(sandbox: Sandbox, names: dict[str, str]) -> Callable[..., int]:
    """Give what decides, while a statement is prepared, on each thing that it wants; *names*: schema ↔ table."""
    views, modules = frozenset(names.values()), _modules(sandbox.connection)

    def is_open(action: int, first: str, second: str, schema: str | None, view: str | None) -> bool:
        if action == sqlite3.SQLITE_FUNCTION:
            return second.lower() in FUNCTIONS
        if action != sqlite3.SQLITE_READ:
            return action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE)
        if schema == "temp":
            return first in views and second != _ROWID
        if schema in names:
            sandbox.read.add(names[schema])
            return first == "rows" and (view == names[schema] or not second)
        is_own = schema is None and not second  # a WITH of the statement's own, of which no column is read
        return is_own and not first.lower().startswith(("sqlite_", "pragma_")) and first.lower() not in modules

    def decide(action: int, first: str | None, second: str | None, schema: str | None, view: str | None) -> int:
        if is_open(action, first or "", second or "", schema, view):
            return sqlite3.SQLITE_OK
        if sandbox.denied is None:
            sandbox.denied = _told(action, first or "", second or "")
        return sqlite3.SQLITE_DENY

    return decide


def _modules(connection: sqlite3.Connection) -> frozenset[str]:
    """Give the names of the virtual tables that SQLite brings along."""
    return frozenset(name.lower() for (name,) in connection.execute("PRAGMA module_list"))


def _told(action: int, first: str, second: str) -> dict[str, str]:
    if action == sqlite3.SQLITE_FUNCTION:
        return {"what": "function", "name": second}
    if action == sqlite3.SQLITE_READ:
        return {"what": "column", "name": second.lower()} if second == _ROWID else {"what": "table", "name": first}
    if first == "sqlite_master":  # a function that gives rows has SQLite declare a table
        return {"what": "action", "name": "a table-valued function"}
    return {"what": "action", "name": _ACTIONS.get(action, str(action))}


def _compared(one: str, other: str) -> int:
    """Compare numbers that lie as text by value; what is none comes after them, as text."""
    left, right = _number(one), _number(other)
    if left is not None and right is not None:
        return (left > right) - (left < right)
    if left is None and right is None:
        return (one > other) - (one < other)
    return 1 if left is None else -1


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text) if len(text) <= _MAX_DIGITS else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None
