"""What joins and their columns are called: one name for one thing, whatever the columns of people's tables are called."""

from dataclasses import replace
from pathlib import Path

import pytest

from portal.foundation.tableschema import Column, ColumnType, TableSchema
from portal.foundation.text import LangString
from portal.publishing.joining.joined import JoinedPart, alias_for, joined_schema
from portal.publishing.joining.steps import Step, steps_from
from portal.publishing.references import Reference
from portal.rows.engine import RowSource
from tests.people import NOON

ODD = ("a,b", "c:d", "e.f", "g~h", "i/j", "k@l", "50%", "ä ö", "a_id", "_id")


def a_part(*columns: str, alias: str = "", step: Step | None = None) -> JoinedPart:
    schema = TableSchema(
        columns=tuple(
            Column(name=name, type=ColumnType.STRING, title=LangString(name), description=LangString(""))
            for name in columns
        )
    )
    source = RowSource(
        row_file=Path(), parquet=Path("x"), schema=schema, physical=("VARCHAR",) * len(columns), row_count=0
    )
    return JoinedPart(
        path="", alias=alias, dataset="d", table="t", version=1, title=LangString("T"), released_at=NOON, source=source, step=step
    )  # fmt: skip


def steps(*columns: str) -> list[Step]:
    """Give the steps from a table along keys of these columns, each a key of its own, and back."""
    keys = [Reference("d", "t", (name,), "d", "u", ("id",)) for name in columns]
    return [*steps_from("d", "t", keys, []), *steps_from("d", "u", [], keys)]


def test_no_name_of_a_step_can_be_mistaken_for_another_or_for_a_path() -> None:
    names = [step.name for step in steps(*ODD)]

    assert len(set(names)) == len(names) == 2 * len(ODD)
    assert not [name for name in names if "," in name or ":" in name]


def test_two_keys_of_the_same_column_say_where_they_lead() -> None:
    keys = [Reference("d", "t", ("id",), "d", target, ("id",)) for target in ("u", "v")]

    assert [step.name for step in steps_from("d", "t", keys, [])] == ["id@d/u", "id@d/v"]


@pytest.mark.parametrize("base", [("id",), ("id", "u.x"), ("U.x", "u_a.x"), ("u", "u.", ".u")])
def test_columns_of_a_joined_table_are_called_apart(base: tuple[str, ...]) -> None:
    parts = [a_part(*base)]
    back = [step for step in steps("a", "b", "c", "e.f") if step.backwards]
    for step in back:
        found = a_part("id", "x", "X.y", *step.there, step=step)
        parts.append(replace(found, alias=alias_for(step, parts, parts[0])))

    schema, physical = joined_schema(parts)
    lowered = [name.lower() for name in schema.names]

    assert len(set(lowered)) == len(lowered) == len(physical)
    assert schema.names[: len(base)] == base
