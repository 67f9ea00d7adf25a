"""One table on its way: where it is worked on, what was chosen for it, and what was noted so far."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from portal.foundation.tableschema import TableSchema
from portal.foundation.text import LangString
from portal.ingest.engine import Engine
from portal.ingest.receive.delivery import Choices, Guess
from portal.ingest.report import MAX_LISTED, Finding, Remedy, Report, Severity, shortened

PADDING = "\x1f"
"""Stands in a cell that a short record does not have, until we know whether the record belongs to the table."""


class Unreadable(Exception):
    """No table can come of this; the finding says why."""

    def __init__(
        self, code: str, german: str, english: str, *, remedy: Remedy | None = None, value: str | None = None
    ) -> None:
        super().__init__(english)
        self.finding = Finding(
            code=code,
            severity=Severity.ERROR,
            message=LangString(german, english),
            remedy=remedy,
            value=shortened(value),
        )


class Notes:
    """Collects findings and guesses."""

    def __init__(self, table: str | None = None) -> None:
        self.table = table
        self.findings: list[Finding] = []
        self.guesses: list[Guess] = []
        self.counts: Counter[str] = Counter()

    def add(
        self,
        code: str,
        severity: Severity,
        german: str,
        english: str,
        *,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        remedy: Remedy | None = None,
        number: int = 1,
    ) -> None:
        """Note a finding; *number* of them where only this one is listed."""
        self.counts[code] += number
        if self.counts[code] - number < MAX_LISTED:
            self.findings.append(
                Finding(
                    code=code,
                    severity=severity,
                    message=LangString(german, english),
                    row=row,
                    column=column,
                    value=shortened(value),
                    table=self.table,
                    remedy=remedy,
                )
            )

    def repeat(self, refusal: Unreadable, severity: Severity) -> None:
        """Note a refusal that is none here."""
        self.counts[refusal.finding.code] += 1
        self.findings.append(replace(refusal.finding, severity=severity, table=self.table))

    def guess(
        self,
        subject: str,
        value: str,
        confidence: float,
        german: str,
        english: str,
        *,
        alternatives: tuple[str, ...] = (),
        column: str | None = None,
    ) -> None:
        """Note what we took something for."""
        message = LangString(german, english)
        self.guesses.append(
            Guess(
                subject=subject,
                value=value,
                alternatives=alternatives,
                confidence=confidence,
                message=message,
                column=column,
            )
        )

    @property
    def report(self) -> Report:
        return Report.of(self.findings, self.counts)


@dataclass(frozen=True)
class Met:
    """What of a file choices could be about, as it is met; whose they are is told by identity, for parts share them."""

    columns: list[tuple[Choices, Collection[str]]] = field(default_factory=list)
    parts: list[tuple[Choices, str]] = field(default_factory=list)
    settings: list[tuple[Choices, str]] = field(default_factory=list)
    """Names of attributes of `Choices` that were asked for."""

    def asks(self, choices: Choices, *settings: str) -> None:
        """Note that a file of this kind is read by these settings."""
        self.settings.extend((choices, one) for one in settings)

    def of(self, choices: Choices) -> tuple[list[str], list[str], set[str]]:
        """Give the columns, the parts and the settings that were met under *choices*, in their order."""
        columns = [name for whose, names in self.columns if whose is choices for name in names]
        parts = [name for whose, name in self.parts if whose is choices]
        return columns, parts, {name for whose, name in self.settings if whose is choices}


@dataclass(frozen=True, kw_only=True)
class Task:
    """One table to be made."""

    engine: Engine
    folder: Path
    """Where the CSV goes; work files lie here too and are removed."""
    name: str
    choices: Choices
    schema: TableSchema | None
    """The published table's schema; None: one is proposed."""
    schemas: Mapping[str, TableSchema]
    """The same by table, for a file that holds several."""
    notes: Notes
    met: Met
    unused: Severity
    """What it is that a choice meets nothing: an error for what is said of this file, a warning for what is remembered."""

    @property
    def target(self) -> Path:
        return self.folder / f"{self.name}.csv"

    def work_file(self, ending: str) -> Path:
        """Give a path for a work file of this table."""
        return self.folder / f".{self.name}.{ending}"


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The table `cells` in the engine: columns r0, r1, … of texts, empty cells null."""

    names: tuple[str, ...]
    """As they stand in the file, made whole and unique."""
    kinds: Mapping[int, str] = field(default_factory=dict)
    """Columns whose source says more than text does: `number` (plain notation, no doubt), `text` (stays text),
    `json-text` (text, but may be a date in ISO form) or the name of a type."""
    row: str = "row"
    """SQL of the number of a row as in the file: from 1 after the names, blank rows counted."""
    is_whole: bool = False
    """No row and no column was left out."""
    is_for_excel: bool = False
    """A text file with byte order mark, semicolons and the names on top: as the portal writes CSV for Excel."""
    original: Path | None = None
    """The file, where it is plain CSV to the last byte and `cells` is all of it."""
