"""From `cells` and a reading per column to the plain CSV file, the schema and the summary of what is in it."""

import shutil

from portal.foundation.tableschema import Column, TableSchema
from portal.foundation.text import LangString, slugify
from portal.ingest.engine import quote_name, quote_text
from portal.ingest.receive.apostrophes import without_apostrophes
from portal.ingest.receive.columns import Seen, seen_columns
from portal.ingest.receive.delivery import DeliveredTable
from portal.ingest.receive.doubts import resolve
from portal.ingest.receive.inference import infer
from portal.ingest.receive.names import whole_names
from portal.ingest.receive.readings import ALL, TEXT
from portal.ingest.receive.summaries import published, summaries
from portal.ingest.receive.task import Grid, Task
from portal.ingest.report import Remedy, Severity


def deliver(task: Task, grid: Grid) -> DeliveredTable:
    """Find a reading for every column of `cells`, write the CSV file and say what is in it."""
    task.met.columns.append((task.choices, grid.names))
    grid = _without_dropped(task, grid)
    wanted = _matched(task, grid.names)
    grid = without_apostrophes(task, grid, wanted)
    columns = seen_columns(grid.names, grid.kinds, task.choices, wanted)
    _note_notations(task, columns)
    infer(task, columns)
    resolve(task, grid, columns)
    _note_blanks(task, columns)
    ordered = _ordered(task, columns)
    names = _names(task, ordered)
    _compare(task, ordered)
    _write(task, grid, ordered, names)
    (rows,) = task.engine.row("SELECT count(*) FROM cells")
    if rows == 0 and not task.notes.report.has_errors:
        task.notes.add("no-rows", Severity.ERROR, "Die Tabelle hat keine Zeilen.", "The table has no rows.")
    found = summaries(task, ordered, names, rows)
    task.engine.run("DROP TABLE IF EXISTS cells; DROP TABLE IF EXISTS sample")
    for one, name in zip(ordered, names, strict=True):
        _guess_type(task, one, name)
    return DeliveredTable(
        name=task.name,
        path=task.target,
        schema=_schema(task, ordered, names),
        guesses=tuple(task.notes.guesses),
        row_count=rows,
        columns=found,
    )


def _without_dropped(task: Task, grid: Grid) -> Grid:
    """Leave out the columns that are not to come, as was accepted."""
    kept = [index for index, name in enumerate(grid.names) if not task.choices.accepts("drop-column", name)]
    if len(kept) == len(grid.names):
        return grid
    chosen = ", ".join(f"r{old} AS r{new}" for new, old in enumerate(kept))
    task.engine.run(
        f"CREATE TEMP TABLE fewer AS SELECT {grid.row} AS row, {chosen} FROM cells; DROP TABLE cells; ALTER TABLE fewer RENAME TO cells"  # noqa: S608 - generated names, quoted texts
    )
    kinds = {new: grid.kinds[old] for new, old in enumerate(kept) if old in grid.kinds}
    return Grid(names=tuple(grid.names[index] for index in kept), kinds=kinds, is_for_excel=grid.is_for_excel)


def _matched(task: Task, names: tuple[str, ...]) -> dict[str, Column]:
    """Give the schema's column for each name of the file: by name, by title, or by both without case and signs."""
    if task.schema is None:
        return {}
    known: dict[str, Column] = {}
    for one in reversed(task.schema.columns):
        for text in (one.title.en or "", one.title.de, one.name):
            known |= {slugify(text): one} if text else {}
    exact = {one.name: one for one in task.schema.columns}
    found: dict[str, Column] = {}
    for name in names:
        chosen = task.choices.columns.get(name)
        asked = chosen.name if chosen and chosen.name else name
        column: Column | None = exact.get(asked) or known.get(slugify(asked))
        if column is not None and column not in found.values():
            found[name] = column
        else:
            task.notes.add(
                "unknown-column",
                Severity.ERROR,
                f"Die Spalte {name!r} kennt das Schema nicht.",
                f"The schema does not know the column {name!r}.",
                column=name,
                remedy=Remedy(code="drop-column", column=name),
            )
    for lost in task.schema.columns:
        if lost not in found.values():
            task.notes.add(
                "missing-column",
                Severity.ERROR,
                f"Die Spalte {lost.name!r} fehlt.",
                f"The column {lost.name!r} is missing.",
                column=lost.name,
            )
    return found


def _ordered(task: Task, columns: list[Seen]) -> list[Seen]:
    """Give the columns in the order of the schema, unknown ones last."""
    if task.schema is None:
        return columns
    places = {name: place for place, name in enumerate(task.schema.names)}
    return sorted(columns, key=lambda one: places[one.column.name] if one.column else len(places) + one.index)


def _names(task: Task, columns: list[Seen]) -> list[str]:
    chosen = task.choices.columns
    raw = [
        one.column.name
        if one.column
        else (chosen[one.name].name if one.name in chosen else None) or _renamed(task, one)
        for one in columns
    ]
    return list(whole_names(task.notes, raw))


def _renamed(task: Task, one: Seen) -> str:
    accepted = task.choices.accepts("rename-column", one.name)
    return accepted.parameters.get("name", one.name) if accepted else one.name


def _note_notations(task: Task, columns: list[Seen]) -> None:
    for one in columns:
        chosen = task.choices.columns.get(one.name)
        if chosen is None or chosen.notation is None:
            continue
        known = sorted({reading.notation for reading in (*ALL, TEXT) if one.wanted in (None, reading.type)})
        if one.wanted is None or chosen.notation not in known:
            notations = ", ".join(known)
            task.notes.add(
                "unknown-notation",
                task.unused,
                f"Die Schreibweise gibt es nicht, oder es fehlt der Typ dazu; es gibt: {notations}.",
                f"There is no such notation, or its type is not said; there are: {notations}.",
                column=one.name,
                value=chosen.notation,
            )


def _note_blanks(task: Task, columns: list[Seen]) -> None:
    for one in columns:
        if not one.blanks:
            continue
        if one.reading is TEXT and not one.trims:
            task.notes.add(
                "outer-blanks",
                Severity.WARNING,
                "Texte haben Leerzeichen am Anfang oder Ende; sie bleiben stehen.",
                "Texts have blanks at their start or end; they are kept.",
                column=one.name,
                remedy=Remedy(code="trim-blanks", column=one.name),
            )
        else:
            task.notes.add(
                "blanks-trimmed",
                Severity.NOTE,
                "Leerzeichen um die Werte wurden weggelassen.",
                "Blanks around the values were left out.",
                column=one.name,
            )


def _write(task: Task, grid: Grid, columns: list[Seen], names: list[str]) -> None:
    """Write the CSV file: the original itself where it is already what we would write."""
    same_order = [one.index for one in columns] == list(range(len(columns))) and tuple(names) == grid.names
    if grid.original is not None and same_order and all(one.unchanged for one in columns):
        shutil.copyfile(grid.original, task.target)
        return
    chosen = ", ".join(f"{published(one)} AS {quote_name(name)}" for one, name in zip(columns, names, strict=True))
    task.engine.run(
        f"COPY (SELECT {chosen} FROM cells ORDER BY rowid) TO {quote_text(str(task.target))} (FORMAT csv, HEADER true, NULLSTR '')"  # noqa: S608 - generated names, quoted texts
    )


def _compare(task: Task, columns: list[Seen]) -> None:
    """Find the columns that stand in the file as they are published: copied as they are, and summed up faster."""
    asked = [one for one in columns if not (one.is_verbatim or one.blanks or one.missing or one.wrong or one.reading.unit)]  # fmt: skip
    tests = [f"coalesce(bool_or(r{one.index} <> {one.reading.canonical(f'r{one.index}')}), false)" for one in asked]
    changed = task.engine.facts(tests, "cells")
    for one in columns:
        one.unchanged = one.is_verbatim
    for one, differs in zip(asked, changed, strict=True):
        one.unchanged = not differs


def _schema(task: Task, columns: list[Seen], names: list[str]) -> TableSchema:
    """Give the published schema where there is one, otherwise one made of what was found."""
    if task.schema is not None:
        return task.schema
    made = [
        Column(
            name=name, type=one.reading.type, title=LangString(name), description=LangString(""), unit=one.reading.unit
        )
        for one, name in zip(columns, names, strict=True)
    ]
    return TableSchema(columns=tuple(made))


def _guess_type(task: Task, one: Seen, name: str) -> None:
    unit = f", {one.reading.unit}" if one.reading.unit else ""
    likely = 1.0 if one.wanted or one.kind else 0.9
    kinds = tuple(
        dict.fromkeys(str(reading.type) for reading in one.candidates if reading.type is not one.reading.type)
    )
    task.notes.guess(
        "type",
        f"{one.reading.type}/{one.reading.notation}{unit}",
        likely,
        f"{name}: {one.reading.type} ({one.reading.notation}{unit})",
        f"{name}: {one.reading.type} ({one.reading.notation}{unit})",
        alternatives=(*kinds, "string") if one.reading is not TEXT else kinds,
        column=name,
    )
