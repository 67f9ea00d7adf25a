"""Answers as files, kept as long as there is room; indexes of words lie among them."""

import os
from pathlib import Path

from portal.publishing.answers import KeptAnswers


def test_indexes_of_words_go_with_answers_when_there_is_too_much(tmp_path: Path) -> None:
    answers = KeptAnswers(tmp_path, max_bytes=150)
    long_ago, lately = an_index(tmp_path / "a.words2", asked_at=1), an_index(tmp_path / "b.words2", asked_at=2)

    answers.file("tag", lambda folder: (written(folder / "rows.csv"), 3))

    assert not long_ago.exists()
    assert not lately.exists()
    assert answers.file("tag", lambda folder: (folder, 0)).row_count == 3


def test_room_is_made_for_an_index_too(tmp_path: Path) -> None:
    old, new = an_index(tmp_path / "a.words2", asked_at=1), an_index(tmp_path / "b.words2", asked_at=2)

    KeptAnswers(tmp_path, max_bytes=150).make_room(new)

    assert not old.exists()
    assert new.exists()


def an_index(folder: Path, *, asked_at: float) -> Path:
    folder.mkdir()
    written(folder / "words.sqlite")
    os.utime(folder, (asked_at, asked_at))
    return folder


def written(path: Path) -> Path:
    path.write_bytes(bytes(100))
    return path
