"""Comparisons are made once, whole or not at all, a few at a time, and never fill the disk."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from portal.foundation.errors import Busy
from portal.publishing.comparing.kept import MAX_WAITING, KeptChanges
from portal.publishing.comparing.pairs import TablePair
from tests.publishing.comparing.tables import TableMaker

Pairs = Callable[[str], TablePair]


@pytest.fixture
def pair(a_table: TableMaker) -> Pairs:
    """Give a pair of tables of which the new one has a row more, called by a name of its own."""

    def make(name: str) -> TablePair:
        return TablePair.of(a_table([("x-1", "Linde", "1")]), a_table([("x-1", "Linde", "1"), ("x-2", name, "2")]))

    return make


def folders(root: Path) -> list[Path]:
    return sorted(root.iterdir())


def aged(folder: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(folder, (then, then))


def test_a_comparison_is_made_once(tmp_path: Path, pair: Pairs) -> None:
    kept, tables = KeptChanges(tmp_path), pair("Eiche")
    assert kept.counts(tables).added == 1
    (folder,) = folders(tmp_path)
    made_at = (folder / "counts.json").stat().st_mtime_ns

    again = KeptChanges(tmp_path)

    assert again.counts(tables) == kept.counts(tables)
    assert len(again.page(tables, after=0, limit=10).changes) == 1
    assert again.csv(tables) == kept.csv(tables)
    assert folders(tmp_path) == [folder]
    assert (folder / "counts.json").stat().st_mtime_ns == made_at


def test_a_table_that_is_the_same_file_is_not_looked_into(tmp_path: Path, pair: Pairs) -> None:
    same = pair("Eiche").new
    tables = TablePair(same, replace(same, path=same.path))

    assert KeptChanges(tmp_path).counts(tables).unchanged == 2
    assert KeptChanges(tmp_path).page(tables, after=0, limit=1).changes == []
    assert folders(tmp_path) == []
    assert KeptChanges(tmp_path).csv(tables).path.read_bytes() == b"_change,_columns,id,name,height\r\n"


def test_the_same_files_read_by_another_schema_are_another_comparison(tmp_path: Path, pair: Pairs) -> None:
    kept, tables = KeptChanges(tmp_path), pair("Eiche")
    keyless = replace(tables.new, schema=replace(tables.new.schema, primary_key=()))

    kept.counts(tables)
    kept.counts(TablePair(tables.old, keyless))
    kept.counts(TablePair.of(None, tables.new))

    assert len(folders(tmp_path)) == 3


def test_the_name_of_the_csv_is_its_digest(tmp_path: Path, pair: Pairs) -> None:
    file = KeptChanges(tmp_path).csv(pair("Eiche"))

    assert file.path.name == f"changes.{file.digest}.csv"
    assert file.size_bytes == len(file.path.read_bytes())


def test_what_was_not_asked_for_longest_goes_first_and_what_is_in_use_stays(tmp_path: Path, pair: Pairs) -> None:
    kept, pairs = KeptChanges(tmp_path, max_bytes=1), [pair(name) for name in ("Eiche", "Buche", "Ahorn")]
    kept.counts(pairs[0])
    (first,) = folders(tmp_path)
    aged(first, 3600)
    leftover, making = tmp_path / "making-old", tmp_path / "making-new"
    leftover.mkdir()
    making.mkdir()
    aged(leftover, 2 * 3600)

    kept.counts(pairs[1])
    kept.counts(pairs[2])

    assert first not in folders(tmp_path)
    assert making in folders(tmp_path)
    assert len(folders(tmp_path)) == 3
    assert kept.counts(pairs[0]).added == 1


def test_what_a_crash_left_half_is_made_again(tmp_path: Path, pair: Pairs) -> None:
    kept, tables = KeptChanges(tmp_path), pair("Eiche")
    kept.counts(tables)
    (folder,) = folders(tmp_path)
    (folder / "counts.json").unlink()
    (folder / "changes.parquet").write_bytes(b"half")

    assert kept.counts(tables).added == 1
    assert len(kept.page(tables, after=0, limit=1).changes) == 1


def test_many_asking_at_once_get_the_one_answer(tmp_path: Path, pair: Pairs) -> None:
    kept, tables = KeptChanges(tmp_path), pair("Eiche")

    with ThreadPoolExecutor(MAX_WAITING) as pool:
        answers = list(pool.map(lambda _: kept.counts(tables), range(MAX_WAITING)))

    assert {answer.added for answer in answers} == {1}
    assert len(folders(tmp_path)) == 1


def test_who_would_wait_too_long_is_told_to_come_again_and_what_is_there_is_given(tmp_path: Path, pair: Pairs) -> None:
    full, known = KeptChanges(tmp_path, max_waiting=0), pair("Eiche")
    KeptChanges(tmp_path).counts(known)

    with pytest.raises(Busy) as caught:
        full.counts(pair("Buche"))

    assert caught.value.facts == {"retry_after_s": 10}
    assert full.counts(known).added == 1
