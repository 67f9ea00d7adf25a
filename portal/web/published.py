"""Which stored file answers which public address.

    /datasets/{slug}.ttl            the dataset's document        → its file `.ttl`
    /datasets/{slug}/ideas.csv      a table in its current version → its file `ideas.csv`
    /datasets/{slug}/v/2/ideas.csv  the same for version 2: never changes
    /datasets/{slug}                whichever document `Accept` prefers; pages are left to the pages
    /api/v1/datasets/{slug}         the JSON document
    /catalog.ttl  /catalog.zip      documents over all datasets

What was looked up is kept in memory until the catalogue's generation says that the dataset has changed.
"""

import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from portal.catalogue.catalog import CatalogDocument
from portal.catalogue.combination import combinations_state
from portal.catalogue.dataset import State
from portal.catalogue.reading import catalog_state, changed_after, files_of, standing, tables_of, version_of
from portal.catalogue.version import StoredFile
from portal.dcat.syntax import SYNTAXES
from portal.foundation.db import reading
from portal.publishing.catalog_documents import everything, page, whole
from portal.web.links import licence_link
from portal.web.negotiation import preferred
from portal.web.stored import IMMUTABLE, REVALIDATE, Encoded, StoredAnswer
from portal.wiring import Portal

DOCUMENTS = {".json": "application/json", **{f".{syntax.suffix}": syntax.media_type for syntax in SYNTAXES}}
"""Suffix of a dataset's document ↔ its media type, the one preferred first."""

_SAVED = ("csv", "excel-csv", "xlsx", "ods", "parquet", "zip")
"""Formats that a browser saves; it shows the others."""

_MAX_KEPT = 2_000
"""Versions whose files are kept in memory: about 30 KB each."""

_MAX_RESOLVED = 4_000
_MAX_ADDRESS_CHARACTERS = 500
"""Addresses (path, query, Accept) whose answers are found without looking again; about 1 KB each."""

_DATASET = re.compile(r"/datasets/([a-z0-9][a-z0-9_-]*)(?:/v/([1-9][0-9]{0,8}))?(?:(\.[a-z]+)|/([^/]+))?")
_API = re.compile(r"/api/v1/datasets/([a-z0-9][a-z0-9_-]*)(?:/versions/([1-9][0-9]{0,8}))?(?:/tables/([^/]+)/schema)?")
_CATALOG = re.compile(r"/catalog(\.[a-z]+)")
_PAGE = re.compile(r"page=([1-9][0-9]{0,8})")


@dataclass(frozen=True)
class PublishedVersion:
    """The answers of one version, by file name."""

    number: int
    answers: dict[str, StoredAnswer]


class PublishedIndex:
    """Finds the stored answer of an address; safe for threads."""

    def __init__(self, portal: Portal, *, refresh_s: float = 0.1) -> None:
        self._portal = portal
        self._refresh_s = refresh_s
        self._looked_at = float("-inf")
        """When the last look began: how long it takes does not make what it saw newer."""
        self._generation = -1
        self._modified_at: datetime | None = None
        self._combinations: tuple[int, int, datetime | None] = (0, 0, None)
        self._kept: OrderedDict[tuple[str, int | None], PublishedVersion] = OrderedDict()
        self._catalog: dict[str, StoredAnswer] = {}
        self._resolved: dict[tuple[str, str, str], StoredAnswer] = {}
        self._lock = threading.Lock()

    def resolve(self, path: str, query: str, accept: str) -> StoredAnswer | None:
        """Give the answer for a path and query; None: no stored file answers, somebody else has to."""
        self._look()
        address = (path, query, accept)
        found = self._resolved.get(address)
        if found is None:
            generation, found = self._generation, self._resolve(*address)
            if found is not None and len(path) + len(query) + len(accept) <= _MAX_ADDRESS_CHARACTERS:
                self._keep_resolved(address, generation, found)
        return found

    def _keep_resolved(self, address: tuple[str, str, str], generation: int, found: StoredAnswer) -> None:
        with self._lock:
            if generation == self._generation:  # else it may be of yesterday
                if len(self._resolved) >= _MAX_RESOLVED:
                    self._resolved.clear()
                self._resolved[address] = found

    def _resolve(self, path: str, query: str, accept: str) -> StoredAnswer | None:
        if found := _DATASET.fullmatch(path):
            slug, number, suffix, name = found.groups()
            if name is None and suffix is None:
                suffix = preferred(accept, DOCUMENTS)
                return None if suffix is None else self._file(slug, number, suffix)
            return self._file(slug, number, name or suffix)
        if (found := _API.fullmatch(path)) and not query:  # parameters are Flask's to refuse
            slug, number, table = found.groups()
            return self._file(slug, number, f"{table}.schema.json" if table else ".json")
        if found := _CATALOG.fullmatch(path):
            return self.catalog_answer(found[1], query)
        return None

    @property
    def modified_at(self) -> datetime | None:
        """When the catalogue, or what was saved beside it, last changed; None: it is empty."""
        self._look()
        known = (self._modified_at, self._combinations[-1])
        return max((at for at in known if at is not None), default=None)

    @property
    def generation(self) -> int:
        """Which state of the catalogue answers are given for."""
        self._look()
        return self._generation

    @property
    def state(self) -> tuple[object, ...]:
        """Changes with the catalogue and with the combinations that are saved beside it."""
        self._look()
        return (self._generation, *self._combinations)

    def _look(self) -> None:
        """Forget what changed since the last look; at most every `refresh_s` seconds."""
        asked_at = time.monotonic()
        if asked_at < self._looked_at + self._refresh_s:
            return
        with self._lock:
            if self._looked_at <= asked_at:  # else somebody has begun to look since
                begun_at = time.monotonic()
                self._look_again()
                self._looked_at = begun_at

    def _look_again(self) -> None:
        with reading(self._portal.engine) as session:
            generation, self._modified_at = catalog_state(session)
            self._combinations = combinations_state(session)
            if generation != self._generation:
                changed = set(changed_after(session, self._generation))
                for key in [key for key in self._kept if key[0] in changed]:
                    del self._kept[key]
                self._catalog = {}
                self._resolved = {}
                self._generation = generation

    def _file(self, slug: str, number: str | None, name: str) -> StoredAnswer | None:
        version = self.version(slug, int(number) if number else None)
        return version.answers.get(name) if version else None

    def version(self, slug: str, number: int | None) -> PublishedVersion | None:
        """Give a version of a dataset, the current one for None; None: the public does not see it."""
        key = (slug, number)
        kept = self._kept.get(key)
        if kept is None:
            generation, kept = self._generation, self._load(slug, number)
            if kept is not None:  # made-up names must not fill the memory
                self._keep(key, generation, kept)
        return kept

    def _keep(self, key: tuple[str, int | None], generation: int, version: PublishedVersion) -> None:
        with self._lock:
            if generation == self._generation:  # else it may be of yesterday
                self._kept[key] = version
                if len(self._kept) > _MAX_KEPT:
                    self._kept.popitem(last=False)

    def _load(self, slug: str, number: int | None) -> PublishedVersion | None:
        base = f"{self._portal.settings.public_url}/datasets/{slug}"
        with reading(self._portal.engine) as session:
            stands = standing(session, slug)
            if stands is None or stands.state is not State.PUBLISHED or stands.current is None:
                return None
            version = version_of(session, stands.id, number or stands.current)
            if version is None:
                return None
            files = files_of(session, version.id)
            tables = {table.name for table in tables_of(session, version.id)}
            licence = licence_link(version.descriptor)
        answers = {}
        for file in files:
            at = f"{base}/v/{version.number}"
            here = f"{base}{file.name}" if file.name.startswith(".") else f"{base}/{file.name}"
            fixed = f"{at}{file.name}" if file.name.startswith(".") else f"{at}/{file.name}"
            links = [licence, f'<{base}>; rel="collection"']
            links.append(f'<{fixed}>; rel="permalink"' if number is None else f'<{here}>; rel="latest-version"')
            if file.table_name in tables and file.format != "schema":
                links.append(f'<{at}/{file.table_name}.schema.json>; rel="describedby"; type="application/json"')
            answers[file.name] = StoredAnswer(
                identity=Encoded(self._portal.store.path(file.digest), file.size_bytes, file.digest),
                gzip=self._packed(file),
                media_type=with_charset(file.media_type),
                modified_at=version.released_at,
                cache_control=REVALIDATE if number is None else IMMUTABLE,
                links=tuple(links),
                row_count=file.row_count,
                file_name=_saved_as(slug, version.number, file),
                vary="Accept, Accept-Encoding" if file.name in DOCUMENTS else "Accept-Encoding",
            )
        return PublishedVersion(version.number, answers)

    def _packed(self, file: StoredFile | CatalogDocument) -> Encoded | None:
        if file.gzip_digest is None or file.gzip_size_bytes is None:
            return None
        return Encoded(self._portal.store.path(file.gzip_digest), file.gzip_size_bytes, file.gzip_digest)

    def catalog_answer(self, suffix: str, query: str) -> StoredAnswer | None:
        """Give a document over all datasets: whole, or a page of it (`page=3`); None: there is no such thing.

        Raises:
            NotFound: the catalogue has no such page.
        """
        asked = _PAGE.fullmatch(query)
        catalog, modified_at = self._catalog, self._modified_at  # what takes long to make is not kept for tomorrow
        if (
            (query and (not asked or suffix == ".zip"))
            or suffix not in (".zip", *DOCUMENTS)
            or suffix == ".json"
            or modified_at is None
        ):
            return None
        key = f"{suffix}?{query}"
        kept = catalog.get(key)
        if kept is None:
            parts = (self._portal.engine, self._portal.store, self._portal.settings)
            if suffix == ".zip":
                document = everything(*parts)
            elif asked:
                document = page(*parts, suffix, int(asked[1]))
            else:
                document = whole(*parts, suffix)
            kept = self._catalog_document(document, suffix, modified_at)
            catalog[key] = kept
        return kept

    def _catalog_document(self, document: CatalogDocument, suffix: str, modified_at: datetime) -> StoredAnswer:
        """Give the answer for a document over all datasets."""
        return StoredAnswer(
            identity=Encoded(self._portal.store.path(document.digest), document.size_bytes, document.digest),
            gzip=self._packed(document),
            media_type="application/zip" if suffix == ".zip" else with_charset(DOCUMENTS[suffix]),
            modified_at=modified_at,
            cache_control=REVALIDATE,
            links=('<https://www.govdata.de/dl-de/zero-2-0>; rel="license"',),
            file_name="catalog.zip" if suffix == ".zip" else None,
        )


def with_charset(media_type: str) -> str:
    """Say UTF-8 where the media type has the parameter (RDF/XML, JSON and JSON-LD carry it in themselves)."""
    return f"{media_type}; charset=utf-8" if media_type in ("text/turtle", "application/n-triples") else media_type


def _saved_as(slug: str, number: int, file: StoredFile) -> str | None:
    if file.format not in _SAVED:
        return None
    return f"{slug}_v{number}{file.name if file.name.startswith('.') else '_' + file.name}"
