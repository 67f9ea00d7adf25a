"""A file that was sent, on its way to a draft: received, typed, checked against the columns it should have, looked through."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from portal.accounts.actor import Actor
from portal.curation.merging import Described
from portal.foundation.errors import InvalidDataset, InvalidInput
from portal.foundation.tableschema import TableSchema
from portal.ingest.engine import Engine as TableEngine
from portal.ingest.receive.accepting import receive_accepting, remedies
from portal.ingest.receive.delivery import ALL_SHEETS, Choices, DeliveredTable, Delivery
from portal.ingest.report import Finding, Report, Severity
from portal.ingest.typed import build_table
from portal.publishing.folder import is_name
from portal.publishing.privacy import undecided
from portal.publishing.proposing import proposed_resource


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as somebody sent it, and what they said about it."""

    path: Path
    filename: str
    accepted: Collection[str] = ()
    """Codes of findings whose proposed remedies are accepted."""
    choices: Choices | None = None
    """None: what was chosen for the last delivery."""
    new_schema: bool = False
    """Take the columns as the file has them instead of those the table has."""
    schema: TableSchema | None = None
    """Columns that the table is to have from now on; None: those it has, or what the file tells of a new one."""
    once: bool = False
    """What was chosen is for this file only; the next delivery repeats what was chosen before."""
    merged_from: str | None = None
    """Digest of the source that the file was made from, empty if there was none; one that came since is not overwritten."""
    dry_run: bool = False
    """Only say what would be."""


@dataclass(frozen=True, kw_only=True)
class CheckedTable:
    """A table that can be taken."""

    name: str
    resource: Described
    """What the descriptor will say of it, if it says nothing yet or is to say something else."""
    renews_schema: bool
    path: Path
    told: Described


@dataclass(frozen=True)
class Target:
    """The draft that is delivered to, as it was when the file came."""

    descriptor: Described
    schemas: Mapping[str, TableSchema]
    """The columns that tables have and are to keep."""
    choices: Choices


def taking_all(target: Target) -> Target:
    """Take every sheet of a workbook, unless some were chosen."""
    return target if target.choices.sheets else replace(target, choices=replace(target.choices, sheets=ALL_SHEETS))


def receive_upload(
    upload: Upload,
    target: Target,
    workshop: Path,
    engine: TableEngine,
    *,
    schema: TableSchema | None = None,
    schemas: Mapping[str, TableSchema] | None = None,
    table: str | None = None,
) -> tuple[Delivery, Choices]:
    delivery, choices = receive_accepting(
        upload.path,
        filename=upload.filename,
        folder=workshop / "received",
        choices=target.choices,
        accepted=upload.accepted,
        schema=schema,
        schemas=schemas or {},
        unused=Severity.WARNING if upload.choices is None else Severity.ERROR,
        engine=engine,
    )
    refuse_delivery(delivery, delivery.report, table)
    return delivery, choices


def check_table(
    delivery: Delivery,
    received: DeliveredTable,
    name: str,
    schema: TableSchema | None,
    own: Described | None,
    target: Target,
    choices: Choices,
    upload: Upload,
    workshop: Path,
    engine: TableEngine,
    by: Actor,
    at: datetime,
) -> CheckedTable:
    """Type a received table, check it against its columns, and look for what may be personal."""
    typed, report = build_table(
        received.path, schema or received.schema, workshop / f"{name}.typed", table=name, engine=engine
    )
    refuse_delivery(delivery, report, name)
    assert typed is not None  # a report without errors comes with a table
    asked = undecided(target.descriptor, {name: typed}, engine)
    both = delivery.report + report
    proposed = proposed_resource(name, schema or received.schema)
    return CheckedTable(
        name=name,
        resource={**proposed, **(own or {})},
        renews_schema=upload.new_schema or own is not None,
        path=received.path,
        told={
            "filename": upload.filename[:300],
            "size_bytes": upload.path.stat().st_size,
            "rows": typed.row_count,
            "columns": [{**asdict(one), "type": str(one.type)} for one in received.columns],
            "guesses": [guess.as_dict() for guess in received.guesses],
            "counts": dict(both.counts),
            "findings": [finding.as_dict() for finding in both.findings],
            "choices": choices.as_dict(),
            "remedies": [remedy.as_dict() for remedy in remedies(delivery)],
            "personal": [finding.as_dict() for finding in asked.findings],
            "by": by.label,
            "at": at.isoformat(),
        },
    )


def refuse_delivery(delivery: Delivery, report: Report, table: str | None) -> None:
    """Refuse a delivery whose *report* has errors; what could be accepted is among the facts."""
    if not report.has_errors:
        return
    named = [replace(finding, table=table or finding.table) for finding in report.findings]
    first = next(finding for finding in named if finding.severity == "error")
    more = report.errors - 1
    raise InvalidDataset(
        f"The file was not taken: {_place(first, 'en')}{first.message.in_language('en')}{f' (and {more} more)' if more else ''}",
        detail_de=f"Die Datei wurde nicht übernommen: {_place(first, 'de')}{first.message.de}{f' (und {more} weitere)' if more else ''}",
        counts=dict(report.counts),
        findings=[finding.as_dict() for finding in named],
        guesses=[guess.as_dict() for one in delivery.tables for guess in one.guesses],
        remedies=[remedy.as_dict() for remedy in remedies(delivery)],
    )


_PLACE = {"de": ("Zeile", "Spalte"), "en": ("row", "column")}


def _place(finding: Finding, language: str) -> str:
    """Say where a finding is and what stands there, as far as it tells; for who sent the file."""
    facts = zip(_PLACE[language], (finding.row, finding.column), strict=True)
    shown = [f"{word} {fact}" for word, fact in facts if fact]
    shown += [] if finding.value is None else [repr(finding.value)]
    return f"{', '.join(shown)}: " if shown else ""


def require_table_name(table: str) -> None:
    if not is_name(table):
        raise InvalidInput(
            f"{table[:100]!r} cannot name a table: 1 to 100 of a-z, 0-9, - and _, a letter or digit first.",
            detail_de=f"{table[:100]!r} kann keine Tabelle heißen: 1 bis 100 aus a-z, 0-9, - und _, vorn Buchstabe oder Ziffer.",
        )


def only_table(delivery: Delivery) -> DeliveredTable:
    if len(delivery.tables) == 1:
        return delivery.tables[0]
    names = [one.name for one in delivery.tables]
    raise InvalidDataset(
        f"The file holds {len(names)} tables ({', '.join(names)}); choose its sheet, or send it to …/draft/deliveries.",
        detail_de=f"Die Datei enthält {len(names)} Tabellen ({', '.join(names)}); bitte das Blatt wählen oder sie an …/draft/deliveries senden.",
        findings=[],
        tables=names,
    )
