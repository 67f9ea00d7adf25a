"""What only a whole column or table tells. All persons are invented."""

from pathlib import Path

import pytest

from portal.foundation.tableschema import read_schema
from portal.ingest.privacy import PersonalHit, hit_rows, scan
from portal.ingest.typed import TypedTable, build_table


def a_table(folder: Path, *rows: str, **keys: object) -> TypedTable:
    """Give a typed table; the first row is `name:type` of the columns, parted by `|` as all cells are."""
    head, *cells = [row.split("|") for row in rows]
    fields = [{"name": one.partition(":")[0], "type": one.partition(":")[2] or "string"} for one in head]
    lines = [",".join(field["name"] for field in fields), *(",".join(row) for row in cells)]
    (folder / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    schema = read_schema({"fields": fields, **keys})
    table, report = build_table(folder / "t.csv", schema, folder / "t.parquet", table="t")
    assert table is not None, report.as_dict()
    return table


def found(table: TypedTable) -> set[tuple[str, str]]:
    return {(hit.kind, hit.column) for hit in scan(table)}


def test_given_name_and_surname_are_a_name_together_by_what_the_columns_are_called(tmp_path: Path) -> None:
    table = a_table(tmp_path, "vorname|nachname|ort", "Qwx|Yzplitz|Krefeld", "Rtz|Bnmann|Moers")

    assert found(table) == {("name", "vorname"), ("name", "nachname")}


def test_given_names_alone_are_a_statistic(tmp_path: Path) -> None:
    assert found(a_table(tmp_path, "vorname|anzahl:integer", "Emma|12", "Mia|11", "Noah|10")) == set()


def test_dates_are_birthdays_where_the_column_says_so(tmp_path: Path) -> None:
    rows = ("1970-01-02|1970-01-02", "1985-03-04|1985-03-04")

    assert found(a_table(tmp_path, "geburtsdatum:date|stichtag:date", *rows)) == {("birth", "geburtsdatum")}


def test_streets_are_addresses_only_in_a_table_about_persons(tmp_path: Path) -> None:
    assert found(a_table(tmp_path, "art|lage", "Schule|Rheinstraße 5", "Kita|Feldweg 7")) == set()
    assert ("address", "lage") in found(a_table(tmp_path, "halter|lage", "Yzplitz|Rheinstraße 5", "Bnmann|Feldweg 7"))


def test_bare_numbers_are_telephone_numbers_where_the_column_says_so(tmp_path: Path) -> None:
    table = a_table(tmp_path, "telefon|nummer", "02032830000|02032830001", "02032830002|02032830003")

    assert found(table) == {("phone", "telefon")}


def test_a_number_of_eleven_digits_is_a_tax_id_where_half_of_its_column_is(tmp_path: Path) -> None:
    assert found(a_table(tmp_path, "nr:integer", "36574261809", "36574261809")) == {("tax", "nr")}
    assert found(a_table(tmp_path, "nr", "36574261809", "36574261808", "36574261807")) == set()


TRAITS = ("age:integer|geschlecht|plz", *("37|w|47051" for _ in range(5)), "81|m|47798")


def test_few_persons_with_the_same_traits_are_a_warning(tmp_path: Path) -> None:
    hits = scan(a_table(tmp_path, *TRAITS))

    assert hits == [PersonalHit(kind="group", row=None, column="age, geschlecht, plz", key="", value="1 × < 5 (1)")]
    assert not hits[0].is_serious


@pytest.mark.parametrize("column", ["anzahl:integer", "faelle:integer"])
def test_a_table_of_counts_has_no_persons_in_its_rows(tmp_path: Path, column: str) -> None:
    rows = [f"{TRAITS[0]}|{column}", *(f"{row}|7" for row in TRAITS[1:])]

    assert scan(a_table(tmp_path, *rows)) == []


def test_all_rows_with_hits_are_named_however_many_there_are(tmp_path: Path) -> None:
    rows = [f"{number}@stadt.example" if number % 2 else f"Linde {number}" for number in range(1, 25_001)]

    assert hit_rows(a_table(tmp_path, "text", *rows), "text", "email") == set(range(1, 25_001, 2))


def test_a_column_of_file_numbers_hides_nobody_behind_it(tmp_path: Path) -> None:
    rows = [f"{36574261800 + number}|Linde" for number in range(20_000)]

    hits = scan(a_table(tmp_path, "nr|text", *rows, "1|Erika Mustermann"))

    assert [(hit.kind, hit.row) for hit in hits] == [("name", 20_001)]
