"""Junk delivered as a file, in a form, with a digest or a name: refused in words, and nothing is stored."""

import io
from typing import Any

import pytest

from tests.curating import CSV
from tests.web.junk.sending import DEEP, DRAFT, TABLE, Case, assert_refused, blobs_of, content_of, zipped

FILES = {
    "nothing": b"",
    "a blank": b" ",
    "one byte 0xFF": b"\xff",
    "many bytes 0xFF": b"\xff" * 100_000,
    "NULs": b"\x00" * 10_000,
    "only a header": b"id,name\n",
    "a header of blanks": b",\n1,2\n",
    "other columns": b"a,b\n1,2\n",
    "a ZIP bomb": zipped(b__csv=b"id,name\n" + b"0" * 50_000_000),
    "a ZIP of a ZIP": zipped(a__zip=zipped(b__csv=CSV)),
    "a ZIP of nothing": zipped(),
    "half a ZIP": zipped(b__csv=CSV * 100)[:200],
    "half a Parquet": b"PAR1" + b"\x00" * 100 + b"PAR1",
    "half a workbook": b"PK\x03\x04" + b"\x00" * 100,
    "deep JSON": DEEP.encode(),
    "JSON of a number": b"1",
    "an XML bomb": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
    "an old workbook that is none": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "one very long line": b"x" * 3_000_000,
    "many columns": b",".join(b"c%d" % n for n in range(5_000)) + b"\n",
}

NAMES = ("b.csv", "b.xlsx", "b.zip", "b.json", "b.parquet", "b.xls", "b.ods", "b", "")


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_that_is_none_is_refused_and_nothing_is_stored(case: Case, content: bytes) -> None:
    case.snapshot.restore()
    before, blobs = content_of(case), blobs_of(case)

    for name in NAMES if len(content) < 1_000_000 else NAMES[:1]:
        assert_refused(case.editor.ask("PUT", f"{TABLE}?filename={name}", data=content))

    assert content_of(case) == before
    assert blobs_of(case) == blobs
    assert list(case.portal.drafts.work.iterdir()) == []


FORMS: dict[str, dict[str, Any]] = {
    "without a part": {},
    "with text instead of a file": {"file": "id,name"},
    "with another part": {"upload": (io.BytesIO(CSV), "b.csv")},
    "with an empty file": {"file": (io.BytesIO(b""), "b.csv")},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_form_without_a_file_is_refused(case: Case, form: dict[str, Any]) -> None:
    before = content_of(case)

    assert_refused(case.editor.ask("PUT", TABLE, data=form, content_type="multipart/form-data"))

    assert content_of(case) == before


def test_a_form_that_says_more_than_its_file_is_refused(case: Case) -> None:
    before = content_of(case)
    form = {"file": (io.BytesIO(CSV), "a.csv"), "dry_run": "true"}

    assert_refused(case.editor.ask("PUT", TABLE, data=form, content_type="multipart/form-data"))

    assert content_of(case) == before


def test_a_form_with_two_files_is_refused(case: Case) -> None:
    two = {"file": [(io.BytesIO(CSV), "a.csv"), (io.BytesIO(CSV), "b.csv")]}

    assert_refused(case.editor.ask("PUT", TABLE, data=two, content_type="multipart/form-data"))


@pytest.mark.parametrize(
    "body", [b"", b"junk", b"--x\r\n", b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nid"]
)
@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=x", "; boundary=" + "x" * 500])
def test_a_form_that_is_none_is_refused(case: Case, body: bytes, boundary: str) -> None:
    assert_refused(case.editor.ask("PUT", TABLE, data=body, content_type=f"multipart/form-data{boundary}"))


@pytest.mark.parametrize("header", ["Content-Digest", "Repr-Digest"])
@pytest.mark.parametrize("value", [
    "sha-256=:AAAA:", "sha-256=AAAA", "sha-256=:!!!:", 'sha-256="x"', "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
])  # fmt: skip
def test_a_digest_that_does_not_fit_is_refused(case: Case, header: str, value: str) -> None:
    before = content_of(case)

    assert_refused(case.editor.ask("PUT", f"{TABLE}?filename=b.csv", data=CSV, headers={header: value}))

    assert content_of(case) == before


@pytest.mark.parametrize("value", ["", "junk", "sha-256", "sha-256=", "md5=:AAAA:", "sha-512=:x:,", "=,=,=", "\xff"])
def test_a_digest_that_says_nothing_we_know_never_crashes(case: Case, value: str) -> None:
    case.snapshot.restore()

    answer = case.editor.ask("PUT", f"{TABLE}?filename=b.csv", data=CSV, headers={"Content-Digest": value})

    assert answer.status_code in (200, 400)


@pytest.mark.parametrize("disposition", [
    'attachment; filename="../../etc/passwd"', "attachment; filename*=UTF-8''..%2f..%2fx%0a.csv", 'attachment; filename="a\tb"',
    "attachment; filename=" + "x" * 3_000, "junk", "; ; ;", "attachment; filename*=x", "attachment; filename*=UTF-8''%ff%00",
    "attachment; filename*=UTF-8''%ED%A0%80",
])  # fmt: skip
def test_a_filename_is_only_a_word_about_the_file(case: Case, disposition: str) -> None:
    case.snapshot.restore()

    answer = case.editor.ask(
        "PUT", TABLE, data=CSV, headers={"Content-Disposition": disposition}, content_type="text/csv"
    )

    assert answer.status_code in (200, 400), answer.get_data(as_text=True)[:300]
    if answer.status_code == 200:
        kept = answer.get_json()["filename"]
        assert len(kept) <= 300
        assert not set(kept) & {"/", "\\", "\n", "\t", "\x00"}
        assert case.editor.ask("GET", DRAFT).status_code == 200
