"""What a build gives: values between the workshop and the record."""

from dataclasses import asdict, dataclass, field
from pathlib import Path

from portal.catalogue.version import StoredFile, Table
from portal.ingest.typed import TypedTable
from portal.store.local import Blob


@dataclass(frozen=True, kw_only=True)
class PreparedFile:
    """A file of a version, still in the workshop."""

    path: Path
    name: str
    format: str
    media_type: str
    table: str | None = None
    row_count: int | None = None
    compressed: Path | None = None
    """The same bytes as gzip; None: compressing would not pay."""
    digests: dict[Path, str] = field(default_factory=dict)
    """SHA-256 of those files whose bytes were hashed as they were written."""


def stored_file(prepared: PreparedFile, blobs: dict[Path, Blob]) -> StoredFile:
    """Give the record of a file whose bytes the store has taken over."""
    blob = blobs[prepared.path]
    packed = blobs[prepared.compressed] if prepared.compressed else None
    return StoredFile(
        name=prepared.name,
        table_name=prepared.table,
        format=prepared.format,
        media_type=prepared.media_type,
        digest=blob.digest,
        size_bytes=blob.size_bytes,
        gzip_digest=packed.digest if packed else None,
        gzip_size_bytes=packed.size_bytes if packed else None,
        row_count=prepared.row_count,
    )


def table_record(name: str, position: int, typed: TypedTable, parquet: Blob, row_file: Blob) -> Table:
    """Give the record of a typed table."""
    return Table(
        name=name,
        position=position,
        row_count=typed.row_count,
        physical=list(typed.physical),
        statistics=[asdict(one) for one in typed.statistics],
        parquet_digest=parquet.digest,
        row_file_digest=row_file.digest,
    )
