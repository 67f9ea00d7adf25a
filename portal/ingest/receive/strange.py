"""Rows that are asked about: sums, headings between groups of rows, and a second table below the first.

None of them is dropped unasked: “Gesamt” may be a group of its own, and a row with nothing but a name may be data.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.ingest.engine import quote_text
from portal.ingest.receive.cells import LAST_TOTAL, TOTAL, is_empty, is_value
from portal.ingest.receive.task import PADDING, Task
from portal.ingest.report import MAX_LISTED, Remedy, Severity

_TAIL = 20
_HEADINGS = 0.2
"""Up to this share of rows with only their first cell filled are headings; more, and the table is just sparse."""


@dataclass(frozen=True)
class Row:
    """A row of `raw`."""

    number: int
    """From 0."""
    cells: tuple[str | None, ...]

    @property
    def filled(self) -> list[str]:
        return [cell for cell in self.cells if cell and cell != PADDING and not is_empty(cell)]


def last_rows(task: Task, columns: list[str]) -> list[Row]:
    """Give the last rows of `raw`."""
    rows = task.engine.rows(
        f"SELECT rowid, {', '.join(columns)} FROM raw WHERE rowid >= (SELECT count(*) FROM raw) - {_TAIL} ORDER BY rowid"  # noqa: S608 - generated names, quoted texts
    )
    return [Row(number, tuple(cells)) for number, *cells in rows]


def strange_rows(task: Task, columns: list[str], dropped: set[int]) -> set[int]:
    """Ask about sums and headings; give those that were accepted to be dropped."""
    gone: set[int] = set()
    for number, text, code in sorted({*_sums(task, columns, dropped), *_headings(task, columns)}):
        if number in dropped or task.choices.accepts("keep-rows", label=text):
            continue
        if task.choices.accepts("drop-rows", label=text):
            gone.add(number)
            task.notes.add(
                "row-dropped",
                Severity.NOTE,
                "Die Zeile wurde wie festgelegt weggelassen.",
                "The row was left out as decided.",
                row=number + 1,
                value=text,
            )
            continue
        german, english = _QUESTIONS[code]
        remedy = Remedy(code="drop-rows", parameters={"label": text})
        task.notes.add(code, Severity.ERROR, german, english, row=number + 1, value=text, remedy=remedy)
    return gone


_QUESTIONS = {
    "total-row": (
        "Das scheint eine Summenzeile zu sein; soll sie wegbleiben?",
        "This seems to be a row of sums; shall it be left out?",
    ),
    "heading-row": (
        "Das scheint eine Zwischenüberschrift zu sein; soll sie wegbleiben?",
        "This seems to be a heading between rows; shall it be left out?",
    ),
}


def _sums(task: Task, columns: list[str], dropped: set[int]) -> Iterator[tuple[int, str, str]]:
    label = f"coalesce({columns[0]}, {columns[1]})"
    for number, text in task.engine.rows(
        f"SELECT rowid, {label} FROM raw WHERE regexp_full_match({label}, {quote_text(TOTAL.pattern)}) ORDER BY rowid LIMIT {MAX_LISTED}"  # noqa: S608 - generated names, quoted texts
    ):
        yield number, text, "total-row"
    last = [row for row in last_rows(task, columns) if row.number not in dropped and len(row.filled) > 1][-1:]
    for row in last:
        if LAST_TOTAL.fullmatch(row.filled[0]):
            yield row.number, row.filled[0], "total-row"


def _headings(task: Task, columns: list[str]) -> Iterator[tuple[int, str, str]]:
    """Give the rows with nothing but a text in the first cell, where all other rows are mostly full."""
    if len(columns) < 3:
        return
    empty = [f"({column} IS NULL OR {column} = {quote_text(PADDING)})" for column in columns]
    alone = f"NOT {empty[0]} AND {' AND '.join(empty[1:])}"
    (headings,) = task.engine.row(f"SELECT count(*) FROM raw WHERE {alone}")  # noqa: S608 - generated names, quoted texts
    if not headings:
        return
    filled = ", ".join(
        f"CAST(NOT {one} AS INTEGER)" for one in empty
    )  # a list: a chain of + may be too deep for DuckDB
    total, full = task.engine.facts(
        ["count(*) FILTER (WHERE filled > 0)", f"count(*) FILTER (WHERE filled >= {len(columns) - 1})"],
        f"(SELECT list_sum([{filled}]) AS filled FROM raw)",  # noqa: S608 - generated names, quoted texts
    )
    if headings > _HEADINGS * total or full + headings < 0.9 * total:
        return
    tail = {row.number for row in last_rows(task, columns)[-3:]}
    for number, text in task.engine.rows(
        f"SELECT rowid, {columns[0]} FROM raw WHERE {alone} ORDER BY rowid LIMIT {MAX_LISTED}"  # noqa: S608 - generated names, quoted texts
    ):
        if number not in tail and not is_value(text):
            yield number, text, "heading-row"


def note_second_table(task: Task, columns: list[str], blank: str) -> None:
    """Refuse a file where, after a blank row, names stand above values once more."""
    after = f"SELECT rowid + 1 FROM raw WHERE {blank} AND rowid > 0 LIMIT {MAX_LISTED}"  # noqa: S608 - generated names, quoted texts
    candidates = [
        Row(number, tuple(cells))
        for number, *cells in task.engine.rows(
            f"SELECT rowid, {', '.join(columns)} FROM raw WHERE rowid IN ({after}) AND NOT ({blank}) ORDER BY rowid"  # noqa: S608 - generated names, quoted texts
        )
    ]
    for row in candidates:
        around = task.engine.rows(
            f"SELECT {', '.join(columns)} FROM raw WHERE rowid IN ({row.number - 2}, {row.number + 1}) ORDER BY rowid"  # noqa: S608 - generated names, quoted texts
        )
        has_values = [any(is_value(cell) for cell in one if cell) for one in around]
        if len(row.filled) > 1 and len(around) == 2 and all(has_values) and not any(map(is_value, row.filled)):
            task.notes.add(
                "second-table",
                Severity.ERROR,
                "Hier scheint eine zweite Tabelle zu beginnen; bitte jede in eine eigene Datei.",
                "A second table seems to begin here; please put each into a file of its own.",
                row=row.number + 1,
                value=" | ".join(row.filled),
            )
