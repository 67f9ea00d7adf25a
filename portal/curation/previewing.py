"""Every file that a release of a draft would publish, before anybody approves it; bytes in the drafts' store."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from portal.accounts.actor import Actor
from portal.catalogue.version import StoredFile
from portal.curation.looking import draft_findings, looked_at
from portal.curation.looks import OnStep, asked, keep, told_to, unwatched
from portal.curation.merging import Described
from portal.foundation.config import Settings
from portal.foundation.db import reading
from portal.foundation.errors import NotFound
from portal.jobs.job import JobKind
from portal.publishing.build import derive
from portal.publishing.descriptor import refuse
from portal.publishing.release import plan_release
from portal.store.local import LocalStore


def preview(
    engine: Engine,
    drafts: LocalStore,
    settings: Settings,
    slug: str,
    *,
    by: Actor,
    at: datetime,
    on_step: OnStep = unwatched,
) -> list[StoredFile]:
    """Give every file that a release of the draft would publish, as it would be.

    Raises:
        NotFound: there is no such dataset or draft.
        Forbidden: *by* may not read drafts of its publisher.
        InvalidDataset: it could not be released as it is.
    """
    with reading(engine) as session:
        look = asked(session, drafts, slug, JobKind.PREVIEW, by=by)
        if look.told is not None:
            return [StoredFile(**one) for one in look.told["files"]]
        refuse(look.draft.descriptor, draft_findings(look.draft))
        plan = plan_release(session, look.draft, settings, at)
    on_step("check", None)
    with told_to(by, look.dataset.publisher_id), looked_at(drafts, look.draft, publisher=look.publisher) as looked:
        rows = {name: table.row_count for name, table in looked.typed.items()}
        on_step("build", sum(rows.values()))
        plan = replace(plan, descriptor=looked.descriptor, rows=rows)
        derived = derive(
            plan, looked.typed, store=drafts, workshop=looked.workshop, settings=settings, engine=looked.engine
        )
    on_step("keep", None)
    digests = [digest for file in derived.files for digest in (file.digest, file.gzip_digest) if digest]
    keep(engine, drafts, look, {"files": [_told(file) for file in derived.files]}, digests)
    return derived.files


def preview_file(files: list[StoredFile], name: str) -> StoredFile:
    """Give one file of a preview.

    Raises:
        NotFound: there is none with this name; those there are stand among the facts.
    """
    for file in files:
        if file.name == name:
            return file
    raise NotFound(
        f"The preview has no file {name[:100]!r}.",
        detail_de=f"Die Vorschau hat keine Datei {name[:100]!r}.",
        files=[file.name for file in files],
    )


_FACTS = (
    "name", "table_name", "format", "media_type", "digest", "size_bytes", "gzip_digest", "gzip_size_bytes", "row_count",
)  # fmt: skip


def _told(file: StoredFile) -> Described:
    return {fact: getattr(file, fact) for fact in _FACTS}
