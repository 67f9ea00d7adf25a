"""What became of a case: right, asked, refused, or silently wrong."""

import csv
from enum import StrEnum
from pathlib import Path

from portal.ingest.engine import Engine
from portal.ingest.receive.delivery import Choices, DeliveredTable, Delivery
from portal.ingest.receive.receiving import receive
from portal.ingest.report import Severity
from tests.ingest.receive.corpus import Case, Truth


class Outcome(StrEnum):
    """How a file fared."""

    RIGHT = "right"
    ASKED = "asked"
    REFUSED = "refused"
    SILENTLY_WRONG = "silently wrong"


def deliver(case: Case, folder: Path, engine: Engine, choices: Choices | None = None) -> Delivery:
    """Receive a case."""
    path = folder / "sent"
    path.write_bytes(case.content)
    chosen = case.choices if choices is None else choices
    return receive(path, filename=case.name, folder=folder / "out", choices=chosen, schema=case.schema, engine=engine)


def judged(case: Case, delivery: Delivery) -> Outcome:
    """Give the outcome; a table without an error is right to the last cell or it is silently wrong."""
    if any(one.severity is Severity.ERROR and one.remedy is None for one in delivery.report.findings):
        return Outcome.REFUSED
    if delivery.questions:
        return Outcome.ASKED
    return Outcome.RIGHT if is_true(delivery, case.truth) else Outcome.SILENTLY_WRONG


def is_true(delivery: Delivery, truth: Truth | None) -> bool:
    """Tell whether the only table is *truth*: names, types and every cell."""
    if truth is None or len(delivery.tables) != 1:
        return False
    (table,) = delivery.tables
    header, *rows = cells(table)
    types = tuple((column.name, str(column.type)) for column in table.schema.columns)
    return header == truth.header and types == truth.columns and rows == list(truth.rows)


def cells(table: DeliveredTable) -> list[tuple[str, ...]]:
    """Give the records of a delivered file, names first."""
    with table.path.open(encoding="utf-8", newline="") as stream:
        return [tuple(record) or ("",) for record in csv.reader(stream)]


def answered(case: Case, folder: Path, engine: Engine) -> Delivery:
    """Receive a case and accept whatever is proposed, until nothing is asked any more."""
    choices, delivery = case.choices, deliver(case, folder, engine)
    for _ in range(5):
        if not delivery.questions:
            break
        choices = choices.accepting(delivery.questions)
        delivery = deliver(case, folder, engine, choices)
    return delivery
