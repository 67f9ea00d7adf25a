"""A version: an immutable, numbered release of a whole dataset, its tables and its files."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.foundation.db import Record, UtcDateTime


class Version(Record):
    """What was released at one moment. Only what is derived from it (files, made for one public address) may be rebuilt."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("dataset_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), index=True)
    number: Mapped[int]
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)
    descriptor: Mapped[dict[str, Any]] = mapped_column(JSON)  # Any: a Data Package descriptor, checked on entry
    approved_descriptor: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # Any: the same
    """The descriptor as it was approved, where the public one says less; None: it says the same. Never shown to the public."""
    content_digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 over descriptor and tables as they came: equal content, equal digest."""
    licence: Mapped[str] = mapped_column(String(100))
    notes: Mapped[str] = mapped_column(Text, default="")
    built_for: Mapped[str] = mapped_column(String(2100), index=True)
    """Builder version and public address its files were made for; another one means they are made again."""
    summary: Mapped[str] = mapped_column(Text)
    """Its line in lists, ready-made JSON."""

    tables: Mapped[list["Table"]] = relationship(order_by="Table.position", cascade="all, delete-orphan")
    files: Mapped[list["StoredFile"]] = relationship(cascade="all, delete-orphan")


class Table(Record):
    """Typed rows of a version: the Parquet blob is the truth, the row file serves single rows."""

    __tablename__ = "dataset_table"
    __table_args__ = (UniqueConstraint("version_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    row_count: Mapped[int] = mapped_column(BigInteger)
    physical: Mapped[list[str]] = mapped_column(JSON)
    """DuckDB type of each column, in order."""
    statistics: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # Any: JSON, one object a column
    parquet_digest: Mapped[str] = mapped_column(String(64))
    row_file_digest: Mapped[str] = mapped_column(String(64))


class StoredFile(Record):
    """One file of a version as it is served."""

    __tablename__ = "stored_file"
    __table_args__ = (UniqueConstraint("version_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    """Under the dataset's address: `ideas.csv`, `datapackage.json`; the dataset's own documents as `.ttl`, `.zip`."""
    table_name: Mapped[str | None] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(40))
    media_type: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    gzip_digest: Mapped[str | None] = mapped_column(String(64))
    """The same bytes, compressed; None: compressing would not pay."""
    gzip_size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    row_count: Mapped[int | None] = mapped_column(BigInteger)
    """Rows of the table in it; None: it is not a table."""
