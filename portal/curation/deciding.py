"""Personal data in a draft: what was found, and what its curators decide about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action
from portal.catalogue.draft import Draft, require_revision
from portal.curation.editing import touch
from portal.curation.finding import find_draft
from portal.curation.looks import OnStep, asked, keep, unwatched
from portal.curation.merging import Described
from portal.foundation.db import reading
from portal.foundation.tableschema import read_schema
from portal.ingest.engine import Engine as TableEngine
from portal.ingest.typed import TypedTable, build_table
from portal.jobs.job import JobKind
from portal.publishing.deciding import decide_privacy
from portal.publishing.privacy import undecided
from portal.publishing.release import source_paths
from portal.store.local import LocalStore


def personal_data(
    engine: Engine, drafts: LocalStore, slug: str, *, by: Actor, on_step: OnStep = unwatched
) -> tuple[Draft, list[Described]]:
    """Give the draft of a dataset and findings of what looks personal in it and nobody has decided on, with examples.

    A table that breaks its schema is passed over; its delivery was refused, or its columns were changed since.

    Raises:
        NotFound: there is no such dataset or draft.
        Forbidden: *by* does not decide on personal data for its publisher.
    """
    with reading(engine) as session:
        look = asked(session, drafts, slug, JobKind.SCAN, by=by)
    draft = look.draft
    if look.told is not None:
        return draft, look.told["findings"]
    on_step("check", None)
    sources = source_paths(draft, drafts)
    with drafts.workshop() as workshop, TableEngine.open(workshop) as tables:
        typed: dict[str, TypedTable] = {}
        for resource in draft.descriptor["resources"]:
            name = resource["name"]
            if name in sources:
                target = workshop / f"{name}.typed"
                built, _ = build_table(
                    sources[name], read_schema(resource["schema"]), target, table=name, engine=tables
                )
                typed |= {name: built} if built else {}
        found = [finding.as_dict() for finding in undecided(draft.descriptor, typed, tables).findings]
    on_step("keep", sum(table.row_count for table in typed.values()))
    keep(engine, drafts, look, {"findings": found})
    return draft, found


def decide(
    session: Session,
    slug: str,
    decision: Mapping[str, Any],  # Any: the facts of `decide_privacy`, by name
    *,
    revision: int | None,
    by: Actor,
    at: datetime,
) -> None:
    """Record what becomes of something personal in the draft of a dataset.

    Raises:
        NotFound: there is no such dataset or draft.
        Outdated: the draft has another revision than *revision* (None: whatever it has).
        Forbidden, IllegalStep, InvalidInput: as `portal.publishing.deciding.decide_privacy`.
    """
    _, draft = find_draft(session, slug, by=by, action=Action.DECIDE_PRIVACY)
    if revision is not None:
        require_revision(draft, revision)
    decide_privacy(session, draft, **decision, by=by, at=at)
    touch(draft, by=by, at=at)
    session.flush()
