"""From `raw` to `cells`: rows that are not data (blank, footers, totals, names again) and columns that hold nothing.

Only what is plainly no data is dropped, each with a finding that quotes it. Sums are asked: a reader who adds up a
column must not count everything twice, and a row “Gesamt” may be a group of its own.
"""

from portal.ingest.engine import quote_text
from portal.ingest.receive.cells import FOOTER, is_empty
from portal.ingest.receive.strange import Row, last_rows, note_second_table, strange_rows
from portal.ingest.receive.task import PADDING, Grid, Task
from portal.ingest.report import MAX_LISTED, Remedy, Severity


def cut(task: Task, names: tuple[str, ...], header: list[str] | None) -> Grid:
    """Make `cells` of `raw`; *header* is the line of names as it stands in the file."""
    width = len(names)
    columns = [f"r{index}" for index in range(width)]
    dropped = _footers(task, columns) if width > 1 else set()
    dropped |= strange_rows(task, columns, dropped) if width > 1 else set()
    dropped |= _repeated_headers(task, columns, header)
    blank = " AND ".join(f"({column} IS NULL OR {column} IN ('', {quote_text(PADDING)}))" for column in columns)
    (blanks,) = task.engine.row(f"SELECT count(*) FROM raw WHERE {blank}")  # noqa: S608 - generated names, quoted texts
    if blanks:
        task.notes.add(
            "blank-row",
            Severity.NOTE,
            f"{blanks} leere Zeilen wurden übergangen.",
            f"{blanks} blank rows were skipped.",
            number=blanks,
        )
        note_second_table(task, columns, blank)
    kept = _columns(task, names, header)
    ragged = _ragged(task, columns, blank, dropped)
    task.engine.run("DROP TABLE IF EXISTS cells")
    if not (blanks or dropped or ragged or len(kept) < width):
        task.engine.run("ALTER TABLE raw RENAME TO cells")
        return Grid(names=names, row="rowid + 1", is_whole=True)
    chosen = ", ".join(f"nullif({columns[old]}, {quote_text(PADDING)}) AS r{new}" for new, old in enumerate(kept))
    where = f"NOT ({blank})" + (f" AND rowid NOT IN ({', '.join(map(str, sorted(dropped)))})" if dropped else "")
    task.engine.run(
        f"CREATE TEMP TABLE cells AS SELECT rowid + 1 AS row, {chosen} FROM raw WHERE {where} ORDER BY rowid; DROP TABLE raw"  # noqa: S608 - generated names, quoted texts
    )
    return Grid(names=tuple(names[index] for index in kept))


def _footers(task: Task, columns: list[str]) -> set[int]:
    """Give the rows at the end that are remarks: one cell filled, and it reads so or a blank row parts it off."""
    tail = last_rows(task, columns)
    found: list[Row] = []
    for index in range(len(tail) - 1, -1, -1):
        row = tail[index]
        if len(row.filled) > 1 or (row.filled and not row.cells[0]):
            break
        found.append(row)
    parted = any(not row.filled for row in found)
    remarks = [
        row for row in found if row.filled and (FOOTER.match(row.filled[0]) or (parted and _is_after_blank(row, found)))
    ]
    for row in sorted(remarks, key=lambda one: one.number):
        task.notes.add(
            "footer",
            Severity.WARNING,
            "Eine Bemerkung unter der Tabelle gehört nicht zu ihr.",
            "A remark below the table does not belong to it.",
            row=row.number + 1,
            value=row.filled[0],
        )
    return {row.number for row in remarks}


def _is_after_blank(row: Row, found: list[Row]) -> bool:
    return any(not other.filled and other.number < row.number for other in found)


def _repeated_headers(task: Task, columns: list[str], header: list[str] | None) -> set[int]:
    if header is None or len(header) < len(columns) or sum(bool(text.strip()) for text in header) < 2:
        return set()
    same = " AND ".join(
        f"{column} = {quote_text(text)}" for column, text in zip(columns, header, strict=False) if text.strip()
    )
    rows = [number for (number,) in task.engine.rows(f"SELECT rowid FROM raw WHERE {same} LIMIT {MAX_LISTED}")]  # noqa: S608 - generated names, quoted texts
    if rows and task.choices.accepts("drop-repeated-headers"):
        task.notes.add(
            "row-dropped",
            Severity.NOTE,
            "Wiederholte Kopfzeilen wurden wie festgelegt weggelassen.",
            "Repeated lines of names were left out as decided.",
            number=len(rows),
        )
        return set(rows)
    for number in rows:
        task.notes.add(
            "repeated-header",
            Severity.ERROR,
            "Mitten in der Tabelle stehen die Spaltennamen noch einmal.",
            "The names of columns stand once more amid the table.",
            row=number + 1,
            remedy=Remedy(code="drop-repeated-headers"),
        )
    return set()


def _columns(task: Task, names: tuple[str, ...], header: list[str] | None) -> list[int]:
    """Give the columns to keep: all but those with neither name nor value."""
    filled = task.engine.facts(
        [f"count(nullif(r{index}, {quote_text(PADDING)}))" for index in range(len(names))], "raw"
    )
    kept = []
    for index, name in enumerate(names):
        unnamed = (
            header is not None and name == f"spalte_{index + 1}" and (index >= len(header) or is_empty(header[index]))
        )
        if unnamed and not filled[index]:
            task.notes.add(
                "empty-column",
                Severity.NOTE,
                f"Spalte {index + 1} hat weder Namen noch Werte und fehlt deshalb.",
                f"Column {index + 1} has neither name nor values and is left out.",
            )
            continue
        if unnamed:
            task.notes.add(
                "unnamed-column",
                Severity.WARNING,
                f"Spalte {index + 1} hat keinen Namen; sie heißt nun {name!r}.",
                f"Column {index + 1} has no name; it is called {name!r} now.",
                column=name,
                remedy=Remedy(code="rename-column", column=name, parameters={"name": name}),
            )
        kept.append(index)
    return kept


def _ragged(task: Task, columns: list[str], blank: str, dropped: set[int]) -> bool:
    """Note the rows that are too short, unless they were dropped; tell whether there are any padded cells."""
    padded = " OR ".join(f"{column} = {quote_text(PADDING)}" for column in columns)
    (number,) = task.engine.row(f"SELECT count(*) FROM raw WHERE {padded}")  # noqa: S608 - generated names, quoted texts
    if not number:
        return False
    rows = task.engine.rows(
        f"SELECT rowid, concat_ws(' | ', {', '.join(columns)}) FROM raw WHERE ({padded}) AND NOT ({blank}) ORDER BY rowid LIMIT {MAX_LISTED}"  # noqa: S608 - generated names, quoted texts
    )
    accepted = task.choices.accepts("pad-rows")
    for row, text in rows:
        if row not in dropped:
            task.notes.add(
                "ragged-row",
                Severity.NOTE if accepted else Severity.ERROR,
                "Die Zeile ist kürzer als die Tabelle; es fehlen Felder am Ende.",
                "The row is shorter than the table; fields are missing at its end.",
                row=row + 1,
                value=text.replace(PADDING, "").rstrip(" |"),
                remedy=None if accepted else Remedy(code="pad-rows"),
            )
    return True
