"""Rows are put behind others only where both files together are plainly a table."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.foundation.tableschema import read_schema
from portal.ingest.adding import adds_up
from portal.ingest.engine import Engine

Together = Callable[..., bool]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine.open(tmp_path_factory.mktemp("spill")) as engine:
        yield engine


@pytest.fixture
def together(engine: Engine, tmp_path: Path) -> Together:
    def ask(schema: dict[str, Any], standing: str, added: str) -> bool:
        paths = tmp_path / "standing.csv", tmp_path / "added.csv"
        for path, content in zip(paths, (standing, added), strict=True):
            path.write_text(content, encoding="utf-8", newline="")
        return adds_up(engine, read_schema(schema), *paths)

    return ask


def of(kind: str, *, key: bool = False, **constraints: object) -> dict[str, Any]:
    return {"fields": [{"name": "x", "type": kind, "constraints": constraints}], "primaryKey": "x" if key else []}


@pytest.mark.parametrize(
    ("schema", "standing", "added", "together_they_are_a_table"),
    [
        (of("string"), "x\na\n", "x\na\n", True),
        (of("string", key=True), "x\na\n", "x\nb\n", True),
        (of("string", key=True), "x\na\n", "x\na\n", False),
        (of("string", unique=True), "x\na\n", "x\na\n", False),
        (of("string", unique=True), 'x\n""\n', 'x\n""\n', True),  # empty cells are no values
        (of("integer", key=True), "x\n007\n", "x\n7\n", False),  # the same number
        (of("integer", key=True), "x\n9223372036854775808\n", "x\n9223372036854775809\n", True),
        (of("number", key=True), "x\n1\n", "x\n2\n", False),  # not asked here
        (of("datetime", key=True), "x\n2026-01-01T00:00:00\n", "x\n2026-01-02T00:00:00\n", False),
        (of("datetime"), "x\n2026-01-01T00:00:00\n", "x\n2026-01-02T00:00:00\n", True),
        (of("datetime"), "x\n2026-01-01T00:00:00Z\n", "x\n2026-01-02T00:00:00\n", False),
        (of("datetime"), 'x\n""\n', "x\n2026-01-02T00:00:00Z\n", True),
        (of("number"), "x\n" + "1" * 20 + "\n", "x\n0." + "1" * 18 + "\n", True),
        (of("number"), "x\n" + "1" * 30 + "\n", "x\n0." + "1" * 12 + "\n", False),
        (of("string"), "x\na", "x\nb\n", False),  # the last line does not end
        (of("string"), "y\na\n", "x\nb\n", False),
        (of("string"), "\ufeffx\na\n", "x\nb\n", True),
    ],
)
def test_what_only_the_whole_table_can_tell_is_asked_of_both(
    together: Together, schema, standing, added, together_they_are_a_table
):
    assert together(schema, standing, added) is together_they_are_a_table


def test_a_key_of_two_columns_comes_twice_only_if_both_do(together: Together):
    schema = {"fields": [{"name": "a"}, {"name": "b", "type": "integer"}], "primaryKey": ["a", "b"]}

    assert together(schema, "a,b\nx,1\n", "a,b\nx,2\ny,1\n")
    assert not together(schema, "a,b\nx,1\n", "a,b\ny,1\nx,1\n")
