"""A draft and a job as JSON."""

from datetime import datetime
from typing import Any

from flask import Response, jsonify

from portal.accounts.permissions import Action
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft, DraftState
from portal.curation.details import details_of
from portal.curation.finding import find_draft
from portal.curation.looking import draft_findings
from portal.foundation.db import reading
from portal.jobs.job import Job
from portal.web.api.preconditions import revision_tag
from portal.web.auth import current_actor
from portal.web.context import portal

Described = dict[str, Any]  # Any: JSON


def draft_url(slug: str) -> str:
    """Give the address of a dataset's draft."""
    return f"{portal().settings.public_url}/api/v1/datasets/{slug}/draft"


def draft_answer(slug: str, action: Action, status: int = 200) -> Response:
    """Answer with the draft of a dataset to somebody who may do *action* with it."""
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
        "tables": [_table(draft, resource["name"]) for resource in draft.descriptor["resources"]],
        "report": draft.report,
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


def job_object(job: Job) -> Described:
    """Give a job with how far it is."""
    return {
        "id": job.id,
        "kind": job.kind,
        "dataset": job.dataset,
        "state": job.state,
        "step": job.step,
        "steps_done": job.steps_done,
        "steps_total": job.steps_total,
        "result": job.result,
        "problem": job.problem,
        "due_at": _moment(job.due_at),
        "created_at": _moment(job.created_at),
        "updated_at": _moment(job.updated_at),
    }


def job_url(job: Job) -> str:
    """Give the address of a job."""
    return f"{portal().settings.public_url}/api/v1/jobs/{job.id}"


def _table(draft: Draft, name: str) -> Described:
    source = draft.sources.get(name)
    return {
        "name": name,
        "delivered": source is not None,
        "source": f"sha256:{source}" if source else None,
        "delivery": details_of(portal().drafts, draft, name),
    }


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
