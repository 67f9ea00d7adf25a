"""Which signs that some format has to treat a text column holds: mostly few, and what is not there need not be asked for in every cell."""

from dataclasses import replace

from portal.exports.cells import Cell
from portal.exports.table import TableExport
from portal.foundation.tableschema import ColumnType
from portal.foundation.text import FORMULA_STARTS
from portal.ingest.engine import Engine, quote_text

BLANKS = "  "
"""Stands for blanks that XML does not keep: two in a row, one at the start or at the end."""
FORMULA = "="
"""Stands for a first sign that makes spreadsheets run a text."""

_INSIDE = {
    sign: f"contains({{0}}, {quote_text(sign)})"
    for sign in ('"', "\\", "&", "<", ">", ",", ";", "\t", "\r", "\n", "_x")
} | {BLANKS: "contains({0}, '  ') OR ends_with({0}, ' ')"}
"""What some text may hold anywhere ↔ SQL that tells whether *this* one does."""
_AT_THE_START = {
    BLANKS: "starts_with({0}, ' ')",
    FORMULA: f"contains({quote_text(FORMULA_STARTS)}, left({{0}}, 1))",  # IN would become a join
}
_BEHIND_THEM = "A"
"""Every sign that is asked for at the start sorts before it: if the smallest text does not, no text begins with one."""


def with_marks(export: TableExport, engine: Engine) -> TableExport:
    """Give *export* with what its text columns hold, from one pass over them."""
    places = [index for index, column in enumerate(export.schema.columns) if column.type is ColumnType.STRING]
    tests = [(index, mark, test) for index in places for mark, test in _tests(export.cells[index])]
    answers = engine.facts([f"bool_or({test.format(f'c{index}')})" for index, _, test in tests], export.rows)
    held: dict[int, set[str]] = {index: set() for index in range(len(export.schema.columns))}
    for (index, mark, _), is_held in zip(tests, answers, strict=True):
        if is_held:
            held[index].add(mark)
    return replace(export, marks=tuple(map(frozenset, held.values())))


def _tests(cell: Cell) -> list[tuple[str, str]]:
    smallest = cell.statistics.minimum if cell.statistics else None
    is_behind = smallest is not None and smallest >= _BEHIND_THEM
    return [*_INSIDE.items(), *(() if is_behind else _AT_THE_START.items())]
