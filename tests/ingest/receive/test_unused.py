"""A choice that meets nothing in a file: an error where it was made for it, a warning where it is remembered."""

from pathlib import Path
from typing import Any

import pytest

from portal.ingest.engine import Engine
from portal.ingest.receive.accepting import receive_accepting
from portal.ingest.receive.delivery import Choices, Delivery
from portal.ingest.receive.receiving import receive
from portal.ingest.report import Severity
from tests.ingest.receive.corpus_files import sheet, xlsx

TABLE = b"a;b\n1;x\n2;y\n"
BOOK = xlsx(sheet([["a", "b"], [1, "x1"], [2, "y1"]], "2025"))
UNUSED: tuple[tuple[dict[str, Any], bytes, str], ...] = (
    ({"columns": {"c": {"type": "date"}}}, TABLE, "unknown-choice"),
    ({"columns": {"c": {"type": "date"}}}, BOOK, "unknown-choice"),
    ({"columns": {"a": {"notation": "german"}}}, TABLE, "unknown-notation"),
    ({"columns": {"b": {"type": "string", "notation": "german"}}}, TABLE, "unknown-notation"),
    ({"sheets": ["2024"]}, TABLE, "choice-without-use"),
    ({"sheets": ["2024"]}, BOOK, "unknown-sheet"),
    ({"encoding": "cp850"}, BOOK, "choice-without-use"),
    ({"parts": {"z": {}}}, TABLE, "unknown-part"),
    ({"parts": {"2025": {"columns": {"c": {"name": "d"}}}}}, BOOK, "unknown-choice"),
    ({"header_row": 99}, TABLE, "header-below-end"),
    ({"header_rows": 50}, TABLE, "header-below-end"),
)


def received(content: bytes, described: dict[str, Any], unused: Severity, folder: Path, engine: Engine) -> Delivery:
    path = folder / "sent"
    path.write_bytes(content)
    name = "t.xlsx" if content is BOOK else "t.csv"
    return receive(path, filename=name, folder=folder / "out", choices=Choices.of(described), unused=unused, engine=engine)  # fmt: skip


@pytest.mark.parametrize(("described", "content", "code"), UNUSED, ids=lambda value: str(value)[:40])
def test_a_choice_for_what_is_not_there_is_an_error_and_a_remembered_one_a_warning(
    described: dict[str, Any], content: bytes, code: str, engine: Engine, tmp_path: Path
) -> None:
    now = received(content, described, Severity.ERROR, tmp_path, engine)
    remembered = received(content, described, Severity.WARNING, tmp_path, engine)

    assert [one.code for one in now.report.findings if one.severity is Severity.ERROR] == [code]
    assert [one.code for one in remembered.report.findings if one.severity is Severity.WARNING] == [code]
    assert not remembered.report.has_errors
    assert [table.row_count for table in remembered.tables] == [2]


def test_what_there_is_is_told(engine: Engine, tmp_path: Path) -> None:
    (finding,) = received(TABLE, {"columns": {"c": {}}}, Severity.ERROR, tmp_path, engine).report.findings

    assert finding.message.en == "Something is chosen for the column 'c', which is not here; there are: a, b."


def test_a_choice_that_is_used_is_no_matter(engine: Engine, tmp_path: Path) -> None:
    described = {"encoding": "utf-8", "header_row": 1, "columns": {"a": {"type": "integer", "notation": "plain"}}}

    assert not received(TABLE, described, Severity.ERROR, tmp_path, engine).report.findings


def test_a_remedy_for_a_column_that_is_not_there_is_noted(engine: Engine, tmp_path: Path) -> None:
    described = {"accepted": [{"code": "trim-blanks", "column": "c"}]}

    (finding,) = received(TABLE, described, Severity.ERROR, tmp_path, engine).report.findings

    assert (finding.code, finding.severity, finding.column) == ("remedy-without-column", Severity.NOTE, "c")


def test_accepting_what_nobody_asks_today_is_noted(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(TABLE)

    delivery, _ = receive_accepting(
        path, filename="t.csv", folder=tmp_path / "out", choices=Choices(), accepted=["total-row"], engine=engine
    )

    assert [(one.code, one.severity, one.value) for one in delivery.report.findings] == [
        ("nothing-to-accept", Severity.NOTE, "total-row")
    ]
