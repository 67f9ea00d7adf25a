"""The catalogue as documents: whole or in pages, made once for each of its generations.

    dataset documents ──100 each──▶ segments ──▶ whole (`catalog.ttl`), pages (`catalog.ttl?page=3`)
                                                 ZIP of everything (`catalog.zip`)

A segment is made again only when one of its datasets changed; whole and pages are put together from segments by
copying bytes. Whoever first asks after a change makes them; as the same input gives the same bytes, two at once do
no harm. Nothing is ever parsed or serialised again but the catalogue's own node.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.orm import Session

from portal.catalogue.catalog import THE_CATALOG, Catalog, CatalogDocument
from portal.catalogue.dataset import SEGMENT_SIZE, Dataset, State
from portal.catalogue.publisher import Publisher
from portal.catalogue.version import StoredFile
from portal.dcat.described import DescribedCatalog
from portal.dcat.syntax import SYNTAXES, Syntax
from portal.exports.precompression import precompress
from portal.exports.zipped import Member, write_zip
from portal.foundation.config import Settings
from portal.foundation.db import add_if_new, reading, transaction
from portal.foundation.errors import NotFound
from portal.foundation.lazily import later
from portal.foundation.text import LangString
from portal.publishing.builder import built_for
from portal.publishing.documents import described_publisher
from portal.store.local import LocalStore

if TYPE_CHECKING:
    from portal.dcat import hydra, syntaxes, to_graph, withdrawn
    from portal.dcat.subject import Triple
else:
    hydra, syntaxes, to_graph = (later(f"portal.dcat.{name}") for name in ("hydra", "syntaxes", "to_graph"))
    withdrawn = later("portal.dcat.withdrawn")

SYNTAX_BY_SUFFIX = {f".{syntax.suffix}": syntax for syntax in SYNTAXES}


def whole(engine: Engine, store: LocalStore, settings: Settings, suffix: str) -> CatalogDocument:
    """Give the whole catalogue in one syntax (`.ttl`) as a stored document."""
    syntax = SYNTAX_BY_SUFFIX[suffix]
    with reading(engine) as session:
        stamp = _stamp(session, settings)
        kept = session.get(CatalogDocument, f"catalog{suffix}")
        if kept is not None and kept.stamp == stamp:
            return kept
        described = described_catalog(session, settings)
        numbers = _segment_numbers(session)
    segments = [_segment(engine, store, syntax, number) for number in numbers]
    opening = syntaxes.fragment(to_graph.catalog_graph(described), syntax)
    return _keep(engine, store, f"catalog{suffix}", stamp, _parts(store, syntax, opening, segments))


def refresh(engine: Engine, store: LocalStore, settings: Settings) -> None:
    """Make the whole catalogue anew in the syntaxes that somebody has read before, so that the next reader need not wait."""
    with reading(engine) as session:
        asked = [suffix for suffix in SYNTAX_BY_SUFFIX if session.get(CatalogDocument, f"catalog{suffix}") is not None]
    for suffix in asked:
        whole(engine, store, settings, suffix)


def is_behind(engine: Engine, settings: Settings) -> bool:
    """Tell whether a catalogue document that somebody has read before is not of today's catalogue."""
    with reading(engine) as session:
        names = [f"catalog{suffix}" for suffix in SYNTAX_BY_SUFFIX]
        of_others = CatalogDocument.name.in_(names), CatalogDocument.stamp != _stamp(session, settings)
        return session.scalar(select(CatalogDocument.name).where(*of_others).limit(1)) is not None


def page(engine: Engine, store: LocalStore, settings: Settings, suffix: str, number: int) -> CatalogDocument:
    """Give one page of the catalogue, with Hydra's paging inside.

    Raises:
        NotFound: the catalogue has no such page.
    """
    syntax = SYNTAX_BY_SUFFIX[suffix]
    name = f"catalog{suffix}?page={number}"
    with reading(engine) as session:
        stamp = _stamp(session, settings)
        kept = session.get(CatalogDocument, name)
        if kept is not None and kept.stamp == stamp:
            return kept
        described = described_catalog(session, settings)
        numbers = _segment_numbers(session) or [1]
        if not 1 <= number <= len(numbers):
            raise NotFound(
                f"The catalogue has {len(numbers)} page(s), not {number}.",
                detail_de=f"Der Katalog hat {len(numbers)} Seite(n), nicht {number}.",
            )
        segment = numbers[number - 1]
    address = f"{settings.public_url}/catalog{suffix}?page="
    paging = hydra.page_graph(
        f"{address}{number}",
        first=f"{address}1",
        last=f"{address}{len(numbers)}",
        previous=f"{address}{number - 1}" if number > 1 else None,
        next=f"{address}{number + 1}" if number < len(numbers) else None,
        total_items=described.dataset_count,
        items_per_page=SEGMENT_SIZE,
    )
    opening = syntaxes.fragment(to_graph.catalog_graph(described) + paging, syntax)
    segments = [_segment(engine, store, syntax, segment)] if described.dataset_count else []
    return _keep(engine, store, name, stamp, _parts(store, syntax, opening, segments))


def changed_since(
    engine: Engine, store: LocalStore, settings: Settings, suffix: str, moment: datetime
) -> tuple[bytes, datetime]:
    """Give the catalogue with only the datasets that changed at or after *moment*, and when the last one did.

    Those that were withdrawn since leave a record that says so, and why.
    """
    syntax = SYNTAX_BY_SUFFIX[suffix]
    with reading(engine) as session:
        described = described_catalog(session, settings)
        digests = list(session.scalars(_documents(suffix).where(Dataset.modified_at >= moment)))
        gone = select(Dataset).where(Dataset.state == State.WITHDRAWN, Dataset.modified_at >= moment)
        tombstones = [_tombstone(dataset, settings) for dataset in session.scalars(gone.order_by(Dataset.id))]
    opening = syntaxes.fragment(to_graph.catalog_graph(described), syntax)
    changed = [_fragment_of(store.read(digest), syntax) for digest in digests]
    removed = [syntaxes.fragments(statements, (syntax,))[syntax] for statements in tombstones]
    body = syntax.separator.join([opening, *changed, *removed])
    return syntaxes.head(syntax) + body + syntaxes.tail(syntax), described.modified_at


def everything(engine: Engine, store: LocalStore, settings: Settings) -> CatalogDocument:
    """Give the ZIP of every dataset's ZIP content and the catalogue as Turtle."""
    turtle = whole(engine, store, settings, ".ttl")
    with reading(engine) as session:
        stamp = _stamp(session, settings)
        kept = session.get(CatalogDocument, "catalog.zip")
        if kept is not None and kept.stamp == stamp:
            return kept
        modified_at = session.get_one(Catalog, THE_CATALOG).modified_at
        query = (
            select(Dataset.slug, StoredFile.name, StoredFile.digest)
            .join(StoredFile, StoredFile.version_id == Dataset.current_version_id)
            .where(Dataset.state == State.PUBLISHED, StoredFile.format.in_(("csv", "datapackage", "zip")))
            .order_by(Dataset.slug, StoredFile.name)
        )
        rows = [row for row in session.execute(query) if row.name != ".zip"]
    members = [
        Member("catalog.ttl", (store.path(turtle.digest),)),
        *(Member(f"{slug}/{name}", (store.path(digest),)) for slug, name, digest in rows),
    ]
    with store.workshop() as workshop:
        target = workshop / "catalog.zip"
        write_zip(target, members, modified_at=modified_at)
        return _record(engine, store, "catalog.zip", stamp, target, None)


def _tombstone(dataset: Dataset, settings: Settings) -> "set[Triple]":
    assert dataset.modified_at is not None  # it was public
    reason = LangString(dataset.withdrawal_reason_de or "", dataset.withdrawal_reason_en)
    return withdrawn.withdrawn_statements(settings.public_url, dataset.slug, reason=reason, at=dataset.modified_at)


def _stamp(session: Session, settings: Settings) -> str:
    generation = session.scalar(select(Catalog.generation).where(Catalog.id == THE_CATALOG)) or 0
    return f"{generation} {hashlib.sha256(built_for(settings).encode()).hexdigest()[:16]}"


def described_catalog(session: Session, settings: Settings) -> DescribedCatalog:
    """Give what the catalogue says of itself.

    Raises:
        NotFound: nothing was ever published.
    """
    catalog = session.get(Catalog, THE_CATALOG)
    operator = session.scalars(select(Publisher).where(Publisher.slug == settings.operator)).one()
    if catalog is None:
        raise NotFound("The catalogue is empty.", detail_de="Der Katalog ist leer.")
    return DescribedCatalog(
        title=LangString(settings.title_de, settings.title_en),
        description=LangString(settings.description_de, settings.description_en),
        publisher=described_publisher(operator, settings),
        issued_at=catalog.issued_at,
        modified_at=catalog.modified_at,
        base_url=settings.public_url,
        licence_code="dl-zero-de/2.0",
        dataset_count=session.scalar(select(func.count()).where(Dataset.state == State.PUBLISHED)) or 0,
    )


def _segment_numbers(session: Session) -> list[int]:
    query = select(Dataset.segment).where(Dataset.state == State.PUBLISHED).distinct().order_by(Dataset.segment)
    return list(session.scalars(query))


def _documents(suffix: str) -> Select[str]:
    return (
        select(StoredFile.digest)
        .join(Dataset, StoredFile.version_id == Dataset.current_version_id)
        .where(Dataset.state == State.PUBLISHED, StoredFile.name == suffix)
        .order_by(Dataset.id)
    )


def _fragment_of(document: bytes, syntax: Syntax) -> bytes:
    """Give a dataset's document without the head and tail that all documents of the syntax share."""
    return document[len(syntaxes.head(syntax)) : len(document) - len(syntaxes.tail(syntax))]


def _segment(engine: Engine, store: LocalStore, syntax: Syntax, number: int) -> CatalogDocument:
    suffix = f".{syntax.suffix}"
    name = f"segment-{number}{suffix}"
    with reading(engine) as session:
        of_segment = select(func.max(Dataset.changed_in), func.count()).where(Dataset.segment == number)
        changed_in, count = session.execute(of_segment).one()
        stamp = f"{changed_in} {count}"
        kept = session.get(CatalogDocument, name)
        if kept is not None and kept.stamp == stamp:
            return kept
        digests = list(session.scalars(_documents(suffix).where(Dataset.segment == number)))
    body = syntax.separator.join(_fragment_of(store.read(digest), syntax) for digest in digests)
    with store.workshop() as workshop:
        target = workshop / "segment"
        target.write_bytes(body)
        return _record(engine, store, name, stamp, target, None)


def _parts(
    store: LocalStore, syntax: Syntax, opening: bytes, segments: list[CatalogDocument]
) -> Iterator[bytes | Path]:
    yield syntaxes.head(syntax) + opening
    for segment in segments:
        yield syntax.separator
        yield store.path(segment.digest)
    yield syntaxes.tail(syntax)


def _keep(engine: Engine, store: LocalStore, name: str, stamp: str, parts: Iterator[bytes | Path]) -> CatalogDocument:
    with store.workshop() as workshop:
        target = workshop / "document"
        with target.open("wb") as out:
            for part in parts:
                out.write(part if isinstance(part, bytes) else part.read_bytes())
        return _record(engine, store, name, stamp, target, precompress(target))


def _record(
    engine: Engine, store: LocalStore, name: str, stamp: str, target: Path, packed: Path | None
) -> CatalogDocument:
    blobs = store.adopt([target, *([packed] if packed else [])])
    blob, small = blobs[target], blobs[packed] if packed else None
    facts = {
        "name": name,
        "stamp": stamp,
        "digest": blob.digest,
        "size_bytes": blob.size_bytes,
        "gzip_digest": small.digest if small else None,
        "gzip_size_bytes": small.size_bytes if small else None,
    }
    with transaction(engine) as session:
        if session.get(CatalogDocument, name) is None:
            add_if_new(session, CatalogDocument(**facts))  # another reader may be making it right now
        return session.merge(CatalogDocument(**facts))
