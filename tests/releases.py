"""Releasing in tests: folders loaded here, and what the public then sees."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal.catalogue.dataset import Dataset
from portal.catalogue.reading import files_of, tables_of
from portal.catalogue.version import Version
from portal.foundation.db import reading
from portal.publishing.rebuild import referred_digests
from portal.publishing.seed import load
from portal.wiring import Portal
from tests.builders import a_folder, a_table

PROJECT = Path(__file__).resolve().parents[1]
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def trees(path: Path, *names: str, slug: str = "baeume", **facts: Any) -> Path:
    """Write a dataset folder whose table `trees` has the rows (x-1, first name), (x-2, second name) and so on."""
    rows = [(f"x-{number}", name) for number, name in enumerate(names, start=1)]
    return a_folder(path, slug=slug, tables={"trees": a_table(rows=rows)}, **facts)


def publish(portal: Portal, *folders: Path, at: datetime = NOON, notes: str = "") -> list[int | None]:
    """Load *folders* as `portal load` does; give the number of the new version of each, None for unchanged ones."""
    loaded = load(
        portal.engine,
        portal.store,
        portal.settings,
        list(folders),
        drafts=portal.drafts,
        actor="test",
        at=at,
        notes=notes,
    )
    return [one.version for one in loaded]


@dataclass(frozen=True)
class Seen:
    """What the record says of one version of a dataset."""

    number: int
    current: bool
    rows: dict[str, int]
    tables: dict[str, tuple[str, str]]
    """Digests of Parquet and row file by table."""
    files: dict[str, str]
    """Digest of each file by its name."""


def versions(portal: Portal, slug: str = "baeume") -> list[Seen]:
    """Give the versions of *slug* by number; empty: it has none."""
    with reading(portal.engine) as session:
        query = (
            select(Version, Dataset.current_version_id)
            .join(Dataset, Dataset.id == Version.dataset_id)
            .where(Dataset.slug == slug)
            .order_by(Version.number)
        )
        return [
            Seen(
                number=version.number,
                current=version.id == current,
                rows={table.name: table.row_count for table in tables_of(session, version.id)},
                tables={one.name: (one.parquet_digest, one.row_file_digest) for one in tables_of(session, version.id)},
                files={file.name: file.digest for file in files_of(session, version.id)},
            )
            for version, current in session.execute(query)
        ]


def content(portal: Portal, name: str, *, number: int = 1, slug: str = "baeume") -> bytes:
    """Give the bytes of the file *name* of a version."""
    return portal.store.read(versions(portal, slug)[number - 1].files[name])


def damaged(portal: Portal) -> list[str]:
    """Give the digests of stored files that the record refers to and that are not whole."""
    return portal.store.damaged(sorted(referred_digests(portal.engine)))


def a_decision(column: str, finding: str, *, row: str | None = None, decision: str = "release") -> dict[str, Any]:
    """Give a recorded decision on a column of the table `trees`, or on one row of it."""
    told = {
        "resource": "trees",
        "column": column,
        "finding": finding,
        "decision": decision,
        "reason": {"de": "Erfundene Person.", "en": "Invented person."},
        "decidedBy": "curator",
        "decidedOn": "2026-11-21",
    }
    return told | ({"row": row} if row else {})
