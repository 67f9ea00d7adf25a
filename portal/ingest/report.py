"""What ingest found in a file: findings with row, column, value and a sentence, and how many there are in truth.

A finding about data is a value, not an exception: the curator sees all of them at once, and decides. Its sentence quotes no cell:
that is `value`, which not everybody who sees the finding may see.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.foundation.text import LangString

MAX_LISTED = 1000
"""Findings listed per code; nobody reads more, and `counts` says how many there are."""

MAX_VALUE_CHARS = 200
"""A finding quotes at most this much of a value."""


class Severity(StrEnum):
    """What a finding means for the release."""

    ERROR = "error"
    """The table cannot be released."""
    WARNING = "warning"
    """The table can be released; somebody should look."""
    NOTE = "note"
    """Read and understood otherwise than it was written; nothing is lost."""


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """What would settle a finding; a curator accepts it, and the next delivery of the same file repeats it."""

    code: str
    column: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Give the remedy as it stands in JSON answers."""
        return {"code": self.code, "column": self.column, "parameters": dict(self.parameters)}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong, and where."""

    code: str
    severity: Severity
    message: LangString
    row: int | None = None
    """Data row, from 1; the header is not counted. None: it concerns no single row."""
    column: str | None = None
    value: str | None = None
    table: str | None = None
    remedy: Remedy | None = None
    """None: nothing but another file helps, or nothing need be done."""

    def as_dict(self) -> dict[str, object]:
        """Give the finding as it stands in JSON answers."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "message": self.message.as_dict(),
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "table": self.table,
            "remedy": self.remedy.as_dict() if self.remedy else None,
        }


@dataclass(frozen=True)
class Report:
    """All findings of one check. At most `MAX_LISTED` are listed per code; `counts` holds the true numbers."""

    findings: tuple[Finding, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, findings: Iterable[Finding], counts: Mapping[str, int] | None = None) -> "Report":
        """Collect *findings*; *counts* gives the true number of a code where not all findings were made."""
        listed: list[Finding] = []
        seen: Counter[str] = Counter()
        for finding in findings:
            seen[finding.code] += 1
            if seen[finding.code] <= MAX_LISTED:
                listed.append(finding)
        return cls(tuple(listed), {code: max(number, (counts or {}).get(code, 0)) for code, number in seen.items()})

    @property
    def has_errors(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def errors(self) -> int:
        """How many errors there are, listed or not."""
        codes = {finding.code for finding in self.findings if finding.severity is Severity.ERROR}
        return sum(self.counts[code] for code in codes)

    def __add__(self, other: "Report") -> "Report":
        """Give both reports as one."""
        counts = Counter(self.counts) + Counter(other.counts)
        return Report.of((*self.findings, *other.findings), counts)

    def as_dict(self) -> dict[str, object]:
        """Give the report as it stands in JSON answers."""
        return {
            "has_errors": self.has_errors,
            "counts": dict(self.counts),
            "findings": [finding.as_dict() for finding in self.findings],
        }


def shortened(value: str | None) -> str | None:
    """Give *value* as a finding quotes it: cut after `MAX_VALUE_CHARS` characters, with an ellipsis."""
    if value is None or len(value) <= MAX_VALUE_CHARS:
        return value
    return value[:MAX_VALUE_CHARS] + "…"
