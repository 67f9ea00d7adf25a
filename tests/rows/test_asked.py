"""Columns without an index that are asked for often: they get one, and it answers as a scan does."""

import shutil
from pathlib import Path
from tempfile import mkdtemp

import pytest

from portal.rows import asked
from portal.rows.asked import OFTEN, make, page_by_asked_column
from portal.rows.engine import RowEngine, RowSource
from portal.rows.parameters import read_query
from portal.rows.query import RowQuery
from portal.rows.serve import read_page
from tests.rows.tables import a_table, parsed
from tests.waiting import wait_until

TEXT, CLOCK = 'a "b", c', "clock"
QUESTIONS = [
    {TEXT: "Straße"}, {TEXT: "koeln", "limit__gte": "1"}, {CLOCK: "10:00"}, {TEXT: "Straße", CLOCK: "10:00:00.5"},
    {TEXT: "'; DROP TABLE rows --", "columns": "id"}, {TEXT: "nirgends"}, {TEXT: "koeln", "price__lt": "0"},
]  # fmt: skip


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> RowSource:
    return a_table(tmp_path_factory.mktemp("asked"))


@pytest.fixture(scope="module")
def engine(source: RowSource) -> RowEngine:
    """Give an engine that has the indexes of both columns."""
    engine = RowEngine(Path(mkdtemp()), timeout_s=20)
    for column in (TEXT, CLOCK):
        make(engine, source, column)
    return engine


def asked_for(source: RowSource, parameters: dict[str, str]) -> RowQuery:
    return read_query(parameters, source.schema, source.physical)


@pytest.mark.parametrize("step", [2, 5_000])
@pytest.mark.parametrize("parameters", QUESTIONS)
def test_the_index_answers_as_a_scan_does_page_by_page(
    engine: RowEngine, source: RowSource, parameters: dict[str, str], step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "_STEP_ROWS", step)
    scanned = read_page(engine, source, asked_for(source, {**parameters, "limit": "1000"})).rows

    found: list[str] = []
    after = 0
    while True:
        query = asked_for(source, {**parameters, "after": str(after)})
        page = page_by_asked_column(engine, source, query, query.narrowed(source.schema), 4)
        assert page is not None
        found += [text for _, text in page]
        if len(page) < 4:
            break
        after = page[-1][0]

    assert parsed(found) == parsed(list(scanned))


@pytest.mark.parametrize(
    "parameters", [{TEXT: "koeln", "sort": "id"}, {f"{TEXT}__gt": "a"}, {TEXT: "koeln", "q": "a"}, {"id": "3"}]
)
def test_what_the_index_cannot_say_is_left_to_others(
    engine: RowEngine, source: RowSource, parameters: dict[str, str]
) -> None:
    query = asked_for(source, parameters)

    assert page_by_asked_column(engine, source, query, query.narrowed(source.schema), 5) is None


def test_a_column_that_is_asked_for_often_gets_its_index(
    source: RowSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("portal.rows.plan", "portal.rows.serve"):
        monkeypatch.setattr(f"{room}.LARGE_ROWS", 10)
    engine, query = RowEngine(tmp_path, timeout_s=20), asked_for(source, {TEXT: "koeln"})

    pages = [read_page(engine, source, query) for _ in range(OFTEN)]
    wait_until(lambda: list(tmp_path.glob("*.column*")))

    assert page_by_asked_column(engine, source, query, query.narrowed(source.schema), 500) is not None
    assert [*pages, read_page(engine, source, query)] == [pages[0]] * (OFTEN + 1)


def test_an_index_may_be_removed_at_any_time_and_room_is_made_for_it(source: RowSource, tmp_path: Path) -> None:
    made: list[Path] = []
    engine = RowEngine(tmp_path, timeout_s=20, make_room=made.append)
    query = asked_for(source, {TEXT: "koeln"})
    make(engine, source, TEXT)

    shutil.rmtree(made[0])

    assert page_by_asked_column(engine, source, query, query.narrowed(source.schema), 5) is None


def test_without_room_nothing_is_left_behind(
    source: RowSource, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("no folder")

    make(RowEngine(taken, timeout_s=20), source, TEXT)

    assert "could not be made" in caplog.text
