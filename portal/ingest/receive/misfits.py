"""Values that do not fit the reading of their column: each becomes a finding with its row and what could be done."""

from portal.ingest.engine import quote_text
from portal.ingest.receive.columns import Seen
from portal.ingest.receive.readings import TEXT
from portal.ingest.receive.task import Grid, Task
from portal.ingest.report import MAX_LISTED, Remedy, Severity


def ask_missing(task: Task, grid: Grid, one: Seen, words: list[str]) -> None:
    """Ask whether *words* stand for missing values."""
    for word in words:
        (row, number) = task.engine.row(
            f"SELECT min({grid.row}), count(*) FROM cells WHERE {one.text} = {quote_text(word)}"  # noqa: S608 - generated names, quoted texts
        )
        task.notes.add(
            "missing-marker",
            Severity.ERROR,
            f"Steht das für einen fehlenden Wert? ({number}-mal)",
            f"Does this stand for a missing value? ({number} times)",
            row=row,
            column=one.name,
            value=word,
            remedy=Remedy(code="as-missing", column=one.name, parameters={"value": word}),
            number=number,
        )


def list_odd(task: Task, grid: Grid, one: Seen, number: int) -> None:
    """List the few values for which the column stays text."""
    rows = task.engine.rows(
        f"SELECT {grid.row}, {one.text} FROM cells WHERE {one.text} IS NOT NULL AND NOT {one.reading.holds(one.text)} ORDER BY 1 LIMIT {MAX_LISTED}"  # noqa: S608 - generated names, quoted texts
    )
    for place, (row, text) in enumerate(rows):
        task.notes.add(
            "mixed-types",
            Severity.WARNING,
            f"Alle anderen Werte der Spalte sind {one.reading.type}; wegen dieses Werts bleibt sie Text.",
            f"All other values of the column are {one.reading.type}; for this value it stays text.",
            row=row,
            column=one.name,
            value=text,
            remedy=Remedy(code="as-missing", column=one.name, parameters={"value": text}),
            number=number - len(rows) + 1 if place == 0 else 1,
        )


def report_wrong(task: Task, grid: Grid, one: Seen) -> None:
    """Report every value that is not of the wanted type; it stays as written."""
    assert one.wanted is not None
    holds = one.reading.holds(one.text) if one.reading is not TEXT else "false"
    bad = f"FROM cells WHERE {one.text} IS NOT NULL AND NOT {holds}"
    (one.wrong,) = task.engine.row(f"SELECT count(*) {bad}")
    rows = task.engine.rows(f"SELECT {grid.row}, {one.text} {bad} ORDER BY 1 LIMIT {MAX_LISTED}")
    for place, (row, text) in enumerate(rows):
        task.notes.add(
            f"not-a-{one.wanted}",
            Severity.ERROR,
            f"Das ist kein Wert des Typs {one.wanted}.",
            f"This is no value of the type {one.wanted}.",
            row=row,
            column=one.name,
            value=text,
            remedy=Remedy(code="as-missing", column=one.name, parameters={"value": text}),
            number=one.wrong - len(rows) + 1 if place == 0 else 1,
        )
