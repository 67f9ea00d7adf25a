"""From what was approved to what the public gets: columns withheld, rows dropped, values made coarser.

    descriptor, typed tables ──protect──▶ public descriptor, public tables ──derive──▶ everything that is served

This is the only way from a source to a file that is served, so what is left out here is nowhere: neither in exports,
row files, statistics and documents nor in the log or among the published blobs. A table that was changed is scanned
again, as a coarser text may still be a name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.foundation.errors import InvalidDataset, InvalidInput
from portal.foundation.tableschema import read_schema
from portal.foundation.text import LangString
from portal.ingest.engine import Engine
from portal.ingest.keys import check_foreign_keys
from portal.ingest.report import Finding, Report, Severity
from portal.ingest.typed import TypedTable
from portal.publishing.privacy import Decision, Described, PrivacyDecision, decisions_of, undecided
from portal.publishing.protection_coarsening import Coarse, coarsened
from portal.publishing.protection_descriptor import protected_descriptor
from portal.publishing.protection_findings import lost_key_findings, unknown_findings
from portal.publishing.protection_tables import change_of, dropped_rows, written


@dataclass(frozen=True)
class Protected:
    """What may be shown to everyone."""

    descriptor: Described
    tables: dict[str, TypedTable]


def protect(
    descriptor: Described,
    typed: Mapping[str, TypedTable],
    workshop: Path,
    engine: Engine,
    *,
    decided_by: str | None = None,
) -> Protected:
    """Carry out the decisions on personal data; new Parquet files lie in *workshop*.

    Without anything to protect descriptor and tables are given back as they are. *decided_by* takes the place of
    persons in the public decisions; None: the descriptor comes from a folder, and its author said who.

    Raises:
        InvalidDataset: a decision names what is not there, a key would lose its columns or its rows, parameters do not
            fit, or what is left looks personal and nobody decided on it.
    """
    decisions = [one for one in decisions_of(descriptor) if one.protects]
    _refuse(descriptor, [*unknown_findings(decisions, typed), *lost_key_findings(decisions, typed)])
    coarse = _coarse_columns(descriptor, decisions, typed)
    touched = {one.resource for one in decisions}
    dropped = {name: dropped_rows(typed[name], _of(name, decisions), engine) for name in sorted(touched)}
    changes = {name: change_of(typed[name], rows, _own(coarse, name), engine) for name, rows in dropped.items()}
    public = protected_descriptor(descriptor, changes, decided_by=decided_by)
    schemas = {one["name"]: one["schema"] for one in public["resources"]}
    changed = {
        name: written(
            typed[name], read_schema(schemas[name]), _own(coarse, name), rows, workshop / f"{name}.protected", engine
        )
        for name, rows in dropped.items()
    }
    tables = {name: changed.get(name, table) for name, table in typed.items()}
    if changed:
        again = undecided(public, changed, engine)
        _refuse(descriptor, (again + check_foreign_keys(tables, engine=engine)).findings)
    return Protected(public, tables)


def _of(name: str, decisions: Iterable[PrivacyDecision]) -> list[PrivacyDecision]:
    return [one for one in decisions if one.resource == name]


def _own(coarse: Mapping[tuple[str, str], Coarse], name: str) -> dict[str, Coarse]:
    return {column: one for (owner, column), one in coarse.items() if owner == name}


def _coarse_columns(
    descriptor: Described, decisions: Iterable[PrivacyDecision], typed: Mapping[str, TypedTable]
) -> dict[tuple[str, str], Coarse]:
    found: dict[tuple[str, str], Coarse] = {}
    findings: list[Finding] = []
    for one in decisions:
        if one.decision is not Decision.COARSEN:
            continue
        schema, physical = typed[one.resource].schema, typed[one.resource].physical
        column = schema.column(one.column)
        try:
            coarse = coarsened(column, physical[schema.columns.index(column)], one.parameters)
        except InvalidInput as error:
            findings.append(_finding("coarsen-unfit", one, error.detail))
            continue
        if found.setdefault((one.resource, one.column), coarse) != coarse:
            findings.append(_finding("coarsen-twice", one, _TWICE))
    _refuse(descriptor, findings)
    return found


_TWICE = LangString(
    "Über diese Spalte ist zweimal verschieden entschieden, wie sie vergröbert wird.",
    "Two decisions say differently how this column is made coarser.",
)


def _finding(code: str, decision: PrivacyDecision, message: LangString) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, message=message, table=decision.resource, column=decision.column)


def _refuse(descriptor: Described, findings: Iterable[Finding]) -> None:
    report = Report.of(findings)
    if not report.has_errors:
        return
    first = next(finding for finding in report.findings if finding.severity is Severity.ERROR)
    more = report.errors - 1
    place = f"{descriptor['name']}, {first.table}, {first.column}"
    raise InvalidDataset(
        f"{place}: {first.message.in_language('en')}{f' (and {more} more)' if more else ''}",
        detail_de=f"{place}: {first.message.de}{f' (und {more} weitere)' if more else ''}",
        findings=[finding.as_dict() for finding in report.findings],
    )
