"""What stands in the columns of a delivered table: nulls, distinct values, edges, examples and their shape."""

from collections import Counter

from portal.foundation.tableschema import ColumnType
from portal.ingest.receive.columns import Seen
from portal.ingest.receive.delivery import ColumnSummary
from portal.ingest.receive.readings import TEXT
from portal.ingest.receive.task import Task

EXACT_ROWS = 50_000
"""Above this many rows distinct values are estimated."""


def published(one: Seen) -> str:
    """Give SQL for the text of a column as it is published."""
    if one.unchanged:
        return f"r{one.index}"
    if one.reading is TEXT:
        return one.kept
    value = one.reading.canonical(one.text)
    if not one.wrong:
        return value
    return f"CASE WHEN {one.reading.holds(one.text)} THEN {value} ELSE {one.text} END"


def summaries(task: Task, columns: list[Seen], names: list[str], rows: int) -> tuple[ColumnSummary, ...]:
    """Say what is in the columns, from one pass over them."""
    parts = []
    for one in columns:
        value, physical = published(one), _PHYSICAL.get(one.reading.type)
        edge = value if physical is None or one.wrong else f"CAST({value} AS {physical})"
        distinct = f"count(DISTINCT {value})" if rows <= EXACT_ROWS else f"approx_count_distinct({value})"
        parts += [f"count({value})", distinct, f"CAST(min({edge}) AS VARCHAR)", f"CAST(max({edge}) AS VARCHAR)"]
    facts = task.engine.facts(parts, "cells")
    return tuple(
        ColumnSummary(
            name=name,
            type=one.reading.type,
            notation=one.reading.notation,
            unit=one.reading.unit,
            nulls=rows - filled,
            distinct=min(different, filled),
            minimum=lowest,
            maximum=highest,
            examples=tuple(sorted(one.sample, key=lambda text: (len(text), text))[:3]),
            pattern=_shape(one.sample),
        )
        for one, name, filled, different, lowest, highest in zip(
            columns, names, facts[0::4], facts[1::4], facts[2::4], facts[3::4], strict=True
        )
    )


_PHYSICAL = {ColumnType.INTEGER: "DECIMAL(38,0)", ColumnType.NUMBER: "DOUBLE", ColumnType.DATE: "DATE"}
"""Types whose smallest value is not the smallest text."""


def _shape(sample: list[str]) -> str | None:
    """Give the commonest shape of texts, if half of them have it."""
    shapes = Counter(_shaped(text) for text in sample if len(text) <= 40)
    shape, times = max(shapes.items(), key=lambda one: one[1], default=("", 0))
    return shape if times and times >= 0.5 * len(sample) else None


def _shaped(text: str) -> str:
    return "".join("9" if sign.isdigit() else "A" if sign.isupper() else "a" if sign.islower() else sign for sign in text)  # fmt: skip
