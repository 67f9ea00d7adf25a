"""Every file of the corpus comes out right, or is asked or refused as it should be; none is silently wrong."""

import re
from itertools import chain
from pathlib import Path

import pytest

from portal.ingest.engine import Engine
from portal.ingest.receive.stated import ACCEPTABLE, stated_choices
from portal.ingest.report import Finding
from tests.ingest.receive.corpus import Case
from tests.ingest.receive.corpus_files import file_cases
from tests.ingest.receive.corpus_shapes import text_cases
from tests.ingest.receive.judging import Outcome, answered, deliver, is_true, judged

CASES = list(chain(text_cases(), file_cases()))
ASKED = [case for case in CASES if case.expect == "asked" and case.truth is not None]
_LONG_ENOUGH = 4
"""A shorter text may stand in a sentence by chance."""
_OF_FILES = ("not-a-table", "unsupported-format", "other-sheets")
"""Here the value is the name of a file or of a sheet."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_is_right_or_asked_or_refused(case: Case, engine: Engine, tmp_path: Path) -> None:
    delivery = deliver(case, tmp_path, engine)

    outcome = judged(case, delivery)
    assert outcome is not Outcome.SILENTLY_WRONG, delivery.report.as_dict()
    assert outcome == case.expect, delivery.report.as_dict()
    assert case.code is None or case.code in delivery.report.counts
    assert all(finding.message.de and finding.message.en for finding in delivery.report.findings)
    asked = [one for one in delivery.report.findings if one.remedy]
    assert {one.code for one in asked} <= ACCEPTABLE
    stated_choices({"accepted": [one.remedy.as_dict() for one in asked if one.remedy]})
    assert [one for one in delivery.report.findings if quotes_a_cell(one)] == []


def quotes_a_cell(finding: Finding) -> bool:
    """Tell whether the sentence says what only `value` may say; names of files and sheets are no cells."""
    if finding.value is None or len(finding.value) < _LONG_ENOUGH or finding.code in _OF_FILES:
        return False
    whole = re.compile(rf"(?<!\w){re.escape(finding.value)}(?!\w)")
    return any(whole.search(text) for text in finding.message.as_dict().values())


@pytest.mark.parametrize("case", ASKED, ids=lambda case: case.name)
def test_accepting_what_is_proposed_gives_the_table(case: Case, engine: Engine, tmp_path: Path) -> None:
    delivery = answered(case, tmp_path, engine)

    assert not delivery.report.has_errors, delivery.report.as_dict()
    assert is_true(delivery, case.truth), delivery.report.as_dict()


def test_the_corpus_is_large_and_its_names_are_unique() -> None:
    names = [case.name for case in CASES]

    assert len(names) >= 150
    assert len(set(names)) == len(names)


def test_nothing_is_left_beside_the_tables(engine: Engine, tmp_path: Path) -> None:
    for case in CASES[::10]:
        folder = tmp_path / case.name
        folder.mkdir()
        delivery = deliver(case, folder, engine)
        left = {path.name for path in (folder / "out").iterdir()} - {".duckdb-spill"}
        assert left == {table.path.name for table in delivery.tables}, case.name
