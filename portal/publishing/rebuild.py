"""Derived files made anew from descriptor and Parquet: after a change of the public address, a writer, or damage.

One command proves that everything derived can be thrown away (`portal db rebuild`).
"""

import shutil
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine, select
from sqlalchemy.orm import selectinload

from portal.catalogue.catalog import CatalogDocument, next_generation
from portal.catalogue.choices import DeliveryChoices
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft
from portal.catalogue.look import DraftLook
from portal.catalogue.version import StoredFile, Table, Version
from portal.events.log import Kind, record
from portal.foundation.config import Settings
from portal.foundation.db import reading, transaction
from portal.foundation.lazily import later
from portal.foundation.tableschema import read_schema
from portal.ingest.engine import Engine as TableEngine
from portal.jobs.job import Job
from portal.publishing.builder import built_for
from portal.publishing.documents import describe_release, summary_document
from portal.publishing.told_problems import DETAILS
from portal.store.local import LocalStore

if TYPE_CHECKING:
    from portal.publishing import build
else:
    build = later("portal.publishing.build")


def stale_versions(engine: Engine, settings: Settings) -> list[int]:
    """Give the ids of versions whose files were made for another address or by another builder, current ones first."""
    with reading(engine) as session:
        current = select(Dataset.current_version_id)
        query = (
            select(Version.id)
            .where(Version.built_for != built_for(settings))
            .order_by(Version.id.in_(current).desc(), Version.id)
        )
        return list(session.scalars(query))


def all_versions(engine: Engine) -> list[int]:
    """Give the ids of all versions."""
    with reading(engine) as session:
        return list(session.scalars(select(Version.id).order_by(Version.id)))


def rebuild(
    engine: Engine, store: LocalStore, settings: Settings, versions: list[int], *, actor: str, at: datetime
) -> Iterator[tuple[str, int]]:
    """Make the files of *versions* anew; give slug and number of each when it is done."""
    for version_id in versions:
        yield _rebuild(engine, store, settings, version_id, actor=actor, at=at)


def _rebuild(
    engine: Engine, store: LocalStore, settings: Settings, version_id: int, *, actor: str, at: datetime
) -> tuple[str, int]:
    with reading(engine) as session:
        query = select(Version).where(Version.id == version_id).options(selectinload(Version.tables))
        version = session.scalars(query).one()
        dataset = session.get_one(Dataset, version.dataset_id)
        plan = describe_release(
            dataset,
            version.descriptor,
            number=version.number,
            released_at=version.released_at,
            notes=version.notes,
            rows={table.name: table.row_count for table in version.tables},
            settings=settings,
        )
    schemas = {one["name"]: read_schema(one["schema"]) for one in version.descriptor["resources"]}
    with store.workshop() as workshop, TableEngine.open(workshop) as tables:
        typed = {}
        for table in version.tables:
            copy = workshop / f"{table.name}.typed"
            shutil.copyfile(store.path(table.parquet_digest), copy)
            typed[table.name] = build.typed_again(table, schemas[table.name], copy)
        derived = build.derive(plan, typed, store=store, workshop=workshop, settings=settings, engine=tables)
    with transaction(engine) as session:
        generation = next_generation(session, at=at)
        version = session.get_one(Version, version_id)
        version.tables.clear()
        version.files.clear()
        session.flush()
        version.tables.extend(derived.tables)
        version.files.extend(derived.files)
        version.built_for, version.summary = built_for(settings), summary_document(plan, settings)
        session.get_one(Dataset, version.dataset_id).changed_in = generation
        record(session, Kind.VERSION_REBUILT, at=at, actor=actor, dataset=plan.slug, version=plan.number)
    return plan.slug, plan.number


def draft_digests(engine: Engine) -> set[str]:
    """Give the digests of what drafts and jobs refer to: sources, what was told of them and chosen for them, looks, files that wait.

    A sweep must spare them.
    """
    found: set[str] = set()
    with reading(engine) as session:
        for sources, deliveries in session.execute(select(Draft.sources, Draft.deliveries)):
            found |= {*sources.values(), *(told["details"] for told in deliveries.values())}
        for told, blobs in session.execute(select(DraftLook.told, DraftLook.blobs)):
            found |= {told, *blobs}
        found |= {report[DETAILS] for report in session.scalars(select(Draft.report)) if report}
        found |= {digest for digest in session.scalars(select(DeliveryChoices.details)) if digest}
        found |= {digest for blobs in session.scalars(select(Job.blobs)) for digest in blobs.values()}
    return found


def referred_digests(engine: Engine) -> set[str]:
    """Give the digests of all published blobs the record refers to: what a sweep of the store must spare."""
    found: set[str] = set()
    with reading(engine) as session:
        for first, second in session.execute(select(Table.parquet_digest, Table.row_file_digest)):
            found |= {first, second}
        for column in (StoredFile, CatalogDocument):
            for digest, packed in session.execute(select(column.digest, column.gzip_digest)):
                found |= {digest} | ({packed} if packed else set())
        return found
