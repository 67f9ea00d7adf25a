"""`portal jobs`: long work, and how far it is."""

import json

import click

from portal.accounts.actor import command
from portal.cli.parts import ready_portal
from portal.curation.jobs_seen import job_problem, list_jobs, seen_job
from portal.foundation.clock import now
from portal.foundation.db import reading
from portal.jobs.described import described_job
from portal.jobs.job import Job


@click.group()
def jobs() -> None:
    """Show releases, deliveries and other long work."""


@jobs.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only those that have not ended.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per job.")
def list_command(only_open: bool, limit: int, as_json: bool) -> None:
    """List jobs, newest first."""
    portal = ready_portal()
    with reading(portal.engine) as session:
        found = list_jobs(session, only_open=only_open, limit=limit, by=command("jobs"))
    for job in found:
        click.echo(json.dumps(described_job(job), ensure_ascii=False) if as_json else _line(job))


@jobs.command()
@click.argument("job_id")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(job_id: str, as_json: bool) -> None:
    """Show the job JOB_ID, and why it failed."""
    portal, by = ready_portal(), command("jobs")
    with reading(portal.engine) as session:
        job = seen_job(session, job_id, by=by)
        problem = job_problem(session, portal.drafts, job, by=by)
    if as_json:
        click.echo(json.dumps({**described_job(job), "problem": problem}, ensure_ascii=False))
        return
    click.echo(_line(job))
    if problem is not None:
        click.echo(problem.get("detail", {}).get("en", problem["slug"]))
    elif job.result is not None:
        click.echo(json.dumps(job.result, ensure_ascii=False))


def _line(job: Job) -> str:
    facts = [job.id, f"{job.created_at:%Y-%m-%d %H:%M:%S}", job.kind, job.dataset or "", job.state]
    if job.steps_total:
        facts.append(f"{job.steps_done}/{job.steps_total} {job.step}")
    if job.rows is not None:
        facts.append(f"{job.rows} rows")
    if job.state == "running":
        facts.append(f"{(now() - job.created_at).total_seconds():.0f} s")
    return " ".join(fact for fact in facts if fact)
