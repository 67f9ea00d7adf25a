"""Nothing that may be personal is released without a recorded decision. All persons are invented."""

import json
from pathlib import Path
from typing import Any

import pytest

from portal.foundation.errors import InvalidDataset
from portal.wiring import Portal
from tests.builders import a_field, a_folder, a_table
from tests.releases import a_decision, content, publish, trees, versions

PERSONAL = ("Linde", "Erika Mustermann", "Max Mustermann")


@pytest.fixture
def engine_name() -> str:
    """The scan knows nothing of the database: one engine is enough."""
    return "sqlite"


def refused(portal: Portal, folder: Path) -> list[dict[str, Any]]:
    with pytest.raises(InvalidDataset) as caught:
        publish(portal, folder)
    findings: Any = caught.value.facts["findings"]
    return list(findings)


def test_a_hit_without_a_decision_is_refused_with_its_place(portal: Portal, tmp_path: Path) -> None:
    findings = refused(portal, trees(tmp_path / "b", *PERSONAL))

    assert [(one["code"], one["table"], one["row"], one["column"]) for one in findings] == [
        ("personal-name", "trees", 2, "name"),
        ("personal-name", "trees", 3, "name"),
    ]
    assert versions(portal) == []


def test_a_decision_on_a_row_answers_that_row_only(portal: Portal, tmp_path: Path) -> None:
    decided = [a_decision("name", "name", row="x-2")]

    findings = refused(portal, trees(tmp_path / "b", *PERSONAL, privacyDecisions=decided))

    assert [one["row"] for one in findings] == [3]


@pytest.mark.parametrize("rows", [("x-2", "x-3"), (None,)])
def test_decisions_by_row_or_by_column_let_the_release_go(
    portal: Portal, tmp_path: Path, rows: tuple[str | None, ...]
) -> None:
    decided = [a_decision("name", "name", row=row) for row in rows]

    assert publish(portal, trees(tmp_path / "b", *PERSONAL, privacyDecisions=decided)) == [1]

    assert b"Erika Mustermann" in content(portal, "trees.csv")
    assert json.loads(content(portal, "datapackage.json"))["privacyDecisions"] == decided


@pytest.mark.parametrize(
    "decision",
    [
        a_decision("name", "email"),
        a_decision("id", "name"),
        a_decision("name", "name") | {"resource": "other"},
    ],
)
def test_a_decision_about_something_else_answers_nothing(
    portal: Portal, tmp_path: Path, decision: dict[str, Any]
) -> None:
    findings = refused(portal, trees(tmp_path / "b", *PERSONAL, privacyDecisions=[decision]))

    assert [one["row"] for one in findings] == [2, 3]


@pytest.mark.parametrize("lacking", ["reason", "decidedBy", "decidedOn", "decision"])
def test_a_decision_names_who_when_and_why(portal: Portal, tmp_path: Path, lacking: str) -> None:
    decision = a_decision("name", "name")
    del decision[lacking]

    findings = refused(portal, trees(tmp_path / "b", *PERSONAL, privacyDecisions=[decision]))

    assert [one["pointer"] for one in findings] == [f"/privacyDecisions/0/{lacking}"]


@pytest.mark.parametrize("kind", ["personal", "special"])
def test_a_column_classed_as_personal_needs_a_decision_whatever_it_holds(
    portal: Portal, tmp_path: Path, kind: str
) -> None:
    fields = (a_field("id"), a_field("name", dataProtection=kind))
    tables = {"trees": a_table(fields=fields, rows=[("x-1", "Linde")])}

    (finding,) = refused(portal, a_folder(tmp_path / "b", tables=tables))
    decided = a_folder(
        tmp_path / "b",
        tables=tables,
        privacyDecisions=[a_decision("name", "personal-column") | {"legalBasis": "Art. 6 Abs. 1 e DSGVO"}],
    )

    assert (finding["code"], finding["column"]) == ("personal-column", "name")
    assert publish(portal, decided) == [1]


def test_a_new_version_is_scanned_as_the_first_one_was(portal: Portal, tmp_path: Path) -> None:
    publish(portal, trees(tmp_path / "b", "Linde"))

    refused(portal, trees(tmp_path / "b", *PERSONAL))

    assert [one.rows for one in versions(portal)] == [{"trees": 1}]
