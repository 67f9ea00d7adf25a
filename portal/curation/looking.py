"""What a draft would be if it were released now: typed, checked and built by the very code that releases.

Nothing of it reaches the public: sources and what is built of them lie in the drafts' store.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from portal.accounts.actor import Actor
from portal.catalogue.draft import Draft
from portal.catalogue.version import StoredFile
from portal.curation.finding import find_draft
from portal.curation.merging import Described
from portal.foundation.config import Settings
from portal.foundation.db import reading, transaction
from portal.foundation.errors import NotFound
from portal.foundation.text import LangString
from portal.ingest.engine import Engine as TableEngine
from portal.ingest.typed import TypedTable
from portal.publishing.build import derive, type_tables
from portal.publishing.descriptor import DescriptorFinding, descriptor_findings, refuse
from portal.publishing.folder import source_dataset
from portal.publishing.protection import protect
from portal.publishing.release import plan_release
from portal.store.local import LocalStore


@dataclass(frozen=True)
class Looked:
    """A draft whose tables lie typed in a workshop."""

    descriptor: Described
    """As the public would see it."""
    typed: dict[str, TypedTable]
    """The same; what is withheld is not in them."""
    engine: TableEngine
    workshop: Path


@contextmanager
def looked_at(drafts: LocalStore, draft: Draft, *, publisher: str) -> Iterator[Looked]:
    """Type, check and protect the tables of a draft, for as long as the block lasts.

    *publisher* is the name that stands for the persons who decided on personal data.

    Raises:
        InvalidDataset: the descriptor has gaps, a table has no source, or a rule is broken; with every finding.
    """
    refuse(draft.descriptor, draft_findings(draft))
    paths = {name: drafts.path(digest) for name, digest in draft.sources.items()}
    with drafts.workshop() as workshop, TableEngine.open(workshop) as engine:
        typed = type_tables(source_dataset(draft.descriptor, paths), workshop, engine)
        protected = protect(draft.descriptor, typed, workshop, engine, decided_by=publisher)
        yield Looked(protected.descriptor, protected.tables, engine, workshop)


def draft_findings(draft: Draft) -> list[DescriptorFinding]:
    """Give what is wrong or missing in the metadata of a draft, and the tables that nobody has delivered yet, columns and all."""
    missing = [
        DescriptorFinding(
            f"/resources/{number}",
            LangString(
                f"Die Tabelle {resource['name']} hat noch keine Zeilen: sie wurde nicht geliefert.",
                f"The table {resource['name']} has no rows yet: it has not been delivered.",
            ),
            gap=True,
        )
        for number, resource in enumerate(draft.descriptor["resources"])
        if resource["name"] not in draft.sources
    ]
    columns = {f"{one.pointer}/schema/fields" for one in missing}
    return [*(one for one in descriptor_findings(draft.descriptor) if one.pointer not in columns), *missing]


def preview(
    engine: Engine, drafts: LocalStore, settings: Settings, slug: str, *, by: Actor, at: datetime
) -> list[StoredFile]:
    """Give every file that a release of the draft would publish, as it would be, bytes in the drafts' store.

    Raises:
        NotFound: there is no such dataset or draft.
        Forbidden: *by* may not read drafts of its publisher.
        InvalidDataset: it could not be released as it is.
    """
    with reading(engine) as session:
        _, draft = find_draft(session, slug, by=by)
        if draft.preview and draft.preview["content_digest"] == draft.content_digest:
            return [StoredFile(**told) for told in draft.preview["files"]]
        refuse(draft.descriptor, draft_findings(draft))
        plan = plan_release(session, draft, settings, at)
    with looked_at(drafts, draft, publisher=plan.publisher.name.de) as looked:
        rows = {name: table.row_count for name, table in looked.typed.items()}
        plan = replace(plan, descriptor=looked.descriptor, rows=rows)
        derived = derive(
            plan, looked.typed, store=drafts, workshop=looked.workshop, settings=settings, engine=looked.engine
        )
    told = {"content_digest": draft.content_digest, "files": [_told(file) for file in derived.files]}
    with transaction(engine) as session:  # not a change of the draft: its revision stays
        session.connection().execute(
            Draft.__table__.update()  # type: ignore[attr-defined]  # the mapped table
            .where(Draft.id == draft.id, Draft.content_digest == draft.content_digest)
            .values(preview=told)
        )
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
