"""Receiving with remedies accepted by the code of their findings, as many rounds as it takes.

A remedy may uncover the next question (once the total row is gone, the column is a number, and now its notation is
asked), so the file is received again until nothing new is accepted.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from portal.foundation.tableschema import TableSchema
from portal.ingest.engine import Engine
from portal.ingest.receive.delivery import Choices, Delivery
from portal.ingest.receive.receiving import receive
from portal.ingest.receive.stated import require_acceptable
from portal.ingest.receive.task import Notes
from portal.ingest.report import Remedy, Report, Severity


def receive_accepting(
    path: Path,
    *,
    filename: str,
    folder: Path,
    choices: Choices,
    accepted: Collection[str],
    schema: TableSchema | None = None,
    schemas: Mapping[str, TableSchema] = MappingProxyType({}),
    unused: Severity = Severity.WARNING,
    engine: Engine | None = None,
) -> tuple[Delivery, Choices]:
    """Receive a file, accepting every remedy proposed for findings with a code in *accepted*.

    Gives what came of it, and the choices with what was accepted. A code that no finding has is noted: there may be none today.

    Raises:
        InvalidInput: one of *accepted* is no code of a finding with a remedy.
    """
    require_acceptable(accepted)
    open_codes = set(accepted)
    while True:
        delivery = receive(
            path,
            filename=filename,
            folder=folder,
            choices=choices,
            schema=schema,
            schemas=schemas,
            unused=unused,
            engine=engine,
        )
        open_codes -= delivery.report.counts.keys()
        more = [one for one in remedies(delivery, accepted) if one not in choices.accepted]
        if not more:
            return replace(delivery, report=delivery.report + _unneeded(open_codes)), choices
        choices = choices.accepting(more)


def _unneeded(codes: Collection[str]) -> Report:
    """Note the codes for which nothing was asked: no such thing in the file, or settled by what is remembered."""
    notes = Notes()
    for code in sorted(codes):
        notes.add(
            "nothing-to-accept",
            Severity.NOTE,
            f"Zu {code} war nichts (mehr) anzunehmen.",
            f"There was nothing (more) to accept for {code}.",
            value=code,
        )
    return notes.report


def remedies(delivery: Delivery, codes: Collection[str] | None = None) -> list[Remedy]:
    """Give the remedies proposed for findings with one of *codes* (None: any), each once."""
    found: list[Remedy] = []
    for finding in delivery.report.findings:
        if finding.remedy and finding.remedy not in found and (codes is None or finding.code in codes):
            found.append(finding.remedy)
    return found
