"""Joined rows: whatever is in the tables, they are those that nested loops in plain Python find, in the same order."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.errors import TooCostly
from portal.foundation.tableschema import Column, ColumnType, Constraints, TableSchema
from portal.foundation.text import LangString
from portal.publishing.joining.joined import Joined, JoinedPart, joined_schema
from portal.publishing.joining.kept import KeptJoins, for_files, for_pages
from portal.publishing.joining.steps import steps_from
from portal.publishing.lineage import Input, lineage_of
from portal.publishing.references import Reference
from portal.rows.engine import RowEngine, RowSource
from portal.rows.query import RowQuery
from portal.rows.serve import read_page
from portal.vocabularies.licences import licence
from tests.laws import examples
from tests.people import NOON

Row = dict[str, str | int | None]
IDS = st.one_of(st.none(), st.sampled_from(["a", "ä", "b'", ""]))
BASE = st.lists(st.fixed_dictionaries({"id": IDS, "one": IDS, "kind": st.sampled_from(["x", "y"])}), max_size=6)
OTHER = st.lists(
    st.fixed_dictionaries({"id": IDS, "up": IDS, "n.m": st.one_of(st.none(), st.integers(0, 3))}), max_size=6
)

FORWARDS = Reference("d", "base", ("one",), "e", "other", ("id",))
ON_CONDITION = Reference("d", "base", ("one",), "e", "third", ("id",), (("kind", "x"),))
BACKWARDS = Reference("e", "third", ("up",), "d", "base", ("id",))
FURTHER = Reference("e", "third", ("n.m",), "e", "other", ("n.m",))


def a_source(folder: Path, name: str, rows: Sequence[Row], columns: Sequence[str]) -> RowSource:
    """Write rows as a release does."""
    kinds = {"n.m": ("BIGINT", ColumnType.INTEGER)}
    physical = tuple(kinds.get(name, ("VARCHAR", ColumnType.STRING))[0] for name in columns)
    target = folder / f"{name}.parquet"
    with duckdb.connect() as engine:
        listed = ", ".join(f'"{column}" {kind}' for column, kind in zip(columns, physical, strict=True))
        engine.execute(f"CREATE TABLE t ({listed})")
        for row in rows:
            engine.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(columns))})", [row[one] for one in columns])
        engine.execute(f"COPY t TO '{target}' (FORMAT parquet)")
    schema = TableSchema(
        columns=tuple(
            Column(
                name=column,
                type=kinds.get(column, ("VARCHAR", ColumnType.STRING))[1],
                title=LangString(column),
                description=LangString(""),
                constraints=Constraints(required=True, unique=True),
            )
            for column in columns
        )
    )
    return RowSource(row_file=folder / name, parquet=target, schema=schema, physical=physical, row_count=len(rows))


def a_part(source: RowSource, dataset: str, key: Reference | None = None, **facts: object) -> JoinedPart:
    start = ("d", "base") if key in (FORWARDS, ON_CONDITION, BACKWARDS) else ("e", "third")
    step = next(iter(steps_from(*start, [key], [key]))) if key else None
    usual = {"path": step.name if step else "", "alias": step.short if step else "", "version": 1, "released_at": NOON}
    table = step.table if step else "base"
    return JoinedPart(
        dataset=dataset, table=table, title=LangString(table), source=source, step=step, **{**usual, **facts}
    )  # type: ignore[arg-type]  # facts of a test


def a_joined(*parts: JoinedPart) -> Joined:
    schema, physical = joined_schema(parts)
    one = Input(
        dataset="d", version=1, title=LangString("D"), url="u", licence=licence("cc-zero"), credit=LangString("D")
    )
    return Joined(parts=parts, lineage=lineage_of([one]), schema=schema, physical=physical)


def a_shelf(
    folder: Path, *, pages: int = 10_000_000, files: int = 10_000_000, cells: int = 10**9, timeout_s: float = 60
) -> KeptJoins:
    return KeptJoins(
        folder / "kept",
        pages=replace(for_pages(timeout_s), rows=pages, cells=cells),
        files=replace(for_files(timeout_s), rows=files, cells=cells),
    )


def looped(
    rows: Sequence[Row], others: Sequence[Row], alias: str, pairs: Sequence[tuple[str, str]], **where: str
) -> list[Row]:
    """Join in plain Python: every row with each that has the same values, or with nothing."""
    empty: Row = dict.fromkeys(others[0]) if others else {}
    found: list[Row] = []
    for row in rows:
        meets = [
            other
            for other in others
            if all(row[here] is not None and row[here] == other[there] for here, there in pairs)
            and all(row[name] == value for name, value in where.items())
        ]
        found += [{**row, **{f"{alias}.{name}": value for name, value in one.items()}} for one in meets or [empty]]
    return found


@examples(12)
@given(base=BASE, other=OTHER, third=OTHER)
def test_joined_rows_are_those_that_nested_loops_find(base: list[Row], other: list[Row], third: list[Row]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        sources = [
            a_source(folder, "base", base, ("id", "one", "kind")),
            a_source(folder, "other", other, ("id", "up", "n.m")),
            a_source(folder, "third", third, ("id", "up", "n.m")),
        ]
        joined = a_joined(
            a_part(sources[0], "d"),
            a_part(sources[1], "e", FORWARDS),
            a_part(sources[2], "e", ON_CONDITION, alias="some"),
            a_part(sources[2], "e", BACKWARDS),
            a_part(sources[1], "e", FURTHER, parent=3, alias="last"),
        )
        source = a_shelf(folder).source(joined)
        page = read_page(RowEngine(folder / "queries", timeout_s=60), source, RowQuery(limit=10_000))
        stored = duckdb.sql(f"SELECT * FROM '{source.parquet}'").fetchall()

    rows = looped(base, other, "one", [("one", "id")])
    rows = looped(rows, third, "some", [("one", "id")], kind="x")
    rows = looped(rows, third, "third", [("id", "up")])
    rows = looped(rows, other, "last", [("third.n.m", "n.m")]) if third else [*rows]
    names = joined.schema.names
    expected = [tuple(row.get(name) for name in names) for row in rows]
    assert stored == expected
    assert [tuple(json.loads(text).values()) for text in page.rows] == expected
    assert source.row_count == len(expected)


def test_a_join_that_grows_too_large_is_refused_with_the_number_of_rows(tmp_path: Path) -> None:
    many: list[Row] = [{"id": "a", "one": "a", "kind": "x"} for _ in range(20)]
    others: list[Row] = [{"id": "a", "up": "a", "n.m": 1} for _ in range(20)]
    joined = a_joined(
        a_part(a_source(tmp_path, "base", many, ("id", "one", "kind")), "d"),
        a_part(a_source(tmp_path, "third", others, ("id", "up", "n.m")), "e", BACKWARDS),
    )

    with pytest.raises(TooCostly, match="more than 399 rows") as caught:
        a_shelf(tmp_path, pages=399).source(joined)

    assert caught.value.status == 422
    assert not list((tmp_path / "kept").iterdir())
    assert a_shelf(tmp_path, pages=400).source(joined).row_count == 400


def test_files_may_be_far_larger_than_what_is_read_in_pages(tmp_path: Path) -> None:
    many: list[Row] = [{"id": "a", "one": "a", "kind": "x"} for _ in range(20)]
    others: list[Row] = [{"id": "a", "up": "a", "n.m": 1} for _ in range(20)]
    joined = a_joined(
        a_part(a_source(tmp_path, "base", many, ("id", "one", "kind")), "d"),
        a_part(a_source(tmp_path, "third", others, ("id", "up", "n.m")), "e", BACKWARDS),
    )
    shelf = a_shelf(tmp_path, pages=399, files=400)

    assert shelf.rows(joined).row_count == 400
    with pytest.raises(TooCostly, match="more than 399 rows; take them as a file"):
        shelf.source(joined)
    with pytest.raises(TooCostly, match="more than 200 rows; join fewer tables"):
        a_shelf(tmp_path / "less", files=200).rows(joined)
    with pytest.raises(TooCostly, match="more than 100 rows"):
        a_shelf(tmp_path / "cells", cells=600).rows(joined)


def test_a_join_that_takes_too_long_is_cut_off(tmp_path: Path) -> None:
    many: list[Row] = [{"id": "a", "one": "a", "kind": "x"} for _ in range(3000)]
    source = a_source(tmp_path, "base", many[:1], ("id", "one", "kind"))
    with duckdb.connect() as engine:
        engine.execute(f"COPY (SELECT 'a' AS id, 'a' AS one, 'x' AS kind FROM range(3000)) TO '{source.parquet}'")
        engine.execute(
            f"COPY (SELECT 'a' AS id, 'a' AS up, 1::BIGINT AS n FROM range(3000)) TO '{tmp_path / 'x.parquet'}'"
        )
    third = a_source(tmp_path, "third", [], ("id", "up", "n.m"))
    (tmp_path / "x.parquet").rename(third.parquet)
    joined = a_joined(a_part(source, "d"), a_part(third, "e", BACKWARDS))

    with pytest.raises(TooCostly, match="took longer"):
        a_shelf(tmp_path, timeout_s=0.02).source(joined)


def test_the_name_of_a_joined_table_follows_from_what_goes_in_and_how(tmp_path: Path) -> None:
    base = a_part(a_source(tmp_path, "base", [], ("id", "one", "kind")), "d")
    other = a_source(tmp_path, "other", [], ("id", "up", "n.m"))
    again = a_source(tmp_path, "again", [], ("id", "up", "n.m"))

    tags = {
        a_joined(base).tag,
        a_joined(base, a_part(other, "e", FORWARDS)).tag,
        a_joined(base, a_part(again, "e", FORWARDS)).tag,
        a_joined(base, a_part(other, "e", ON_CONDITION)).tag,
        a_joined(base, a_part(other, "e", FORWARDS, alias="x")).tag,
    }

    assert len(tags) == 5
    assert a_joined(base, a_part(other, "e", FORWARDS)).tag in tags
