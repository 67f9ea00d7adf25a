"""Nothing that may be personal goes out without a recorded decision.

The scan (portal.ingest.privacy) asks; the descriptor's `privacyDecisions` answer: for a whole column, or for one
row by its key. What nobody answered is an error.
"""

from collections.abc import Mapping
from typing import Any

from portal.foundation.tableschema import DataProtection
from portal.foundation.text import LangString
from portal.ingest.engine import Engine
from portal.ingest.privacy import PersonalHit, scan
from portal.ingest.report import Finding, Report, Severity
from portal.ingest.typed import TypedTable


def undecided(
    descriptor: dict[str, Any], tables: Mapping[str, TypedTable], engine: Engine
) -> Report:  # Any: a checked descriptor
    """Report every hit of the scan, and every column classed as personal, that no decision covers."""
    decided = {
        (one["resource"], one["column"], one.get("row"), one["finding"])
        for one in descriptor.get("privacyDecisions", ())
        if one["decision"] == "release"
    }
    findings = []
    for name, table in tables.items():
        for hit in scan(table, engine=engine):
            if not decided & _answers(name, hit):
                findings.append(_asked(name, hit))
        for column in table.schema.columns:
            if column.data_protection is not DataProtection.NONE and not any(
                key[:2] == (name, column.name) for key in decided
            ):
                findings.append(_classed(name, column.name))
    return Report.of(findings)


def public_decisions(descriptor: dict[str, Any]) -> list[dict[str, Any]]:  # Any: a checked descriptor
    """Give what everyone may know of the decisions: table, column, kind, decision and reason; no persons, no rows."""
    shown = ("resource", "column", "finding", "decision", "reason")
    decisions: list[dict[str, Any]] = []  # Any: JSON
    for one in descriptor.get("privacyDecisions", ()):
        public = {key: one[key] for key in shown}
        if public not in decisions:
            decisions.append(public)
    return decisions


def _answers(table: str, hit: PersonalHit) -> set[tuple[str, str, str | None, str]]:
    return {(table, hit.column, None, hit.kind), (table, hit.column, hit.key, hit.kind)}


def _asked(table: str, hit: PersonalHit) -> Finding:
    return Finding(
        code=f"personal-{hit.kind}",
        severity=Severity.ERROR,
        message=LangString(
            f"{table}, Zeile {hit.row}, Spalte {hit.column}: das sieht nach {_KINDS[hit.kind].de} aus; eine Entscheidung fehlt.",
            f"{table}, row {hit.row}, column {hit.column}: this looks like {_KINDS[hit.kind].en}; a decision is missing.",
        ),
        row=hit.row,
        column=hit.column,
        value=hit.value,
        table=table,
    )


def _classed(table: str, column: str) -> Finding:
    return Finding(
        code="personal-column",
        severity=Severity.ERROR,
        message=LangString(
            f"{table}: die Spalte {column} ist als personenbezogen eingestuft; eine Entscheidung fehlt.",
            f"{table}: the column {column} is classed as personal; a decision is missing.",
        ),
        row=None,
        column=column,
        value=None,
        table=table,
    )


_KINDS = {
    "name": LangString("dem Namen einer Person", "a person's name"),
    "email": LangString("einer Mail-Adresse", "a mail address"),
    "phone": LangString("einer Telefonnummer", "a telephone number"),
    "iban": LangString("einer Kontonummer (IBAN)", "a bank account number (IBAN)"),
    "tax": LangString("einer Steuernummer", "a tax number"),
}
