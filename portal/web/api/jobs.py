"""Jobs over HTTP: what is being done, how far it is, what came of it; a browser is led to a page."""

from typing import Any

from flask import Response, jsonify, redirect, request
from flask.views import MethodView
from flask_smorest import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from portal.curation.jobs_seen import cancel, job_report, list_jobs, seen_job
from portal.foundation.clock import now
from portal.foundation.db import reading
from portal.jobs.job import OPEN
from portal.web.api.job_schemas import JobListOut, JobOut, JobQuery, JobReportOut
from portal.web.api.job_views import job_object, job_page_url
from portal.web.api.refusals import refuses
from portal.web.auth import current_actor
from portal.web.context import portal
from portal.web.negotiation import HTML, accepts

jobs = Blueprint("jobs", "jobs", description="Long work · Lange Arbeit")


@jobs.route("/jobs")
class Jobs(MethodView):
    @jobs.arguments(JobQuery, location="query", error_status_code=400)
    @jobs.response(200, JobListOut)
    @refuses(jobs, 401)
    def get(self, query: dict[str, Any]) -> Response:  # Any: checked by JobQuery
        """List the jobs that concern you, newest first."""
        with reading(portal().engine) as session:
            found = list_jobs(session, only_open=query["open"], limit=query["limit"], by=current_actor())
            items = [job_object(session, job) for job in found]
        return jsonify(items=items)


@jobs.route("/jobs/<job_id>")
class JobResource(MethodView):
    @jobs.response(200, JobOut)
    @jobs.alt_response(303, description="Its page, for a browser")
    @refuses(jobs, 401, 403, 404)
    def get(self, job_id: str) -> AnyResponse:
        """Say how far a job is, and what came of it."""
        with reading(portal().engine) as session:
            job = seen_job(session, job_id, by=current_actor())
            if accepts(request.headers.get("Accept", ""), ("application/json", HTML)) == HTML:
                return redirect(job_page_url(job), 303)
            response = jsonify(job_object(session, job))
        if job.state in OPEN:
            response.headers["Retry-After"] = "1"
        return response

    @jobs.response(200, JobOut)
    @refuses(jobs, 401, 403, 404, 409)
    def delete(self, job_id: str) -> Response:
        """Cancel a delivery or a submission that has not ended; nothing of it is left."""
        job = cancel(portal().engine, job_id, by=current_actor(), at=now())
        with reading(portal().engine) as session:
            return jsonify(job_object(session, job))


@jobs.route("/jobs/<job_id>/report")
class JobReport(MethodView):
    @jobs.response(200, JobReportOut)
    @refuses(jobs, 401, 403, 404)
    def get(self, job_id: str) -> Response:
        """Give all that came of a job that has ended: findings of its tables, refusals, why it failed; for a week."""
        actor = current_actor()
        with reading(portal().engine) as session:
            job = seen_job(session, job_id, by=actor)
            return jsonify(job=job_object(session, job), **job_report(session, portal().drafts, job, by=actor))
