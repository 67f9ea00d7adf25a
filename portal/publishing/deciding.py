"""A curator decides what becomes of something personal in a draft: who and when is recorded, the data is not repeated.

The decision stands in the draft's descriptor, where the release carries it out (portal.publishing.protection), and with
its decider in `Draft.privacy_decisions`. A later decision on the same place takes the place of an earlier one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, require
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft, DraftState
from portal.events.log import Kind, record
from portal.foundation.errors import IllegalStep, InvalidInput
from portal.foundation.tableschema import Column, ColumnType, DataProtection, read_schema
from portal.foundation.text import LangString
from portal.ingest.privacy import KINDS
from portal.publishing.privacy import CLASSED, Decision, Described
from portal.publishing.protection_coarsening import coarsened

_MAX_REASON_CHARS = 2_000
_MAX_KEY_CHARS = 2_000
_PLACE = ("resource", "column", "finding", "row")
_PUBLIC_DECIDER = "curator"
"""Who decided, as the descriptor says it: a person is named in the draft's record and in the log only, and by a label."""


def decide_privacy(
    session: Session,
    draft: Draft,
    *,
    resource: str,
    column: str,
    finding: str,
    decision: Decision,
    reason: LangString,
    row: str | None = None,
    legal_basis: str | None = None,
    parameters: Mapping[str, Any] | None = None,  # Any: JSON, checked with the descriptor
    by: Actor,
    at: datetime,
) -> None:
    """Record what becomes of a hit of the kind *finding* (or `personal-column`) in a column, or in one row of it.

    Raises:
        Forbidden: *by* does not decide for the dataset's publisher.
        IllegalStep: the draft is not with its editors, or in review, any more: it is being released.
        InvalidInput: there is no such column or kind, a reason is missing, or the facts do not fit the decision.
    """
    dataset = session.get_one(Dataset, draft.dataset_id)
    require(by, Action.DECIDE_PRIVACY, dataset.publisher_id)
    _require_open(draft)
    field = _field(draft.descriptor, resource, column)
    _require_fit(decision, finding, row, parameters)
    if decision is Decision.COARSEN:
        coarsened(*_nominal(field), parameters or {})
    _require_reason(reason)
    _require_basis(decision, field, legal_basis)
    decided: Described = {
        "resource": resource,
        "column": column,
        "finding": finding,
        "decision": str(decision),
        "reason": reason.as_dict(),
        "decidedBy": _PUBLIC_DECIDER,
        "decidedOn": at.date().isoformat(),
    }
    optional = {"row": row, "legalBasis": legal_basis, "parameters": dict(parameters) if parameters else None}
    decided |= {key: value for key, value in optional.items() if value is not None}
    said = {"decidedBy": by.label, "decidedAt": at.isoformat()}
    draft.descriptor = {
        **draft.descriptor,
        "privacyDecisions": _with(draft.descriptor.get("privacyDecisions", ()), decided),
    }
    draft.privacy_decisions = _with(draft.privacy_decisions, {**decided, **said})
    draft.actor, draft.updated_at = by.label, at
    session.flush()
    shown = ("resource", "column", "finding", "decision", "reason", "legalBasis", "parameters")
    facts: Described = {key: decided[key] for key in shown if key in decided}
    record(session, Kind.PRIVACY_DECIDED, at=at, actor=by.label, dataset=dataset.slug, **facts)


def _nominal(field: Described) -> tuple[Column, str]:
    """Give a column and a type that its values may be stored as: whether parameters fit depends on no value."""
    (column,) = read_schema({"fields": [field]}).columns
    return column, _STORED.get(column.type, "VARCHAR")


_STORED = {ColumnType.INTEGER: "BIGINT", ColumnType.YEAR: "INTEGER", ColumnType.NUMBER: "DECIMAL(38,18)"}


def _with(decisions: Any, decided: Described) -> list[Described]:  # Any: a list or a tuple of JSON objects
    place = [decided.get(key) for key in _PLACE]
    return [*(one for one in decisions if [one.get(key) for key in _PLACE] != place), decided]


def _require_open(draft: Draft) -> None:
    if draft.state == DraftState.BUILDING:
        raise IllegalStep(
            "The draft is being released; take it back first.",
            detail_de="Der Entwurf wird gerade freigegeben; bitte zuerst zurücknehmen.",
            state=draft.state,
        )


def _field(descriptor: Described, resource: str, column: str) -> Described:
    for described in descriptor.get("resources", ()):
        for field in described["schema"]["fields"] if described["name"] == resource else ():
            if field["name"] == column:
                return dict(field)
    raise InvalidInput(
        f"The draft has no column {column!r} in a table {resource!r}.",
        detail_de=f"Der Entwurf hat keine Spalte {column!r} in einer Tabelle {resource!r}.",
        resource=resource,
        column=column,
    )


def _require_fit(decision: Decision, finding: str, row: str | None, parameters: Mapping[str, Any] | None) -> None:
    if finding not in KINDS and finding != CLASSED:
        raise InvalidInput(
            f"The scan knows no {finding!r}; it finds {', '.join([*KINDS, CLASSED])}.",
            detail_de=f"Die Prüfung kennt {finding!r} nicht; sie findet {', '.join([*KINDS, CLASSED])}.",
            finding=finding,
        )
    if row == "" or (row is not None and len(row) > _MAX_KEY_CHARS):
        raise InvalidInput("A row is named by its key.", detail_de="Eine Zeile wird mit ihrem Schlüssel genannt.")
    if row is not None and decision in (Decision.WITHHOLD, Decision.COARSEN):
        raise InvalidInput(
            f"{decision} is about a whole column, not about a row.",
            detail_de=f"{decision} gilt einer ganzen Spalte, nicht einer Zeile.",
        )
    if (decision is Decision.COARSEN) != bool(parameters):
        raise InvalidInput(
            "coarsen needs parameters (to, step or characters), and nothing else has any.",
            detail_de="coarsen braucht Parameter (to, step oder characters), alles andere hat keine.",
        )


def _require_reason(reason: LangString) -> None:
    if not 0 < len(reason.de.strip()) <= _MAX_REASON_CHARS or len(reason.en or "") > _MAX_REASON_CHARS:
        raise InvalidInput(
            f"Say in 1 to {_MAX_REASON_CHARS} characters why; everyone will read it.",
            detail_de=f"Bitte in 1 bis {_MAX_REASON_CHARS} Zeichen sagen, warum; alle werden es lesen.",
        )


def _require_basis(decision: Decision, field: Described, legal_basis: str | None) -> None:
    """A column that is classed as personal goes out on a legal basis only (GDPR, articles 6 and 9)."""
    classed = field.get("dataProtection", DataProtection.NONE) != DataProtection.NONE
    if decision is Decision.RELEASE and classed and not (legal_basis or "").strip():
        raise InvalidInput(
            f"{field['name']} is classed as personal; name the legal basis of its release (GDPR, articles 6 and 9).",
            detail_de=f"{field['name']} ist als personenbezogen eingestuft; bitte die Rechtsgrundlage der Freigabe nennen (DSGVO, Art. 6 und 9).",
            column=field["name"],
        )
