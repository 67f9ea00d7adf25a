"""A gzip made ahead is the same for the same bytes, readable by everyone, and kept only where it helps."""

import gzip
import os
from pathlib import Path

from portal.exports.precompression import precompress


def test_equal_files_give_equal_gzip_files_whatever_their_name_and_time(tmp_path: Path) -> None:
    for name, at in (("a.csv", 1), ("b.csv", 1_000_000_000)):
        (tmp_path / name).write_bytes(b"Stadt,Jahr\r\n" * 1000)
        os.utime(tmp_path / name, (at, at))

    packed = [precompress(tmp_path / name) for name in ("a.csv", "b.csv")]

    first, second = (path.read_bytes() for path in packed if path)
    assert first == second
    assert gzip.decompress(first) == b"Stadt,Jahr\r\n" * 1000


def test_no_gzip_is_kept_where_it_would_be_larger(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x")

    assert precompress(tmp_path / "a.csv") is None
    assert not (tmp_path / "a.csv.gz").exists()
