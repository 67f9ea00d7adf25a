"""A file of changed rows (portal/publishing/comparing/rows.py) as people and programs take it.

JSON, a page at a time:
    {"change": "changed", "key": {"id": "x-1"}, "before": {…whole row…}, "after": {…}, "columns": ["name"]}
    `key` is null where rows have none in common; `before` is null for an added row, `after` for a removed one

CSV (RFC 4180), the whole:
    _change,_columns,id,name        the columns of the new state with its values; of a removed row those it had
    changed,name,x-1,Eiche          `_columns` names the columns that differ, parted by semicolons, and is empty
    removed,,x-2,Linde              for rows that came or went
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.exports.cells import concat, literal
from portal.exports.delimited import LINE_END, quoted, quoted_name, special
from portal.exports.json_text import dumped, json_object
from portal.ingest.engine import Engine, parquet_rows
from portal.publishing.comparing.pairs import Pair, TablePair
from portal.publishing.comparing.rows import RowChange


@dataclass(frozen=True)
class ChangePage:
    """Some changes in their order."""

    changes: Sequence[str]
    """Each a JSON object."""
    last: int | None
    """Number of the last change if more follow; None: this is the end."""


def read_changes(engine: Engine, tables: TablePair, listed: Path, *, after: int, limit: int) -> ChangePage:
    """Give up to *limit* changes from the file *listed* that come after number *after* (0: from the start)."""
    found = engine.rows(
        f"SELECT n, {_as_json(tables)} FROM {parquet_rows(listed)} WHERE n > {after} ORDER BY n LIMIT {limit + 1}"  # noqa: S608 - generated names, numbers
    )
    return ChangePage([text for _, text in found[:limit]], found[limit - 1][0] if len(found) > limit else None)


def write_changes_csv(engine: Engine, tables: TablePair, listed: Path, target: Path, *, total: int) -> None:
    """Write all changes of the file *listed*, *total* in number, to *target* as CSV."""
    names = [*_own_columns(tables), *tables.new.schema.names]
    head = ",".join(quoted_name(name, ",") for name in names) + LINE_END
    if not total:
        target.write_text(head, encoding="utf-8", newline="")
        return
    differing = _differing(tables, ";", lambda name: quoted_name(name, ";"))
    texts = ["change", quoted(differing, special(","), where=differing)]
    texts += [_csv_text(pair) for pair in tables.pairs]
    row = concat([*[part for text in texts for part in (text, literal(","))][:-1], literal(LINE_END)])
    with target.open("wb") as stream:
        stream.write(head.encode())
        stream.writelines(engine.texts(f"SELECT {row}, n FROM {parquet_rows(listed)}"))  # noqa: S608 - generated names


def _as_json(tables: TablePair) -> str:
    """Give SQL of a change as the text of a JSON object."""
    parts = [
        *(literal('{"change":"'), "change", literal('","key":'), _key(tables)),
        *(
            literal(',"before":'),
            f"CASE change WHEN 'added' THEN 'null' ELSE {concat(json_object(tables.old_cells))} END",
        ),
        *(
            literal(',"after":'),
            f"CASE change WHEN 'removed' THEN 'null' ELSE {concat(json_object(tables.new_cells))} END",
        ),
        *(literal(',"columns":['), _differing(tables, ",", dumped), literal("]}")),
    ]
    return concat(parts)


def _key(tables: TablePair) -> str:
    if not tables.key:
        return literal("null")
    before = concat(json_object(pair.old for pair in tables.key if pair.old is not None))
    return f"CASE change WHEN 'removed' THEN {before} ELSE {concat(json_object(pair.new for pair in tables.key))} END"


def _differing(tables: TablePair, separator: str, written: Callable[[str], str]) -> str:
    """Give SQL of the names of the columns that differ; of rows that came or went none."""
    names = [
        f"CASE WHEN change = '{RowChange.CHANGED}' AND {pair.differs} THEN {literal(written(pair.new.column.name))} END"
        for pair in tables.pairs
    ]
    return f"concat_ws({literal(separator)}, {', '.join(names)})"


def _csv_text(pair: Pair) -> str:
    """Give SQL of the value that stands for a row: the new one, of a removed row the one it had."""
    cells = [pair.new] if pair.old is None else [pair.new, pair.old]
    new, *old = [quoted(cell.text, special(","), where=cell.sql) if cell.is_text else cell.text for cell in cells]
    return f"CASE WHEN change = '{RowChange.REMOVED}' THEN {old[0]} ELSE {new} END" if old else new


def _own_columns(tables: TablePair) -> list[str]:
    """Give the names of the two columns in front: with further underscores if the table has such a column itself."""
    taken = {name.lower() for name in tables.new.schema.names}
    front = "_"
    while taken & {f"{front}change", f"{front}columns"}:
        front += "_"
    return [f"{front}change", f"{front}columns"]
