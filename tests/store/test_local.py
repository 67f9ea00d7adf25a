"""A blob is there whole or not at all, is written once, and goes only when nobody refers to it."""

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from portal.foundation.errors import NotFound
from portal.store.local import Blob, LocalStore

HOUR_S = 3600


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "blobs", tmp_path / "work")


def adopted(store: LocalStore, content: bytes) -> str:
    with store.workshop() as workshop:
        path = workshop / "file"
        path.write_bytes(content)
        return store.adopt([path])[path].digest


def make_old(path: Path) -> None:
    long_ago = time.time() - 2 * HOUR_S
    os.utime(path, (long_ago, long_ago))


def test_a_file_is_found_under_the_digest_of_its_bytes(store: LocalStore) -> None:
    digest = adopted(store, b"Daten")

    assert digest == hashlib.sha256(b"Daten").hexdigest()
    assert store.has(digest)
    assert store.read(digest) == b"Daten"
    assert store.damaged([digest]) == []


def test_many_files_are_taken_over_at_once_and_leave_the_workshop(store: LocalStore) -> None:
    with store.workshop() as workshop:
        paths = [workshop / str(number) for number in range(40)]
        for path in paths:
            path.write_text(path.name)

        blobs = store.adopt([*paths, paths[0]])

        assert list(workshop.iterdir()) == []
    assert [store.read(blobs[path].digest) for path in paths] == [path.name.encode() for path in paths]
    assert {blob.size_bytes for blob in blobs.values()} == {1, 2}


def test_the_same_bytes_are_kept_once_and_grow_young_again(store: LocalStore) -> None:
    digest = adopted(store, b"Daten")
    make_old(store.path(digest))

    assert adopted(store, b"Daten") == digest

    assert [path.name for path in store.root.glob("??/*")] == [digest]
    assert store.sweep(set()) == 0


@pytest.mark.parametrize("rotten", [b"Dutun", b"Dat", b""])
def test_a_damaged_blob_is_told_and_healed_by_the_same_bytes(store: LocalStore, rotten: bytes) -> None:
    digest = adopted(store, b"Daten")
    store.path(digest).write_bytes(rotten)
    assert store.damaged([digest]) == [digest]

    adopted(store, b"Daten")

    assert store.damaged([digest]) == []


def test_a_missing_blob_is_damaged_and_cannot_be_read(store: LocalStore) -> None:
    missing = "0" * 64

    assert store.damaged([missing]) == [missing]
    with pytest.raises(NotFound, match=missing):
        store.read(missing)


def test_a_blob_of_another_length_is_lost_as_is_one_that_is_missing(store: LocalStore) -> None:
    digest = adopted(store, b"bytes")
    there, longer, missing = Blob(digest, 5), Blob(digest, 6), Blob("0" * 64, 5)

    assert store.lost([there, longer, missing]) == [longer, missing]


def test_a_sweep_removes_orphans_and_spares_what_is_referred_to_or_young(store: LocalStore) -> None:
    orphan, referred, young = (adopted(store, content) for content in (b"orphan", b"referred", b"young"))
    make_old(store.path(orphan))
    make_old(store.path(referred))

    assert store.sweep({referred}) == 1

    assert [store.has(digest) for digest in (orphan, referred, young)] == [False, True, True]


def test_a_sweep_clears_workshops_that_a_crash_left_and_spares_those_in_use(store: LocalStore) -> None:
    left = store.work / "left"
    left.mkdir()
    (left / "half.csv").write_bytes(b"a,b")
    make_old(left)

    with store.workshop() as workshop:
        store.sweep(set())

        assert list(store.work.iterdir()) == [workshop]


def test_a_workshop_goes_when_its_work_fails(store: LocalStore) -> None:
    with suppress(ZeroDivisionError), store.workshop() as workshop:
        (workshop / "half").write_bytes(b"x")
        _ = 1 / 0

    assert list(store.work.iterdir()) == []
