"""The catalogue itself: one row, and the documents assembled from all datasets."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.foundation.db import Record, UtcDateTime

THE_CATALOG = 1
"""There is one catalogue; its row has this id."""


class Catalog(Record):
    """The whole collection. `generation` counts its changes: who has seen the same number has seen the same catalogue."""

    __tablename__ = "catalog"

    id: Mapped[int] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(default=0)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    modified_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CatalogDocument(Record):
    """A document over many datasets (the whole, or a page), as it was at one generation of the catalogue."""

    __tablename__ = "catalog_document"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    """Such as `catalog.ttl`, `catalog.ttl?page=3` or the segment `segment-3.ttl`."""
    stamp: Mapped[str] = mapped_column(String(80))
    """What it was made of; another stamp means it has to be made again."""
    digest: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    gzip_digest: Mapped[str | None] = mapped_column(String(64))
    gzip_size_bytes: Mapped[int | None] = mapped_column(BigInteger)


def the_catalog(session: Session, *, at: datetime) -> Catalog:
    """Give the catalogue; the first call makes it."""
    if session.get(Catalog, THE_CATALOG) is None:
        with suppress(IntegrityError), session.begin_nested():  # another first release may be making it right now
            session.add(Catalog(id=THE_CATALOG, generation=0, issued_at=at, modified_at=at))
    return session.get_one(Catalog, THE_CATALOG)


def next_generation(session: Session, *, at: datetime) -> int:
    """Count one more change of the catalogue and give its number.

    The row is locked until the transaction ends, so that two releases at once get two numbers.
    """
    the_catalog(session, at=at)
    catalog = session.get_one(Catalog, THE_CATALOG, with_for_update=True, populate_existing=True)
    catalog.generation += 1
    catalog.modified_at = max(at, catalog.modified_at)
    session.flush()
    return catalog.generation
