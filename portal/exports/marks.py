"""Which signs that some format has to treat a text column holds: mostly few, and what is not there need not be asked for in every cell."""

from dataclasses import replace

from portal.exports.table import TableExport
from portal.foundation.tableschema import ColumnType
from portal.foundation.text import FORMULA_STARTS
from portal.ingest.engine import Engine, quote_text

BLANKS = "  "
"""Stands for blanks that XML does not keep: two in a row, one at the start or at the end."""
FORMULA = "="
"""Stands for a first sign that makes spreadsheets run a text."""

_TESTS = {
    sign: f"contains({{0}}, {quote_text(sign)})"
    for sign in ('"', "\\", "&", "<", ">", ",", ";", "\t", "\r", "\n", "_x")
} | {
    BLANKS: "contains({0}, '  ') OR starts_with({0}, ' ') OR ends_with({0}, ' ')",
    FORMULA: f"contains({quote_text(FORMULA_STARTS)}, left({{0}}, 1))",  # IN would become a join
}


def with_marks(export: TableExport, engine: Engine) -> TableExport:
    """Give *export* with what its text columns hold, from one pass over them."""
    places = [index for index, column in enumerate(export.schema.columns) if column.type is ColumnType.STRING]
    asked = [f"bool_or({test.format(f'c{index}')})" for index in places for test in _TESTS.values()]
    found = iter(engine.facts(asked, export.rows))
    held = {index: frozenset(mark for mark in _TESTS if next(found)) for index in places}
    return replace(export, marks=tuple(held.get(index, frozenset()) for index in range(len(export.schema.columns))))
