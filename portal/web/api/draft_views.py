"""A draft as JSON."""

from datetime import datetime
from typing import Any

from flask import Response, jsonify, request

from portal.accounts.permissions import Action, may
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft, DraftState
from portal.curation.details import details_of, veiled
from portal.curation.finding import find_draft
from portal.curation.looking import draft_findings
from portal.foundation.db import reading
from portal.publishing.told_problems import told_problem
from portal.web.api.preconditions import revision_tag
from portal.web.auth import current_actor
from portal.web.context import portal

Described = dict[str, Any]  # Any: JSON


def draft_url(slug: str) -> str:
    """Give the address of a dataset's draft."""
    return f"{portal().settings.public_url}/api/v1/datasets/{slug}/draft"


def draft_answer(slug: str, action: Action, status: int = 200) -> Response:
    """Answer with the draft of a dataset to somebody who may do *action* with it.

    Who changes it is not told once more what was found in its tables: such answers are kept for requests that are sent again
    (portal.web.idempotency), in the database, where nothing stands that quotes data.
    """
    with reading(portal().engine) as session:
        dataset, draft = find_draft(session, slug, by=current_actor(), action=action)
        body = draft_object(dataset, draft)
    response = jsonify(body)
    response.status_code = status
    response.headers["ETag"] = revision_tag(draft)
    if status == 201:
        response.headers["Location"] = draft_url(slug)
    return response


def draft_object(dataset: Dataset, draft: Draft) -> Described:
    """Give a draft as its editors see it."""
    return {
        **draft_line(dataset, draft),
        "metadata": draft.descriptor,
        "tables": [_table(dataset, draft, resource["name"]) for resource in draft.descriptor["resources"]],
        "report": _as_may_be_seen(dataset, told_problem(portal().drafts, draft.report)),
    }


def draft_line(dataset: Dataset, draft: Draft) -> Described:
    """Give a draft as it stands in lists."""
    return {
        "dataset": dataset.slug,
        "publisher": dataset.publisher.slug,
        "state": draft.state,
        "revision": draft.revision,
        "public_version": dataset.current_version.number if dataset.current_version else None,
        "gaps": [finding.as_dict() for finding in draft_findings(draft)],
        "notes": draft.notes,
        "comment": draft.comment,
        "submitted_by": draft.submitted_by,
        "submitted_at": _moment(draft.submitted_at),
        "decided_by": draft.decided_by,
        "decided_at": _moment(draft.decided_at),
        "release_at": _moment(draft.release_at),
        "changed_by": draft.actor,
        "updated_at": _moment(draft.updated_at),
        "links": _links(dataset.slug, draft),
    }


def _table(dataset: Dataset, draft: Draft, name: str) -> Described:
    source = draft.sources.get(name)
    return {
        "name": name,
        "delivered": source is not None,
        "source": f"sha256:{source}" if source else None,
        "delivery": _as_may_be_seen(dataset, details_of(portal().drafts, draft, name)),
    }


def _as_may_be_seen(dataset: Dataset, told: Described | None) -> Described | None:
    """Give what quotes data whole to those who decide on personal data and only look, veiled to others."""
    is_whole = request.method == "GET" and may(current_actor(), Action.DECIDE_PRIVACY, dataset.publisher_id)
    return told if is_whole else veiled(told)


_NEXT = {
    DraftState.DRAFT: ("preview", "changes", "submit"),
    DraftState.REVIEW: ("preview", "changes", "approve", "return"),
    DraftState.BUILDING: ("return",),
}
"""State ↔ what there is to see and do next."""


def _links(slug: str, draft: Draft) -> Described:
    here = draft_url(slug)
    return {"self": here, **{step: f"{here}/{step}" for step in _NEXT[DraftState(draft.state)]}}


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
