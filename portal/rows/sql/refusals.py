"""What SQLite or the process refused, said in German and English and with the place in the statement."""

import difflib
import re
from collections.abc import Sequence
from typing import Any

from portal.foundation.errors import Busy, Forbidden, InvalidInput, PortalError, TooCostly
from portal.rows.sql.sandbox import FUNCTIONS, MAX_VALUE_BYTES
from portal.rows.sql.statement import Statement
from portal.rows.sql.tables import SqlTable

_MAX_SHOWN = 200
"""Columns that a refusal names."""

_MESSAGES: tuple[tuple[str, str, str], ...] = (
    (r'near "(.*)": syntax error', "Near {!r} this is no SQL.", "Bei {!r} ist das kein SQL."),
    (r"no such table: (.*)", "There is no table {!r}.", "Es gibt keine Tabelle {!r}."),
    (r"no such column: (.*)", "There is no column {!r}.", "Es gibt keine Spalte {!r}."),
    (r"no such function: (.*)", "There is no function {!r}.", "Es gibt keine Funktion {!r}."),
    (
        r"ambiguous column name: (.*)",
        "The column {!r} is in several tables; say which is meant.",
        "Die Spalte {!r} steht in mehreren Tabellen; welche ist gemeint?",
    ),
    (
        r"wrong number of arguments to function (.*)\(\)",
        "The function {!r} takes another number of values.",
        "Die Funktion {!r} nimmt eine andere Zahl von Werten.",
    ),
    (r"incomplete input", "It ends too early.", "Die Anfrage endet zu früh."),
)
"""What SQLite says ↔ the same in our words; the rest is quoted."""

_COSTLY = {
    "time": ("It took longer than {timeout_s:g} s", "Sie dauerte länger als {timeout_s:g} s"),
    "memory": ("It needed more memory than one statement may", "Sie brauchte mehr Speicher, als eine Anfrage darf"),
    "size": (
        f"It reads or makes a value of more than {MAX_VALUE_BYTES} bytes",
        f"Sie liest oder macht einen Wert von mehr als {MAX_VALUE_BYTES} Bytes",
    ),
}

_UNWRITABLE = {
    "bytes": (
        "the answer holds bytes, which JSON and CSV cannot say; hex() makes text of them.",
        "die Antwort enthält Bytes, die JSON und CSV nicht sagen können; hex() macht Text daraus.",
    ),
    "infinite": (
        "the answer holds an infinite number, which JSON and CSV cannot say.",
        "die Antwort enthält eine unendliche Zahl, die JSON und CSV nicht sagen können.",
    ),
}

Json = dict[str, Any]  # Any: JSON


def refusal(head: Json, statement: Statement, tables: Sequence[SqlTable], *, timeout_s: float) -> PortalError:
    """Give the error for an answer that is none."""
    kind = head["refused"]
    if kind == "denied" and head["what"] == "column":
        return _unreadable(f"no such column: {head['name']}", statement, tables)
    if kind == "denied":
        return _denied(head, statement)
    if kind in _COSTLY:
        return _too_costly(kind, timeout_s)
    if kind == "value":
        return InvalidInput(
            f"SQL: {_UNWRITABLE[head['message']][0]}",
            detail_de=f"SQL: {_UNWRITABLE[head['message']][1]}",
            parameter="q",
        )
    if kind == "old":
        return Busy(
            "The rows of a table are being prepared anew after an update; please try again in a minute.",
            detail_de="Die Zeilen einer Tabelle werden nach einer Aktualisierung neu aufbereitet; bitte in einer Minute erneut versuchen.",
            retry_after_s=60,
        )
    return _unreadable(head["message"], statement, tables)


def killed(timeout_s: float) -> TooCostly:
    """Give the error for a process that had to be stopped, or broke under a statement."""
    return _too_costly("time", timeout_s)


def _too_costly(kind: str, timeout_s: float) -> TooCostly:
    english, german = (text.format(timeout_s=timeout_s) for text in _COSTLY[kind])
    return TooCostly(
        f"The statement was cut off: {english[0].lower()}{english[1:]}. Ask for less, or take the whole file.",
        detail_de=f"Die Anfrage wurde abgebrochen: {german[0].lower()}{german[1:]}. Bitte weniger fragen oder die ganze Datei nehmen.",
        timeout_s=timeout_s,
        limit=kind,
    )


def _denied(head: Json, statement: Statement) -> Forbidden:
    name, where = head["name"], statement.place_of(head["name"])
    at, at_de = _at(where)
    if head["what"] == "function":
        return Forbidden(
            f"SQL{at}: the function {name!r} is not open to statements; those that are stand in `functions`.",
            detail_de=f"SQL{at_de}: die Funktion {name!r} steht Anfragen nicht offen; `functions` nennt, welche es tun.",
            parameter="q",
            function=name,
            functions=sorted(FUNCTIONS),
            **where,
        )
    if head["what"] == "table":
        return Forbidden(
            f"SQL{at}: {name!r} is no published table.",
            detail_de=f"SQL{at_de}: {name!r} ist keine veröffentlichte Tabelle.",
            parameter="q",
            table=name,
            **where,
        )
    return Forbidden(
        f"SQL: a statement may only read; {name or 'this'} is not allowed.",
        detail_de=f"SQL: eine Anfrage darf nur lesen; {name or 'dies'} ist nicht erlaubt.",
        parameter="q",
    )


def _unreadable(message: str, statement: Statement, tables: Sequence[SqlTable]) -> InvalidInput:
    for pattern, english, german in _MESSAGES:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            name = found[1] if found.groups() else ""
            name = name[1:-1].replace("``", "`") if re.fullmatch("`.*`", name, re.DOTALL) else name
            where = statement.place_of(name) if name else {}
            at, at_de = _at(where)
            return InvalidInput(
                f"SQL{at}: {english.format(name[:200])}",
                detail_de=f"SQL{at_de}: {german.format(name[:200])}",
                parameter="q",
                near=name[:200],
                sqlite=message,
                **(_columns(name, tables) if "column" in pattern else {}),
                **where,
            )
    return InvalidInput(
        f"SQL: SQLite does not take this: {message}.",
        detail_de=f"SQL: SQLite nimmt das nicht: {message}.",
        parameter="q",
        sqlite=message,
    )


def _columns(name: str, tables: Sequence[SqlTable]) -> Json:
    """Give the columns there are, and those that look like the one asked for."""
    names = [column for table in tables for column in table.source.schema.names]
    similar = difflib.get_close_matches(name.rsplit(".", 1)[-1][:100], names, n=3)
    return {"similar": similar, "columns": names[:_MAX_SHOWN]}


def _at(where: dict[str, int]) -> tuple[str, str]:
    if not where:
        return "", ""
    line, column = where["line"], where["column"]
    return f", line {line}, column {column}", f", Zeile {line}, Spalte {column}"
