"""A job as JSON, for doors: what may be known of it without looking into what quotes data."""

from datetime import datetime
from typing import Any

from portal.jobs.job import Job


def described_job(job: Job) -> dict[str, Any]:  # Any: JSON
    """Give a job with how far it is."""
    return {
        "id": job.id,
        "kind": job.kind,
        "dataset": job.dataset,
        "state": job.state,
        "step": job.step,
        "steps_done": job.steps_done,
        "steps_total": job.steps_total,
        "bytes": job.size_bytes,
        "rows": job.rows,
        "result": job.result,
        "problem": {"slug": job.problem["slug"], "counts": job.problem.get("counts", {})} if job.problem else None,
        "due_at": _moment(job.due_at),
        "created_at": _moment(job.created_at),
        "updated_at": _moment(job.updated_at),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
