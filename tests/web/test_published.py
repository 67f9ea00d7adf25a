"""What was looked up is kept until the catalogue changes, however the looks of several readers and a release interleave."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.web import published
from portal.web.published import PublishedIndex
from portal.web.stored import StoredAnswer
from portal.wiring import Portal
from tests.releases import publish, trees
from tests.templates import an_empty_portal

CSV, TURTLE = "/datasets/baeume/trees.csv", "/catalog.ttl"


@pytest.fixture
def own(tmp_path: Path) -> Portal:
    portal = an_empty_portal(tmp_path / "data")
    publish(portal, trees(tmp_path / "first", "Linde"))
    return portal


def read(index: PublishedIndex, path: str) -> bytes:
    answer = index.resolve(path, "", "")
    assert isinstance(answer, StoredAnswer)
    return answer.identity.path.read_bytes()


@pytest.mark.parametrize(("name", "path"), [("files_of", CSV), ("whole", TURTLE)])
def test_what_a_slow_reader_found_before_a_release_is_not_kept_after_it(
    own: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, path: str
) -> None:
    index = PublishedIndex(own, refresh_s=0)
    look_up: Callable[..., Any] = getattr(published, name)

    def while_others_go_on(*arguments: Any) -> Any:
        monkeypatch.setattr(published, name, look_up)
        found = look_up(*arguments)
        publish(own, trees(tmp_path / "second", "Eiche"), trees(tmp_path / "third", "Ahorn", slug="ahorn"))
        read(index, "/datasets/ahorn.ttl")  # somebody else sees that there is news
        return found

    monkeypatch.setattr(published, name, while_others_go_on)
    slow = read(index, path)

    assert read(index, path) == read(PublishedIndex(own), path) != slow


def test_a_look_that_took_long_is_as_old_as_its_beginning(
    own: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000.0]
    monkeypatch.setattr(published.time, "monotonic", lambda: clock[0])
    index = PublishedIndex(own, refresh_s=0.1)
    look = published.combinations_state

    def slowly(*arguments: Any) -> Any:
        monkeypatch.setattr(published, "combinations_state", look)
        clock[0] += 60
        return look(*arguments)

    monkeypatch.setattr(published, "combinations_state", slowly)
    before = index.generation
    publish(own, trees(tmp_path / "second", "Eiche"))

    assert index.generation > before
