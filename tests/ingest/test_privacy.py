"""The scan finds what looks personal, with row, column and key, and leaves keys and dates alone. All persons are invented."""

from pathlib import Path

import pytest

from portal.foundation.tableschema import read_schema
from portal.ingest.privacy import MAX_HITS, PersonalHit, scan
from portal.ingest.typed import TypedTable, build_table

FIELDS = [{"name": "id"}, {"name": "text"}, {"name": "note"}, {"name": "number", "type": "integer"}]


def a_typed_table(folder: Path, *rows: tuple[str, str, str, int], **keys: object) -> TypedTable:
    lines = [f'{key},"{text}","{note}",{number}' for key, text, note, number in rows]
    (folder / "t.csv").write_text("\n".join(["id,text,note,number", *lines]) + "\n", encoding="utf-8")
    schema = read_schema({"fields": FIELDS, **keys})
    table, report = build_table(folder / "t.csv", schema, folder / "t.parquet", table="t")
    assert table is not None, report.as_dict()
    return table


def kinds(folder: Path, text: str) -> set[str]:
    return {hit.kind for hit in scan(a_typed_table(folder, ("k-1", text, "", 1)))}


@pytest.mark.parametrize(
    "text",
    [
        "Erika Mustermann",
        "Ansprechpartner: Max Mustermann, Amt 61",
        "Frau Beispiel",
        "Herr Dr. Beispiel",
        "Prof. Muster",
        "geleitet von Anna-Lena Öztürk-Beispiel",
        "Thomas von der Heide",
        "„Sabine“ Beispiel",
        "Erika  Mustermann",
        "Frau\u00a0Beispiel",
        "Amt 61\nErika\nMustermann",
        "Erika Mustermann von der Beispiel GmbH",
        "Mustermann, Erika",
        "von Muster, Anna-Lena",
        "MUSTERMANN, ERIKA",
        "ERIKA MUSTERMANN",
        "Siering, Sara",
    ],
)
def test_a_name_is_found(tmp_path: Path, text: str) -> None:
    assert "name" in kinds(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("erika.mustermann@stadt.example", "email"),
        ("Mail: <info+daten@amt61.stadt.example>.", "email"),
        ("Tel. 0203 / 283 0000", "phone"),
        ("+49 2151 86-0", "phone"),
        ("(02151) 861234", "phone"),
        ("Mobil 015112345678", "phone"),
        ("DE89 3704 0044 0532 0130 00", "iban"),
        ("Konto de89370400440532013000", "iban"),
        ("AT611904300234573201", "iban"),
        ("Steuernummer 133/8150/8159", "tax"),
        ("USt-IdNr. DE136695976", "tax"),
        ("Steuer-ID 36 574 261 809", "tax"),
    ],
)
def test_an_address_or_a_number_is_found_by_its_kind(tmp_path: Path, text: str, kind: str) -> None:
    assert kind in kinds(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "05112000",
        "051120000000",
        "DEA12",
        "2018-09-27",
        "27.09.2018",
        "2018-09-27T10:00:00Z",
        "1234567890",
        "47051 Duisburg",
        "51.4344, 6.7623",
        "DE89 3704 0044 0532 0130 01",
        "DE136695975",
        "stand@2018",
        "doc-002:17-24",
        "https://www.stadt.example/themen/2018",
        "Digitale Stadt Krefeld",
        "Karl Muster & Sohn GmbH",
        "Albert-Einstein-Gymnasium Duisburg",
        "Konrad Adenauer Ring",
        "Theodor-Heuss-Platz 5",
        "DIN-EN 1234",
        "c017cbbc-0353-4405-ae70-4bf69559a5e2",
        "12.345.678,90 Euro",
        "Krefeld, Hüls",
        "1.234.567,89 Euro",
        "978-3-16-148410-0",
        "",
    ],
)
def test_keys_dates_and_other_numbers_are_left_alone(tmp_path: Path, text: str) -> None:
    assert kinds(tmp_path, text) == set()


def test_a_hit_says_row_column_and_primary_key(tmp_path: Path) -> None:
    table = a_typed_table(
        tmp_path, ("k-1", "Radweg", "", 1), ("k-2", "Radweg", "x@y.example", 2), primaryKey=["id", "number"]
    )

    assert scan(table) == [PersonalHit(kind="email", row=2, column="note", key="k-2,2", value="x@y.example")]


def test_without_a_key_the_row_s_number_is_the_key(tmp_path: Path) -> None:
    (hit,) = scan(a_typed_table(tmp_path, ("k-1", "", "", 1), ("k-2", "x@y.example", "", 1)))

    assert (hit.row, hit.key) == (2, "2")


def test_one_cell_may_be_personal_in_several_ways(tmp_path: Path) -> None:
    assert kinds(tmp_path, "Erika Mustermann, erika@stadt.example, Tel. 0203 2830000") == {"name", "email", "phone"}


def test_a_table_without_text_has_nothing_to_find(tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("n\n2032830000\n")
    schema = read_schema({"fields": [{"name": "n", "type": "integer"}]})
    table, _ = build_table(tmp_path / "n.csv", schema, tmp_path / "n.parquet", table="n")

    assert table is not None
    assert scan(table) == []


def test_a_table_full_of_hits_is_told_up_to_the_limit(tmp_path: Path) -> None:
    rows = [(f"k-{number}", "x@y.example", "", number) for number in range(MAX_HITS + 10)]

    assert len(scan(a_typed_table(tmp_path, *rows))) == MAX_HITS


def test_a_column_full_of_hits_hides_nothing_behind_it(tmp_path: Path) -> None:
    rows = [(f"k-{number}", "x@y.example", "", number) for number in range(MAX_HITS + 10)]

    hits = scan(a_typed_table(tmp_path, *rows, ("k-last", "x@y.example", "Erika Mustermann", 1)))

    assert hits[-1] == PersonalHit(
        kind="name", row=MAX_HITS + 11, column="note", key=str(MAX_HITS + 11), value="Erika Mustermann"
    )
