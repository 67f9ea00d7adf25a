"""Jobs for a browser: how far long work is, without a script: the page asks again by itself until it has ended."""

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.actor import ActorKind
from portal.curation.jobs_seen import job_report, list_jobs, seen_job
from portal.foundation.db import reading
from portal.jobs.job import OPEN
from portal.web.auth import current_actor
from portal.web.context import portal

job_pages = Blueprint("job_pages", __name__)

_SHOWN = 100
"""Jobs on the page, and findings of one."""


@job_pages.get("/jobs")
def jobs() -> AnyResponse:
    """List the newest jobs that concern whoever asks."""
    actor = current_actor()
    if actor.kind is ActorKind.NOBODY:
        return _to_login()
    with reading(portal().engine) as session:
        found = list_jobs(session, only_open=False, limit=_SHOWN, by=actor)
    return Response(render_template("jobs.html", jobs=found))


@job_pages.get("/jobs/<job_id>")
def job(job_id: str) -> AnyResponse:
    """Show a job: how far it is, or what came of it."""
    actor = current_actor()
    if actor.kind is ActorKind.NOBODY:
        return _to_login()
    with reading(portal().engine) as session:
        found = seen_job(session, job_id, by=actor)
        is_open = found.state in OPEN
        report = None if is_open else job_report(session, portal().drafts, found, by=actor)
    body = render_template("job.html", job=found, is_open=is_open, report=report, shown=_SHOWN)
    response = Response(body)
    if is_open:
        response.headers["Refresh"] = "2"
    return response


def _to_login() -> AnyResponse:
    return redirect(f"/login?next={request.path}", 303)
