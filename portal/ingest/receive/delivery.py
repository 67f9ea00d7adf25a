"""What comes of a received file: tables, guesses and a Report; and what a curator chose for the next time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.foundation.errors import InvalidInput
from portal.foundation.tableschema import ColumnType, TableSchema
from portal.foundation.text import LangString
from portal.ingest.report import Remedy, Report, Severity


@dataclass(frozen=True, kw_only=True)
class Guess:
    """Something the file does not say, and what we took it for."""

    subject: str
    """`encoding`, `dialect`, `header`, `sheet` or `type`."""
    value: str
    alternatives: tuple[str, ...] = ()
    confidence: float
    """From 0 to 1; what is below 1 may be overruled."""
    message: LangString
    column: str | None = None

    def as_dict(self) -> dict[str, object]:
        """Give the guess as it stands in JSON answers."""
        return {
            "subject": self.subject,
            "value": self.value,
            "alternatives": list(self.alternatives),
            "confidence": self.confidence,
            "message": self.message.as_dict(),
            "column": self.column,
        }


@dataclass(frozen=True, kw_only=True)
class ColumnChoice:
    """What a curator says of a column, by the name it has in the file."""

    name: str | None = None
    type: ColumnType | None = None
    notation: str | None = None
    """One of `readings.py` for the type; None: the one that fits the values."""


ALL_SHEETS = ("*",)
"""As the sheets of `Choices`: every visible sheet with a table."""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a curator overruled or accepted; None or empty: we guess."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    """`"`, `'` or `none`."""
    header_row: int | None = None
    """Record that holds the names, from 1; 0: there is none."""
    header_rows: int | None = None
    sheets: tuple[str, ...] = ()
    columns: Mapping[str, ColumnChoice] = field(default_factory=dict)
    accepted: tuple[Remedy, ...] = ()
    parts: Mapping[str, "Choices"] = field(default_factory=dict)
    """Choices for one member of an archive or one sheet, by its name; they replace those of the whole."""

    def accepts(self, code: str, column: str | None = None, **parameters: str) -> Remedy | None:
        """Give the accepted remedy with this code for *column* that has at least these parameters."""
        for remedy in self.accepted:
            if remedy.code == code and remedy.column == column and parameters.items() <= remedy.parameters.items():
                return remedy
        return None

    def of_part(self, name: str) -> "Choices":
        """Give the choices for the part *name*: its own, or those of the whole."""
        return self.parts.get(name, self)

    def accepting(self, remedies: Iterable[Remedy]) -> "Choices":
        """Give these choices with *remedies* accepted too."""
        added = tuple(remedy for remedy in remedies if remedy not in self.accepted)
        described = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return Choices(**{**described, "accepted": (*self.accepted, *added)})

    def as_dict(self) -> dict[str, object]:
        """Give the choices as JSON; what was left to us is left out."""
        plain = {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "quote": self.quote,
            "header_row": self.header_row,
            "header_rows": self.header_rows,
            "sheets": list(self.sheets),
            "columns": {
                name: {"name": one.name, "type": one.type, "notation": one.notation}
                for name, one in self.columns.items()
            },
            "accepted": [remedy.as_dict() for remedy in self.accepted],
            "parts": {name: part.as_dict() for name, part in self.parts.items()},
        }
        return {key: value for key, value in plain.items() if value not in (None, [], {})}

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> "Choices":  # Any: JSON, checked here
        """Read what `as_dict` gave; unknown keys are passed over, `stated_choices` refuses them.

        Raises:
            InvalidInput: it is not that.
        """
        try:
            return cls(
                encoding=_text(described, "encoding"),
                delimiter=_text(described, "delimiter"),
                quote=_text(described, "quote"),
                header_row=_number(described, "header_row", least=0),
                header_rows=_number(described, "header_rows", least=1),
                sheets=tuple(_each_text(described, "sheets")),
                columns={name: _column_choice(one) for name, one in described.get("columns", {}).items()},
                accepted=tuple(_remedy(one) for one in described.get("accepted", ())),
                parts={name: cls.of(part) for name, part in described.get("parts", {}).items()},
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InvalidInput(
                f"These are not choices: {error}.", detail_de=f"Das sind keine Festlegungen: {error}."
            ) from None


@dataclass(frozen=True, kw_only=True)
class ColumnSummary:
    """What the values of a delivered column look like."""

    name: str
    type: ColumnType
    notation: str
    """How the file writes the values, e.g. `german`; `text` for texts."""
    unit: str | None
    nulls: int
    distinct: int
    """Estimated above 50,000 rows."""
    minimum: str | None
    maximum: str | None
    examples: tuple[str, ...]
    pattern: str | None
    """The commonest shape: 9 for a digit, A and a for letters; None: there are many."""


@dataclass(frozen=True, kw_only=True)
class DeliveredTable:
    """One table as plain CSV (RFC 4180, UTF-8) and the schema we propose for it."""

    name: str
    path: Path
    schema: TableSchema
    guesses: tuple[Guess, ...]
    row_count: int
    columns: tuple[ColumnSummary, ...]


@dataclass(frozen=True)
class Delivery:
    """Everything that came of one file. With errors in the report its tables are for looking at only."""

    tables: tuple[DeliveredTable, ...]
    report: Report

    @property
    def questions(self) -> tuple[Remedy, ...]:
        """Give what has to be accepted, or answered otherwise, before this can be released."""
        found: list[Remedy] = []
        for finding in self.report.findings:
            if finding.severity is Severity.ERROR and finding.remedy and finding.remedy not in found:
                found.append(finding.remedy)
        return tuple(found)


_MAX_HEADER = 10_000
"""Nobody puts the names of columns further down, or over more lines."""


def _text(described: Mapping[str, Any], key: str) -> str | None:  # Any: JSON
    value = described.get(key)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{key} is no text")
    return value


def _number(described: Mapping[str, Any], key: str, *, least: int) -> int | None:  # Any: JSON
    value = described.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _MAX_HEADER:
        raise ValueError(f"{key} is no whole number from {least} to {_MAX_HEADER}")
    return value


def _each_text(described: Mapping[str, Any], key: str) -> list[str]:  # Any: JSON
    values = described.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"{key} is no list of texts")
    return values


def _column_choice(described: Mapping[str, Any]) -> ColumnChoice:  # Any: JSON
    kind = described.get("type")
    return ColumnChoice(
        name=_text(described, "name"),
        type=ColumnType(kind) if kind is not None else None,
        notation=_text(described, "notation"),
    )


def _remedy(described: Mapping[str, Any]) -> Remedy:  # Any: JSON
    parameters = {str(key): str(value) for key, value in described.get("parameters", {}).items()}
    return Remedy(code=str(described["code"]), column=_text(described, "column"), parameters=parameters)
