"""What a curator chooses holds for the next delivery; a published schema says what the columns must be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.foundation.errors import InvalidInput
from portal.foundation.tableschema import ColumnType, read_schema
from portal.ingest.engine import Engine
from portal.ingest.receive.delivery import Choices, ColumnChoice, Delivery
from portal.ingest.receive.receiving import receive
from portal.ingest.report import Remedy
from portal.ingest.typed import build_table
from tests.ingest.receive.corpus import PLACES, german, text
from tests.ingest.receive.judging import cells

Receive = Callable[..., Delivery]


@pytest.fixture
def received(engine: Engine, tmp_path: Path) -> Receive:
    def run(content: str | bytes, name: str = "orte.csv", **more: Any) -> Delivery:
        path = tmp_path / "sent"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return receive(path, filename=name, folder=tmp_path / "out", engine=engine, **more)

    return run


def schema(*fields: str) -> Any:
    pairs = [field.split(":") for field in fields]
    return read_schema({"fields": [{"name": name, "type": kind, "title": title} for name, kind, title in pairs]})


def test_what_is_delivered_can_be_built_as_proposed(received: Receive, engine: Engine, tmp_path: Path) -> None:
    everyday = text([PLACES.header, *(german(row) for row in PLACES.rows)], ";").encode("cp1252")
    (table,) = received(everyday).tables

    built, report = build_table(table.path, table.schema, tmp_path / "t.parquet", table="orte", engine=engine)

    assert built is not None, report.as_dict()
    assert built.row_count == table.row_count == len(PLACES.rows)


def test_choices_survive_as_json() -> None:
    choices = Choices(
        encoding="cp850", delimiter=";", header_row=2, sheets=("2024",),
        columns={"a": ColumnChoice(name="b", type=ColumnType.DATE, notation="day-first")},
        accepted=(Remedy(code="as-missing", column="a", parameters={"value": "-"}),),
        parts={"x.csv": Choices(quote="'")},
    )  # fmt: skip

    assert Choices.of(choices.as_dict()) == choices


def test_choices_that_are_none_are_refused() -> None:
    with pytest.raises(InvalidInput):
        Choices.of({"accepted": [{"parameters": {}}]})


def test_the_next_delivery_repeats_what_was_accepted(received: Receive) -> None:
    first = received("tag;wert\n03/04/2024;k.A.\n05/06/2024;5\n07/08/2024;6\n")
    choices = Choices.of(Choices().accepting(first.questions).as_dict())

    second = received("tag;wert\n01/02/2024;k.A.\n02/02/2024;7\n03/02/2024;8\n", choices=choices)

    assert {finding.code for finding in first.report.findings} == {"date-ambiguous", "missing-marker"}
    assert not second.report.has_errors
    assert cells(second.tables[0])[1:] == [("2024-02-01", ""), ("2024-02-02", "7"), ("2024-02-03", "8")]


def test_an_accepted_reading_that_no_longer_fits_is_an_error(received: Receive) -> None:
    accepted = Remedy(code="read-as", column="tag", parameters={"type": "date", "notation": "day-first"})

    delivery = received("tag;n\n03/04/2024;1\n05/16/2024;2\n", choices=Choices(accepted=(accepted,)))

    assert [(one.code, one.row, one.value) for one in delivery.report.findings] == [("not-a-date", 2, "05/16/2024")]
    assert cells(delivery.tables[0])[2] == ("05/16/2024", "2")


def test_every_guess_can_be_overruled(received: Receive) -> None:
    choices = Choices(
        encoding="windows-1252", delimiter="|", quote="none", header_row=2,
        columns={"nr": ColumnChoice(name="Nummer", type=ColumnType.STRING)},
    )  # fmt: skip

    delivery = received("Liste|2024\nnr|ort\n1|Süd\n2|Ost\n".encode("cp1252"), choices=choices)

    assert cells(delivery.tables[0]) == [("Nummer", "ort"), ("1", "Süd"), ("2", "Ost")]
    assert [str(column.type) for column in delivery.tables[0].schema.columns] == ["string", "string"]


def test_a_schema_finds_its_columns_by_name_or_title_in_any_order(received: Receive) -> None:
    wanted = schema("ort:string:Ortsteil", "stand:date:Stand", "wert:number:Wert in km²")

    delivery = received("Wert in km²;STAND;ortsteil\n1.200,5;31.12.2024;Süd\n3,25;1.1.2024;007\n", schema=wanted)

    assert not delivery.report.has_errors, delivery.report.as_dict()
    assert cells(delivery.tables[0]) == [("ort", "stand", "wert"), ("Süd", "2024-12-31", "1200.5"), ("007", "2024-01-01", "3.25")]  # fmt: skip


def test_what_a_schema_does_not_know_or_misses_is_found(received: Receive) -> None:
    delivery = received("a;b\n1;x\n2;y\n", schema=schema("a:integer:A", "c:string:C"))

    assert {(one.code, one.column) for one in delivery.report.findings if one.severity == "error"} == {
        ("unknown-column", "b"),
        ("missing-column", "c"),
    }


def test_values_that_are_not_of_the_schemas_type_are_found_where_they_stand(received: Receive) -> None:
    delivery = received(
        "a;tag\n1;2024-01-31\nzwei;31.02.2024\n3;morgen\n", schema=schema("a:integer:A", "tag:date:Tag")
    )

    assert {(one.code, one.row, one.value) for one in delivery.report.findings} == {
        ("not-a-integer", 2, "zwei"),
        ("not-a-date", 2, "31.02.2024"),
        ("not-a-date", 3, "morgen"),
    }
    assert cells(delivery.tables[0])[2] == ("zwei", "31.02.2024")


def test_a_schemas_number_is_asked_where_it_could_be_two(received: Receive) -> None:
    delivery = received("a;b\n1.234;x1\n2.345;y1\n", schema=schema("a:number:A", "b:string:B"))

    assert [one.code for one in delivery.report.findings] == ["number-ambiguous"]


def test_all_findings_come_at_once_with_their_rows(received: Receive) -> None:
    delivery = received("a;b;c\n1;x1\n2;y1;k.A.\n\n3;z1;5\nSumme;;5\n", schema=None)

    assert {(one.code, one.row) for one in delivery.report.findings} >= {
        ("ragged-row", 1),
        ("missing-marker", 2),
        ("total-row", 5),
    }


def test_every_sheet_can_be_taken(received: Receive) -> None:
    from tests.ingest.receive.corpus_files import sheet, xlsx

    def two(book: Any) -> None:
        sheet([["a", "b"], [1, "x1"], [2, "y1"]], "Eins")(book)
        sheet([["c", "d"], [3, "x2"], [4, "y2"]], "Zwei")(book)

    delivery = received(xlsx(two), "mappe.xlsx", choices=Choices(sheets=("Eins", "Zwei")))

    assert not delivery.report.has_errors
    assert [(table.name, cells(table)[0]) for table in delivery.tables] == [("mappe-eins", ("a", "b")), ("mappe-zwei", ("c", "d"))]  # fmt: skip


def test_the_summary_tells_what_is_in_a_column(received: Receive) -> None:
    (table,) = received("plz;wert\n04711;1,5\n47798;10,25\n47798;\n").tables

    postal, value = table.columns
    assert (postal.type, postal.distinct, postal.minimum, postal.pattern) == ("string", 2, "04711", "99999")
    assert (value.type, value.notation, value.nulls, value.minimum, value.maximum) == ("number", "comma", 1, "1.5", "10.25")  # fmt: skip


def test_one_odd_value_late_in_a_large_file_is_found(received: Receive) -> None:
    lines = [f"{number};{number % 28 + 1:02d}.01.2024" for number in range(60_000)]
    lines[50_001] = "50001;31.02.2024"

    delivery = received("n;tag\n" + "\n".join(lines) + "\n")

    assert [(one.code, one.row, one.value) for one in delivery.report.findings] == [("mixed-types", 50_002, "31.02.2024")]  # fmt: skip
    assert delivery.tables[0].schema.column("tag").type == "string"
    assert delivery.tables[0].row_count == 60_000


def wide(columns: int) -> str:
    return "".join(
        ",".join(f"{start}{index}" for index in range(columns)) + "\n" for start in ("spalte", "a", "b", "c")
    )


def test_a_table_wider_than_expressions_of_the_engine_are_deep_is_received_and_typed(
    received: Receive, engine: Engine, tmp_path: Path
) -> None:
    (table,) = received(wide(1_050)).tables

    typed, report = build_table(table.path, table.schema, tmp_path / "typed", table="orte", engine=engine)

    assert not report.findings
    assert typed is not None
    assert (typed.row_count, len(typed.physical)) == (3, 1_050)
    assert {one.distinct for one in typed.statistics} == {3}


def test_a_table_wider_than_a_row_file_can_be_is_refused(received: Receive) -> None:
    found = received(wide(2_000))

    assert found.tables == ()
    assert [finding.code for finding in found.report.findings] == ["too-many-columns"]
