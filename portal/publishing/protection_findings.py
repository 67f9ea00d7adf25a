"""Decisions that cannot be carried out: they name what is not there, or take a key's columns away."""

from collections.abc import Iterable, Iterator, Mapping

from portal.foundation.text import LangString
from portal.ingest.report import Finding, Severity
from portal.ingest.typed import TypedTable
from portal.publishing.privacy import Decision, PrivacyDecision

_COLUMN_DECISIONS = (Decision.WITHHOLD, Decision.COARSEN)


def unknown_findings(decisions: Iterable[PrivacyDecision], typed: Mapping[str, TypedTable]) -> Iterator[Finding]:
    """Find decisions on tables and columns that do not exist: a slip of the pen must not let data out."""
    for one in decisions:
        if one.resource not in typed or one.column not in typed[one.resource].schema.names:
            yield _finding(
                "decision-unknown-column",
                one.resource,
                one.column,
                LangString(
                    "Eine Entscheidung zum Datenschutz nennt eine Spalte, die es nicht gibt.",
                    "A decision on data protection names a column that does not exist.",
                ),
            )


def lost_key_findings(decisions: Iterable[PrivacyDecision], typed: Mapping[str, TypedTable]) -> Iterator[Finding]:
    """Find keys that would lose a column, or whose values would not be told apart any more."""
    changed = {(one.resource, one.column): one.decision for one in decisions if one.decision in _COLUMN_DECISIONS}
    for (name, column), decision in changed.items():
        if name not in typed:
            continue
        reasons = sorted(set(_keys_with(name, column, typed)))
        if column in typed[name].schema.names and len(_withheld(name, changed)) == len(typed[name].schema.columns):
            yield _finding("protected-table-empty", name, column, _EMPTY)
        elif reasons:
            yield _finding("protected-key", name, column, _key_sentence(decision, reasons))


def _withheld(name: str, changed: Mapping[tuple[str, str], Decision]) -> list[str]:
    return [column for (owner, column), one in changed.items() if owner == name and one is Decision.WITHHOLD]


def _keys_with(name: str, column: str, typed: Mapping[str, TypedTable]) -> Iterator[str]:
    if column in typed[name].schema.primary_key:
        yield f"{name}: primaryKey"
    for owner, table in typed.items():
        for key in table.schema.foreign_keys:
            if owner == name and column in key.columns:
                yield f"{owner}: foreignKey ({', '.join(key.columns)})"
            elif key.dataset is None and (key.table or owner) == name and column in key.referenced:
                yield f"{owner}: foreignKey → {name} ({', '.join(key.referenced)})"


_EMPTY = LangString(
    "Alle Spalten der Tabelle würden zurückgehalten; bitte die Tabelle ganz weglassen.",
    "All columns of the table would be withheld; please leave the table out.",
)


def _key_sentence(decision: Decision, keys: list[str]) -> LangString:
    german = "zurückgehalten" if decision is Decision.WITHHOLD else "vergröbert"
    english = "withheld" if decision is Decision.WITHHOLD else "made coarser"
    named = ", ".join(keys)
    return LangString(
        f"Die Spalte kann nicht {german} werden, solange ein Schlüssel sie braucht ({named}); bitte zuerst den Schlüssel ändern.",
        f"The column cannot be {english} while a key needs it ({named}); please change the key first.",
    )


def _finding(code: str, table: str, column: str, message: LangString) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, message=message, table=table, column=column)
