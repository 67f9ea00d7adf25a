"""JSON records as rows: nested objects become columns with dots, lists are refused with a reason.

Two passes: the first finds all names (a record may bring a new one at the end of the file), the second writes rows.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.ingest.receive.geojson import feature_record, is_geojson, note_geometries, without_other_systems
from portal.ingest.receive.json_stream import Number, Source, records
from portal.ingest.receive.layout import MAX_COLUMNS
from portal.ingest.receive.loading import load_records
from portal.ingest.receive.names import whole_names
from portal.ingest.receive.task import Grid, Task, Unreadable
from portal.ingest.report import Remedy, Severity

_MAX_DEPTH = 8
Record = dict[str, Any]  # Any: JSON values


class _Columns:
    """The names found so far and the kinds of values under each."""

    def __init__(self) -> None:
        self.kinds: dict[str, set[str]] = {}
        self.empty_texts = 0

    def add(self, record: dict[str, str | Number | bool | None]) -> None:
        for name, value in record.items():
            kinds = self.kinds.setdefault(name, set())
            if value is not None:
                kinds.add(
                    "boolean" if isinstance(value, bool) else "number" if isinstance(value, Number) else "json-text"
                )
            self.empty_texts += value == ""
        if len(self.kinds) > MAX_COLUMNS:
            raise Unreadable(
                "too-many-columns", f"Mehr als {MAX_COLUMNS} Spalten.", f"More than {MAX_COLUMNS} columns."
            )

    def of_grid(self) -> dict[int, str]:
        """Give the kind of each column that has only one; mixed ones are texts."""
        single = {
            index: next(iter(kinds)) if len(kinds) == 1 else "text"
            for index, kinds in enumerate(self.kinds.values())
            if kinds
        }
        return {index: "boolean" if kind == "boolean" else kind for index, kind in single.items()}


def load_json(task: Task, path: Path) -> Grid:
    """Fill `cells` with the records of a JSON, JSON Lines or GeoJSON file.

    Raises:
        Unreadable: there are no records, or they are no objects.
    """
    columns, source, number = _Columns(), Source(), 0
    for number, record in enumerate(_flat(task, path, source, note=True), start=1):  # noqa: B007 - counted
        columns.add(record)
    if not columns.kinds:
        raise Unreadable("no-records", "Die Datei enthält keine Datensätze.", "The file holds no records.")
    without_other_systems(source)
    _note_members(task, source)
    note_geometries(task, path)
    if columns.empty_texts:
        task.notes.add(
            "empty-text",
            Severity.NOTE,
            "Leere Texte und null sind in einer Tabelle dasselbe.",
            "Empty texts and null are the same in a table.",
            number=columns.empty_texts,
        )
    for name, kinds in columns.kinds.items():
        if len(kinds) > 1:
            task.notes.add(
                "mixed-types",
                Severity.WARNING,
                "Die Spalte mischt Texte, Zahlen und Wahrheitswerte; sie bleibt Text.",
                "The column mixes texts, numbers and booleans; it stays text.",
                column=name,
            )
    names = list(columns.kinds)
    rows = ([_text(record.get(name)) for name in names] for record in _flat(task, path, Source(), note=False))
    load_records(task, rows, len(names))
    task.engine.run("DROP TABLE IF EXISTS cells; ALTER TABLE raw RENAME TO cells")
    return Grid(names=whole_names(task.notes, names), kinds=columns.of_grid(), row="rowid + 1")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _flat(task: Task, path: Path, source: Source, *, note: bool) -> Iterator[Record]:
    for number, record in enumerate(records(path, source), start=1):
        if not isinstance(record, dict):
            raise Unreadable(
                "not-an-object",
                f"Datensatz {number} ist kein Objekt mit Namen und Werten.",
                f"Record {number} is no object of names and values.",
            )
        flat: Record = {}
        plain = feature_record(record, task.choices) if is_geojson(record) else record
        _flatten(task, plain, "", flat, number if note else 0)
        yield flat


def _flatten(task: Task, record: Record, prefix: str, flat: Record, number: int, depth: int = 0) -> None:
    for name, value in record.items():
        full = f"{prefix}{name}"
        if isinstance(value, dict) and value and depth < _MAX_DEPTH:
            _flatten(task, value, f"{full}.", flat, number, depth + 1)
        elif isinstance(value, dict | list):
            flat[full] = _nested(task, full, value, number)
        elif full in flat:
            raise Unreadable(
                "duplicate-name",
                f"Zwei Werte würden beide {full!r} heißen.",
                f"Two values would both be called {full!r}.",
            )
        else:
            flat[full] = value


def _nested(task: Task, name: str, value: Any, number: int) -> str | None:  # Any: JSON
    """Give a list as JSON text where that was accepted; otherwise it is an error, and the text is for looking at."""
    if not value:
        return None
    if number and not task.choices.accepts("list-as-json", name):
        task.notes.add(
            "nested-list",
            Severity.ERROR,
            "Eine Liste passt nicht in eine Zelle; sie gehört in eine eigene Tabelle.",
            "A list does not fit into a cell; it belongs in a table of its own.",
            row=number,
            column=name,
            value=_json(value)[:200],
            remedy=Remedy(code="list-as-json", column=name),
        )
    return _json(value)


def _json(value: Any) -> str:  # Any: JSON
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(name)}: {_json(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_json(one) for one in value) + "]"
    if isinstance(value, Number):
        return value
    if isinstance(value, str):
        return _quoted(value)
    return {True: "true", False: "false", None: "null"}[value]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _note_members(task: Task, source: Source) -> None:
    """Say what stood beside the list of records: it is not in the table."""
    lists = [
        name
        for name, value in source.members.items()
        if isinstance(value, list) and value and isinstance(value[0], dict)
    ]
    if lists:
        task.notes.add(
            "several-lists",
            Severity.ERROR,
            f"Neben {source.list_name!r} gibt es weitere Listen: {', '.join(lists)}.",
            f"There are more lists beside {source.list_name!r}: {', '.join(lists)}.",
            remedy=Remedy(code="one-list"),
        ) if not task.choices.accepts("one-list") else None
    others = [name for name in source.members if name not in lists and name not in ("type", "crs", "bbox", "name")]
    if others:
        task.notes.add(
            "other-members",
            Severity.WARNING,
            f"Nicht in der Tabelle: {', '.join(others)}.",
            f"Not in the table: {', '.join(others)}.",
            value=", ".join(f"{name}: {source.members[name]}" for name in others),
        )
