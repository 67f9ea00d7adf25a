"""The process in which a stranger's statement is carried out: reads one question at a time from stdin, answers on stdout.

    question   length (4 bytes), JSON: sql, tables, row_format, timeout_s, max_rows, max_bytes, as
    answer     length (4 bytes), JSON: columns, rows, truncated, read, cpu_s, size; or what was refused; then `size` bytes of rows

Before the first question it gives up whatever it does not need (confined.py). The parent (pool.py) stops it when it takes
too long. Standard library only, so that it starts in some 20 ms and holds little.
"""

import json
import os
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from portal.rows.sql.confined import confine, give_back_memory
from portal.rows.sql.framing import LENGTH
from portal.rows.sql.sandbox import OldForm, Sandbox, opened, origins
from portal.rows.sql.written import Unwritable, Value, as_csv, as_json, type_of, unique_names

Json = dict[str, Any]  # Any: JSON


def main() -> None:
    """Answer questions until stdin ends. Arguments: folder of the row files, bytes of memory, seconds of processor time."""
    folder, memory_bytes, cpu_s = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    with sqlite3.connect(":memory:") as first:  # what SQLite and Python load late is loaded now
        first.execute(f"PRAGMA hard_heap_limit = {memory_bytes // 2}")
    origins([], "SELECT 1")
    "é".encode("utf-16")  # the codec of texts that fail
    held = confine(folder, memory_bytes=memory_bytes, cpu_s=cpu_s)
    _send({"confined": held})
    while (question := _received()) is not None:
        head, body = _answer(question)
        _send(head | {"cpu_s": time.process_time(), "size": len(body)}, body)
        del head, body
        give_back_memory()


def _answer(question: Json) -> tuple[Json, bytes]:
    sandbox = None
    try:
        sandbox = opened(
            question["tables"], row_format=question["row_format"], deadline=time.monotonic() + question["timeout_s"]
        )
        return _rows(sandbox, question)
    except OldForm:
        return {"refused": "old"}, b""
    except MemoryError:
        return {"refused": "memory"}, b""
    except Unwritable as error:
        return {"refused": "value", "message": str(error)}, b""
    except sqlite3.Error as error:
        return _refusal(sandbox, error), b""
    finally:
        if sandbox is not None:
            sandbox.connection.close()


def _refusal(sandbox: Sandbox | None, error: sqlite3.Error) -> Json:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if sandbox is not None and sandbox.denied is not None:
        return {"refused": "denied", **sandbox.denied}
    kinds = {
        sqlite3.SQLITE_AUTH: "denied",
        sqlite3.SQLITE_INTERRUPT: "time",
        sqlite3.SQLITE_TOOBIG: "size",
        sqlite3.SQLITE_NOMEM: "memory",
        sqlite3.SQLITE_FULL: "memory",
        sqlite3.SQLITE_IOERR: "memory",
    }
    return {"refused": kinds.get(code, "sql"), "what": "action", "name": "", "message": str(error)[:500]}


def _rows(sandbox: Sandbox, question: Json) -> tuple[Json, bytes]:
    """Carry out a statement; give what is said of its answer, and its rows."""
    found = sandbox.connection.execute(question["sql"])
    names = unique_names([column[0] for column in found.description or ()])
    rows: list[Sequence[Value]] = []
    size, most = 0, question["max_rows"]
    for row in found:  # one by one: each may be large
        rows.append(row)
        size += sum(len(value) if isinstance(value, str) else 8 for value in row)
        if len(rows) > most or size > question["max_bytes"]:
            break
    is_cut = len(rows) > most or size > question["max_bytes"]
    columns = _columns(question, names, rows)
    forms = [column.pop("form") for column in columns]
    lines, all_written = _written(rows[:most], names, forms, question)
    body = (("" if question["as"] == "csv" else ",").join(lines)).encode("utf-8")
    head = {
        "columns": columns, "rows": len(lines), "truncated": is_cut or not all_written, "read": sorted(sandbox.read),
    }  # fmt: skip
    return head, body


def _columns(question: Json, names: Sequence[str], rows: Sequence[Sequence[Value]]) -> list[Json]:
    """Describe the columns of an answer: name, type, and whose column it is."""
    tables, columns = question["tables"], []
    known = origins(tables, question["sql"])
    for place, name in enumerate(names):
        origin = known[place] if place < len(known) else None
        own: Json = tables[origin[0]]["columns"][origin[1]] if origin else {"type": "", "form": "", "name": ""}
        kind, form = type_of([row[place] for row in rows], own["type"], own["form"])
        kept = origin is not None and kind == own["type"]
        source = {"table": tables[origin[0]]["name"], "column": own["name"]} if origin and kept else None
        columns.append({"name": name, "type": kind, "form": form, "from": source})
    return columns


def _written(
    rows: Sequence[Sequence[Value]], names: Sequence[str], forms: Sequence[str], question: Json
) -> tuple[list[str], bool]:
    """Write rows until `max_bytes`; tell whether all were."""
    keys = [json.dumps(name, ensure_ascii=False) + ":" for name in names]
    lines: list[str] = []
    left = question["max_bytes"]
    for row in rows:
        if question["as"] == "csv":
            line = ",".join(as_csv(value, form) for value, form in zip(row, forms, strict=True)) + "\r\n"
        else:
            cells = zip(keys, row, forms, strict=True)
            line = "{" + ",".join(key + as_json(value, form) for key, value, form in cells) + "}"
        left -= len(line) + 1
        if left < 0:
            return lines, False
        lines.append(line)
    return lines, True


def _received() -> Json | None:
    """Read a question; None: there will be no more."""
    head = _read(LENGTH.size)
    return json.loads(_read(LENGTH.unpack(head)[0])) if head else None


def _read(size: int) -> bytes:
    found = b""
    while len(found) < size and (piece := os.read(0, size - len(found))):
        found += piece
    return found


def _send(head: Json, body: bytes = b"") -> None:
    said = json.dumps(head, ensure_ascii=False).encode("utf-8", "replace")
    left = memoryview(LENGTH.pack(len(said)) + said + body)
    while left:
        left = left[os.write(1, left) :]


if __name__ == "__main__":
    main()
