"""ZIP files are read by others: small and large, with members of every kind."""

import gzip
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.exports.precompression import precompress
from portal.exports.zipped import Member, Piece, write_zip

AT = datetime(2026, 11, 21, 12, 30, 10, tzinfo=UTC)
ROWS = "n,Straße\r\n" + "".join(f"{number},Gleisweg\r\n" for number in range(5000))


def _made() -> Iterator[Piece]:
    yield b"one\n"
    yield memoryview(b"two\n")


@pytest.mark.parametrize("zip64_from_bytes", [0xFFFFFFFF, 1000])
def test_every_member_is_read_back_whatever_its_size(tmp_path: Path, zip64_from_bytes: int) -> None:
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8", newline="")
    members = [
        Member("mimetype", (b"application/x",), stored=True),
        Member("Straße.csv", (tmp_path / "rows.csv",)),
        Member("made.txt", (b"head\n", _made, b"tail\n")),
        Member("packed.csv", (tmp_path / "rows.csv",), gzip=precompress(tmp_path / "rows.csv")),
    ]

    write_zip(tmp_path / "all.zip", members, modified_at=AT, zip64_from_bytes=zip64_from_bytes)

    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.testzip() is None
        assert [one.filename for one in archive.infolist()] == ["mimetype", "Straße.csv", "made.txt", "packed.csv"]
        assert {one.date_time for one in archive.infolist()} == {(2026, 11, 21, 12, 30, 10)}
        assert archive.read("mimetype") == b"application/x"
        assert archive.read("Straße.csv") == archive.read("packed.csv") == ROWS.encode()
        assert archive.read("made.txt") == b"head\none\ntwo\ntail\n"


def test_the_first_member_lies_bare_at_the_place_where_programs_look_for_it(tmp_path: Path) -> None:
    write_zip(tmp_path / "t.ods", [Member("mimetype", (b"application/x",), stored=True)], modified_at=AT)

    assert (tmp_path / "t.ods").read_bytes()[30:51] == b"mimetypeapplication/x"


def test_only_what_is_too_large_asks_for_a_newer_reader(tmp_path: Path) -> None:
    members = [Member("small", (lambda: iter([b"x"]),)), Member("large", (lambda: iter([b"x" * 5000]),))]

    write_zip(tmp_path / "t.zip", members, modified_at=AT, zip64_from_bytes=1000)

    with zipfile.ZipFile(tmp_path / "t.zip") as archive:
        assert {one.filename: one.extract_version for one in archive.infolist()} == {"small": 20, "large": 45}


def test_a_gzip_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8", newline="")
    packed = precompress(tmp_path / "rows.csv")
    assert packed is not None

    write_zip(tmp_path / "t.zip", [Member("rows.csv", (tmp_path / "rows.csv",), gzip=packed)], modified_at=AT)

    assert packed.read_bytes()[10:-8] in (tmp_path / "t.zip").read_bytes()
    assert gzip.decompress(packed.read_bytes()) == ROWS.encode()
