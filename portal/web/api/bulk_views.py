"""A plan and a bulk change as JSON."""

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify

from portal.catalogue.bulk_change import BulkChange, BulkItem
from portal.catalogue.dataset import Dataset
from portal.curation.bulk import Plan
from portal.web.context import portal

Described = dict[str, Any]  # Any: JSON


def plan_answer(plan: Plan, change_id: str | None, *, dry_run: bool, rows: Mapping[str, int] | None = None) -> Response:
    """Answer with what a plan does: 201 and an address if it was applied."""
    changes = [
        {
            "dataset": one.slug,
            "opens": one.draft_id is None,
            "row": rows.get(one.slug) if rows else None,
            "changes": one.changes,
        }
        for one in plan.planned
    ]
    response = jsonify(
        id=change_id,
        dry_run=dry_run,
        counts={"changed": len(changes), "unchanged": len(plan.unchanged), "refused": len(plan.refusals)},
        changes=changes,
        unchanged=plan.unchanged,
        refusals=[one.as_dict() for one in plan.refusals],
        links=_links(change_id) if change_id else {},
    )
    if change_id:
        response.status_code = 201
        response.headers["Location"] = _url(change_id)
    return response


def change_object(change: BulkChange, seen: list[tuple[Dataset, BulkItem]]) -> Described:
    """Give a bulk change with those of its datasets that the reader may see."""
    return {
        "id": change.id,
        "actor": change.actor,
        "created_at": change.created_at.isoformat(),
        "undone_by": change.undone_by,
        "undone_at": change.undone_at.isoformat() if change.undone_at else None,
        "total": len(seen),
        "items": [
            {"dataset": dataset.slug, "opened": item.opened, "changes": item.changes, "outcome": item.outcome}
            for dataset, item in seen
        ],
        "links": _links(change.id),
    }


def _url(change_id: str) -> str:
    return f"{portal().settings.public_url}/api/v1/bulk-changes/{change_id}"


def _links(change_id: str) -> Described:
    here = _url(change_id)
    return {"self": here, "undo": f"{here}/undo", "submit": f"{here}/submit"}
