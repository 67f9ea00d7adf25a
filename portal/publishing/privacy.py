"""Nothing that may be personal goes out without a recorded decision.

The scan (portal.ingest.privacy) asks; the descriptor's `privacyDecisions` answer, for a whole column or, with `row`,
for one row by its key. What nobody answered is an error.

    decision    what happens at the release (portal.publishing.protection)      answers
    release     it goes out as it is                                            hits of its kind, in its row if it names one
    withhold    the column is left out                                          everything in the column
    drop-rows   rows with such a hit, or the named row, are left out            hits of its kind; everything in the named row
    coarsen     values are made coarser                                         everything in the column; what is left is scanned again

A released column that is classed as personal needs a legal basis (GDPR, articles 6 and 9); a hit that is released
without one says by its reason why it is no personal data (a company's name, a figure in a novel).
`applied` stands in public descriptors: it has happened to the tables beside it and asks for nothing any more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from portal.foundation.tableschema import DataProtection
from portal.foundation.text import LangString
from portal.ingest.engine import Engine
from portal.ingest.privacy import KINDS, PersonalHit, scan
from portal.ingest.report import Finding, Report, Severity, shortened
from portal.ingest.typed import TypedTable

Described = dict[str, Any]  # Any: JSON, a checked descriptor or a part of one


class Decision(StrEnum):
    """What a curator may decide."""

    RELEASE = "release"
    WITHHOLD = "withhold"
    DROP_ROWS = "drop-rows"
    COARSEN = "coarsen"


CLASSED = "personal-column"
"""The finding of a column that is declared as personal, whatever the scan sees in it."""


@dataclass(frozen=True, kw_only=True)
class PrivacyDecision:
    """One recorded decision."""

    resource: str
    column: str
    finding: str
    """Kind of the hit it answers, or `personal-column`."""
    decision: Decision
    row: str | None = None
    """Key of the only row it is about; None: the whole column."""
    parameters: Mapping[str, Any] = field(default_factory=dict)  # Any: JSON, read by protection_coarsening
    legal_basis: str | None = None
    """What allows the release of personal data; None: it is none, or nothing is released."""
    applied: bool = False
    """It has happened to the tables that it stands beside."""

    @classmethod
    def of(cls, described: Described) -> Self:
        """Read a decision of a checked descriptor."""
        return cls(
            resource=described["resource"],
            column=described["column"],
            finding=described["finding"],
            decision=Decision(described["decision"]),
            row=described.get("row"),
            parameters=described.get("parameters", {}),
            legal_basis=described.get("legalBasis"),
            applied=bool(described.get("applied", False)),
        )

    @property
    def protects(self) -> bool:
        """Tell whether something has to happen to the table."""
        return self.decision is not Decision.RELEASE and not self.applied

    def answers(self, table: str, hit: PersonalHit) -> bool:
        """Tell whether it says what becomes of *hit*."""
        if self.resource != table or (self.applied and self.decision is not Decision.RELEASE):
            return False
        match self.decision:
            case Decision.RELEASE:
                return self._is_of(hit) and self.row in (None, hit.key)
            case Decision.DROP_ROWS if self.row is not None:
                return self.row == hit.key
            case Decision.DROP_ROWS:
                return self._is_of(hit) and hit.row is not None
            case _:
                return self.column == hit.column

    def answers_class(self, table: str, column: str) -> bool:
        """Tell whether it says what becomes of a column that is declared as personal."""
        if (self.resource, self.column) != (table, column) or self.decision is Decision.DROP_ROWS:
            return False
        return self.decision is not Decision.RELEASE or self.legal_basis is not None

    def _is_of(self, hit: PersonalHit) -> bool:
        return (self.column, self.finding) == (hit.column, hit.kind)


def decisions_of(descriptor: Described) -> list[PrivacyDecision]:
    """Give the decisions of a checked descriptor, in their order."""
    return [PrivacyDecision.of(one) for one in descriptor.get("privacyDecisions", ())]


def undecided(descriptor: Described, tables: Mapping[str, TypedTable], engine: Engine) -> Report:
    """Report every hit of the scan, and every column classed as personal, that no decision covers.

    The findings quote the data: they are for the dataset's curators, and for nobody else.
    """
    decisions = decisions_of(descriptor)
    findings = []
    for name, table in tables.items():
        own = [one for one in decisions if one.resource == name]
        by_row: defaultdict[str | None, list[PrivacyDecision]] = defaultdict(list)
        for one in own:
            by_row[one.row].append(one)
        for hit in scan(table, engine=engine):
            if not any(one.answers(name, hit) for row in {None, hit.key} for one in by_row.get(row, ())):
                findings.append(_asked(name, hit))
        findings += [_classed(name, column) for column in _unanswered_columns(name, table, own)]
    return Report.of(findings)


def public_decisions(descriptor: Described) -> list[Described]:
    """Give what everyone may know of the decisions: no persons, no rows."""
    shown = ("resource", "column", "finding", "decision", "reason", "legalBasis", "parameters")
    decisions: list[Described] = []
    for one in descriptor.get("privacyDecisions", ()):
        public = {key: one[key] for key in shown if key in one}
        if public not in decisions:
            decisions.append(public)
    return decisions


def _unanswered_columns(name: str, table: TypedTable, decisions: Iterable[PrivacyDecision]) -> list[str]:
    return [
        column.name
        for column in table.schema.columns
        if column.data_protection is not DataProtection.NONE
        and not any(one.answers_class(name, column.name) for one in decisions)
    ]


def _asked(table: str, hit: PersonalHit) -> Finding:
    said = KINDS[hit.kind]
    needed = (" Eine Entscheidung fehlt.", " A decision is missing.") if hit.is_serious else ("", "")
    return Finding(
        code=f"personal-{hit.kind}",
        severity=Severity.ERROR if hit.is_serious else Severity.WARNING,
        message=LangString(
            f"Das sieht nach {said.de} aus.{needed[0]}",
            f"This looks like {said.in_language('en')}.{needed[1]}",
        ),
        row=hit.row,
        column=hit.column,
        value=shortened(hit.value),
        table=table,
    )


def _classed(table: str, column: str) -> Finding:
    return Finding(
        code=CLASSED,
        severity=Severity.ERROR,
        message=LangString(
            "Die Spalte ist als personenbezogen eingestuft; es fehlt eine Entscheidung, für eine Freigabe mit Rechtsgrundlage.",
            "The column is classed as personal; a decision is missing, for a release with its legal basis.",
        ),
        column=column,
        table=table,
    )
