"""Rows put behind those of a draft's table: as if the whole had been delivered, or not at all."""

import os
from pathlib import Path

import pytest

from portal.curation.appending import append_rows
from portal.curation.details import details_of
from portal.curation.received import Upload
from portal.foundation.errors import Forbidden, IllegalStep
from tests.curating import CSV, TABLE
from tests.curation.desk import SLUG, Desk
from tests.people import NOON


def _append(desk: Desk, rows: bytes, source: str | None = None, header: bytes = b"id,name", **facts) -> int | None:
    desk.folder.mkdir(parents=True, exist_ok=True)
    path: Path = desk.folder / "rows.csv"
    path.write_bytes(header + b"\n" + rows)
    there = desk.the_draft().sources.get(TABLE, "") if source is None else source
    upload = Upload(path=path, filename="rows.csv", once=True, merged_from=there)
    parts = desk.portal.engine, desk.portal.drafts
    return append_rows(*parts, SLUG, TABLE, upload, rows.count(b"\n"), **{"by": desk.anna, "at": NOON, **facts})


def _with_key(desk: Desk) -> None:
    desk.deliver()
    schema = {"fields": [{"name": "id"}, {"name": "name"}], "primaryKey": ["id"]}
    desk.edit({"resources": [{"name": TABLE, "schema": schema}]})


def test_rows_stand_behind_the_others_and_the_release_has_them(desk: Desk) -> None:
    _with_key(desk)

    assert _append(desk, b"x-3,Buche\nx-4,\n") == 4

    draft = desk.the_draft()
    assert desk.portal.drafts.read(draft.sources[TABLE]) == CSV + b"x-3,Buche\nx-4,\n"
    assert (draft.deliveries[TABLE]["rows"], draft.content_digest == "") == (4, False)
    told = details_of(desk.portal.drafts, draft, TABLE)
    assert told is not None
    assert (told["rows"], told["appended"], told["filename"]) == (4, 2, "upload.csv")
    desk.submit()
    desk.approve()
    assert desk.work() == [SLUG]


def test_what_is_found_in_them_is_told_by_the_rows_of_the_whole(desk: Desk) -> None:
    desk.deliver()

    _append(desk, b"x-3,anna.beispiel@example.org\n")
    _append(desk, b"x-4, Buche \n")

    told = details_of(desk.portal.drafts, desk.the_draft(), TABLE)
    assert told is not None
    assert [(one["code"], one["row"]) for one in told["personal"]] == [("personal-email", 3)]
    assert told["counts"]["outer-blanks"] == 1


@pytest.mark.parametrize(
    "rows",
    [
        b"x-1,Buche\n",
        b"x-3,Buche\nx-3,Linde\n",
        b",Buche\n",
        b"\n",
        b"Summe,\n",
        b"x-3,Buche,zu viel\n",
        b"x-3,\x00\n",
        b"",
    ],
)
def test_rows_that_need_a_look_at_the_whole_table_change_nothing(desk: Desk, rows: bytes) -> None:
    _with_key(desk)
    before = desk.stored()

    assert _append(desk, rows) is None

    assert desk.stored() == before


def test_a_table_that_nobody_delivered_to_the_draft_is_not_added_to(desk: Desk) -> None:
    desk.publish()
    desk.open()

    assert _append(desk, b"x-3,Buche\n") is None


def test_rows_that_were_made_for_others_are_not_added(desk: Desk) -> None:
    desk.deliver()
    old = desk.the_draft().sources[TABLE]
    desk.deliver(CSV + b"x-3,Buche\n")

    assert _append(desk, b"x-9,Buche\n", source=old) is None


def test_nobody_else_puts_rows_into_a_draft_and_nobody_into_a_submitted_one(desk: Desk) -> None:
    desk.deliver()

    with pytest.raises(Forbidden):
        _append(desk, b"x-3,Buche\n", by=desk.ben)
    desk.submit()
    with pytest.raises(IllegalStep):
        _append(desk, b"x-3,Buche\n")


def test_a_thousand_calls_do_not_fill_the_disk(desk: Desk) -> None:
    desk.deliver()
    for number in range(3, 8):
        _age_blobs(desk)
        assert _append(desk, f"x-{number},Buche\n".encode()) == number

    draft = desk.the_draft()
    tables = [one for one in desk.blobs() if desk.portal.drafts.read(one).startswith(b"id,name\n")]
    assert len(tables) == 4  # the table, and what it was for whoever has just begun to read it
    assert draft.sources[TABLE] in tables


def test_a_file_that_another_dataset_has_just_come_to_have_is_left_to_it(desk: Desk) -> None:
    desk.deliver()
    first = desk.the_draft().sources[TABLE]
    for number in range(3, 6):
        _append(desk, f"x-{number},Buche\n".encode())
    _age_blobs(desk)
    store, folder = desk.portal.drafts, desk.folder
    same = folder / "same.csv"
    same.write_bytes(store.read(first))
    store.adopt([same])  # its row, which says so, is about to be written

    _append(desk, b"x-6,Buche\n")

    assert store.has(first)


def _age_blobs(desk: Desk) -> None:
    for path in desk.portal.drafts.root.glob("??/*"):
        os.utime(path, (0, 0))


KINDS = ("string", "integer", "number", "boolean", "date", "time", "datetime", "year", "yearmonth")
PLAIN = ("a", "1", "2.50", "true", "2026-01-31", "09:30:00", "2026-01-31T09:30:00", "2026", "2026-01")
READ_PLAINLY = (
    ("string", "-"), ("string", "k. A."), ("string", " a "), ("string", "007"), ("integer", "+4"), ("number", "1.234"),
    ("number", ".5"), ("boolean", "ja"), ("time", "9:30 Uhr"), ("datetime", "2026-01-31 09:30"),
)  # fmt: skip
NOT_PLAINLY = (
    ("string", "Summe"), ("integer", "007"), ("integer", "1.000"), ("integer", "5 EUR"), ("number", "1,5"), ("boolean", "1"),
    ("date", "31.01.2026"), ("datetime", "2026-01-31T09:30:00Z"), ("yearmonth", "01/2026"),
)  # fmt: skip


def _row(odd: str, text: str) -> bytes:
    return ",".join(text if kind == odd else plain for kind, plain in zip(KINDS, PLAIN, strict=True)).encode() + b"\n"


def test_what_is_read_plainly_is_added_and_all_else_left_to_the_whole_table(desk: Desk) -> None:
    header = ",".join(KINDS).encode()
    desk.deliver(header + b"\n" + ",".join(PLAIN).encode() + b"\n")
    fields = [{"name": kind, "type": kind} for kind in KINDS]
    desk.edit({"resources": [{"name": TABLE, "schema": {"fields": fields}}]})

    added = _append(desk, b"".join(_row(*one) for one in READ_PLAINLY), header=header)
    left = [one for one in NOT_PLAINLY if _append(desk, _row(*one), header=header) is None]

    assert (added, left) == (1 + len(READ_PLAINLY), list(NOT_PLAINLY))
    desk.submit()  # what was added is what a release takes
