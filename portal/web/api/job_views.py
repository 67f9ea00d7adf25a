"""A job as JSON, and the answer of a request that has become one (RFC 9110, 15.3.3; RFC 7240, 4.1)."""

from typing import Any

from flask import Response, jsonify, request
from sqlalchemy.orm import Session
from werkzeug.http import parse_dict_header

from portal.curation.jobs_seen import job_problem
from portal.curation.ordering import order_look
from portal.foundation.clock import now
from portal.foundation.db import reading
from portal.jobs.described import described_job
from portal.jobs.job import OPEN, Job, JobKind
from portal.web.auth import current_actor
from portal.web.context import nudge, portal

ASYNC = "respond-async"


def prefers_job() -> bool:
    """Tell whether the client would rather have the address of a job than wait (`Prefer: respond-async`, RFC 7240, 4.1)."""
    return ASYNC in {name.lower() for name in parse_dict_header(request.headers.get("Prefer", "").replace(";", ","))}


def job_url(job: Job) -> str:
    """Give the address of a job."""
    return f"{portal().settings.public_url}/api/v1/jobs/{job.id}"


def job_page_url(job: Job) -> str:
    """Give the address of a job's page."""
    return f"{portal().settings.public_url}/jobs/{job.id}"


def job_object(session: Session, job: Job) -> dict[str, Any]:  # Any: JSON
    """Give a job with how far it is, as whoever asks may know it."""
    links = {"self": job_url(job), "page": job_page_url(job)}
    if job.state not in OPEN:
        links["report"] = f"{job_url(job)}/report"
    problem = job_problem(session, portal().drafts, job, by=current_actor())
    return {**described_job(job), "problem": problem, "links": links}


def accepted(job: Job) -> Response:
    """Answer that something will be done: 202, with the job and its address; and see to it that it is begun."""
    nudge()
    with reading(portal().engine) as session:
        response = jsonify(job_object(session, job))
    response.status_code = 202
    response.headers["Location"] = job_url(job)
    response.headers["Retry-After"] = "1"
    if prefers_job():
        response.headers["Preference-Applied"] = ASYNC
    return response


def waited_bytes() -> int | None:
    """Give how much may be read while the client waits; None: it would rather not wait at all."""
    return None if prefers_job() else portal().settings.job_above_bytes


def ordered_look(slug: str, kind: JobKind) -> Response | None:
    """Answer with the job that looks at a large draft; None: the answer is there, or can be waited for."""
    parts = portal().engine, portal().drafts, slug, kind
    job = order_look(*parts, above_bytes=waited_bytes(), by=current_actor(), at=now())
    return None if job is None else accepted(job)
