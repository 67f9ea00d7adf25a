"""ZIP files are read by others, with members of every kind."""

import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from portal.exports.precompression import precompress
from portal.exports.zipped import Member, Piece, write_zip

AT = datetime(2026, 11, 21, 12, 30, 10, tzinfo=UTC)
ROWS = "n,Straße\r\n" + "".join(f"{number},Gleisweg\r\n" for number in range(5000))


def _made() -> Iterator[Piece]:
    yield b"one\n"
    yield memoryview(b"two\n")


def test_every_member_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8", newline="")
    members = [
        Member("mimetype", (b"application/x",), stored=True),
        Member("Straße.csv", (tmp_path / "rows.csv",)),
        Member("made.txt", (b"head\n", _made, b"tail\n")),
    ]

    write_zip(tmp_path / "all.zip", members, modified_at=AT)

    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.testzip() is None
        assert [one.filename for one in archive.infolist()] == ["mimetype", "Straße.csv", "made.txt"]
        assert {one.date_time for one in archive.infolist()} == {(2026, 11, 21, 12, 30, 10)}
        assert archive.read("mimetype") == b"application/x"
        assert archive.read("Straße.csv") == ROWS.encode()
        assert archive.read("made.txt") == b"head\none\ntwo\ntail\n"


def test_what_was_packed_before_is_taken_as_it_is(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_bytes(b"".join(b"%d,Gleisweg,%d\n" % (number, number * 7919 % 1000) for number in range(150_000)))
    packed = precompress(rows)
    assert packed is not None
    members = [
        Member("before.txt", (b"before",)),
        Member("stored.txt", (b"stored",), stored=True),
        Member("rows.csv", (rows,), packed=packed),
        Member("behind.txt", (b"behind" * 9,)),
    ]

    write_zip(tmp_path / "all.zip", members, modified_at=AT)

    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.testzip() is None
        assert archive.read("rows.csv") == rows.read_bytes()
        assert archive.getinfo("rows.csv").compress_size == packed.stat().st_size - 18
        others = [archive.read(f"{name}.txt") for name in ("before", "stored", "behind")]
        assert others == [b"before", b"stored", b"behind" * 9]


def test_the_first_member_lies_bare_at_the_place_where_programs_look_for_it(tmp_path: Path) -> None:
    write_zip(tmp_path / "t.ods", [Member("mimetype", (b"application/x",), stored=True)], modified_at=AT)

    assert (tmp_path / "t.ods").read_bytes()[30:51] == b"mimetypeapplication/x"
