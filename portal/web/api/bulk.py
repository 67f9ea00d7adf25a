"""Many datasets at once over HTTP: plan and apply a patch, look at what was done, undo it, submit it."""

from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint

from portal.curation.bulk import MAX_DATASETS, Edit, apply_plan, plan_edits
from portal.curation.editable import EditableFilter, editable_datasets
from portal.curation.ordering import order_bulk_submission
from portal.curation.undoing import seen_change, undo_bulk_change
from portal.foundation.clock import now
from portal.foundation.db import reading
from portal.foundation.errors import InvalidInput
from portal.web.api.bulk_schemas import BulkChangeIn, BulkChangeOut, BulkPlanOut, UndoneOut
from portal.web.api.bulk_views import change_object, plan_answer
from portal.web.api.job_schemas import JobOut
from portal.web.api.job_views import accepted
from portal.web.api.refusals import refuses
from portal.web.auth import current_actor
from portal.web.context import portal

bulk = Blueprint("bulk", "bulk", description="Many datasets at once · Viele Datensätze auf einmal")


@bulk.route("/bulk-changes")
class BulkChanges(MethodView):
    @bulk.arguments(BulkChangeIn, error_status_code=400)
    @bulk.response(200, BulkPlanOut)
    @bulk.alt_response(201, schema=BulkPlanOut, description="Applied; `Location` is the address of the change")
    @refuses(bulk, 401, 403, 404, 409)
    def post(self, given: dict[str, Any]) -> Response:  # Any: checked by BulkChangeIn
        """Change the metadata of many drafts, opened where there is none: all that are allowed, or none; 201 if applied."""
        actor, at = current_actor(), now()
        with reading(portal().engine) as session:
            slugs = given.get("datasets")
            if slugs is None:
                which = EditableFilter(**given["filter"])
                slugs = _few_enough([one.slug for one in editable_datasets(session, which, by=actor)])
            plan = plan_edits(session, [Edit(slug, given["patch"]) for slug in slugs], by=actor)
        if given["dry_run"]:
            return plan_answer(plan, None, dry_run=True)
        done = apply_plan(portal().engine, portal().store, portal().drafts, plan, by=actor, at=at)
        return plan_answer(plan, done, dry_run=False)


@bulk.route("/bulk-changes/<change_id>")
class BulkChangeResource(MethodView):
    @bulk.response(200, BulkChangeOut)
    @refuses(bulk, 401, 404)
    def get(self, change_id: str) -> Response:
        """Say what a bulk change did, dataset by dataset, before and after."""
        with reading(portal().engine) as session:
            change, seen = seen_change(session, change_id, by=current_actor())
            return jsonify(change_object(change, seen))


@bulk.route("/bulk-changes/<change_id>/undo")
class BulkUndo(MethodView):
    @bulk.response(200, UndoneOut)
    @refuses(bulk, 401, 403, 404, 409)
    def post(self, change_id: str) -> Response:
        """Put every draft back to what it was; those that were changed since stay, and the answer says so."""
        undone = undo_bulk_change(portal().engine, change_id, by=current_actor(), at=now())
        return jsonify(id=change_id, outcomes=undone.outcomes, refusals=[one.as_dict() for one in undone.refusals])


@bulk.route("/bulk-changes/<change_id>/submit")
class BulkSubmission(MethodView):
    @bulk.response(202, JobOut)
    @refuses(bulk, 401, 403, 404)
    def post(self, change_id: str) -> Response:
        """Submit the drafts of the change, each checked by itself; the job tells which, and why others were refused."""
        return accepted(order_bulk_submission(portal().engine, change_id, by=current_actor(), at=now()))


def _few_enough(slugs: list[str]) -> list[str]:
    """Give the datasets a filter found.

    Raises:
        InvalidInput: there are none, or more than one change may have.
    """
    if 1 <= len(slugs) <= MAX_DATASETS:
        return slugs
    raise InvalidInput(
        f"The filter finds {len(slugs)} datasets that you may edit; it has to find 1 to {MAX_DATASETS}.",
        detail_de=f"Der Filter findet {len(slugs)} Datensätze, die Sie bearbeiten dürfen; es müssen 1 bis {MAX_DATASETS} sein.",
        datasets=len(slugs),
    )
