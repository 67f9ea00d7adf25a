"""The file that answers a row query: the version's own facts around the rows that were chosen."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from portal.catalogue.dataset import Dataset
from portal.catalogue.version import Version
from portal.exports.chosen import chosen
from portal.exports.formats import TableFormat
from portal.exports.table import TableExport
from portal.foundation.config import Settings
from portal.foundation.lazily import later
from portal.ingest.engine import Engine
from portal.publishing.documents import describe_release
from portal.rows.engine import RowEngine, RowSource
from portal.rows.query import RowQuery

if TYPE_CHECKING:
    from portal.publishing import build
else:
    build = later("portal.publishing.build")


def published_export(
    session: Session, version_id: int, table: str, source: RowSource, settings: Settings
) -> TableExport:
    """Give a published table with all that its files say about it."""
    version = session.get_one(Version, version_id)
    release = describe_release(
        session.get_one(Dataset, version.dataset_id),
        version.descriptor,
        number=version.number,
        released_at=version.released_at,
        notes=version.notes,
        rows={table: source.row_count},
        settings=settings,
    )
    resource = next(one for one in version.descriptor["resources"] if one["name"] == table)
    return build.table_export(
        release, resource, settings, parquet=source.parquet, schema=source.schema, physical=source.physical,
        row_count=source.row_count,
    )  # fmt: skip


def write_answer(
    export: TableExport,
    form: TableFormat,
    query: RowQuery,
    rows: RowEngine,
    source: RowSource,
    folder: Path,
    *,
    timeout_s: float,
) -> tuple[Path, int]:
    """Write what *query* chooses into *folder*; give the file and how many rows it has.

    Raises:
        InvalidInput: `after` names no row.
        TooCostly: choosing took too long.
    """
    part = chosen(export, form, query, rows, source, folder, timeout_s=timeout_s)
    target = folder / f"answer{form.suffix}"
    with Engine.open(folder) as engine:
        form.write(replace(part, engine=engine), target)
    return target, part.row_count
