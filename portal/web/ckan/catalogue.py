"""What is published, ready to be searched: one entry a dataset, read again only when the dataset has changed.

A search over names, texts and dates of all datasets must not read them all from the database. An entry takes about 3 KB; what a
package is in full is read when it is shown.
"""

import json
import re
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.dataset import Dataset, State
from portal.catalogue.publisher import Publisher
from portal.catalogue.reading import catalog_state, changed_after
from portal.catalogue.version import Version
from portal.exports.formats import FORMATS
from portal.publishing.documents import address
from portal.vocabularies.licences import licences
from portal.web.ckan.ids import file_names, format_name, licence_id, plain_time, stable_id, tag_name

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A dataset as searches see it."""

    name: str
    id: str
    title: str
    created: datetime
    modified: datetime
    fields: Mapping[str, tuple[str, ...]]
    """Field ↔ its values, compared whole."""
    texts: Mapping[str, tuple[str, ...]]
    """Field ↔ its words, folded; `text` holds all of them."""


@dataclass(frozen=True)
class Snapshot:
    """All that is published at one generation of the catalogue."""

    entries: Mapping[str, Entry]
    """By name, in the order of names."""
    resources: Mapping[str, tuple[str, str]]
    """Id ↔ name of the package and of the file."""

    @cached_property
    def by_id(self) -> Mapping[str, Entry]:
        return {entry.id: entry for entry in self.entries.values()}

    def find(self, name_or_id: str) -> Entry | None:
        """Give the entry with a name or an id; None: there is none."""
        return self.entries.get(name_or_id) or self.by_id.get(name_or_id)


class CkanCatalogue:
    """Keeps the entries of one portal; safe for threads."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._generation = -1
        self._snapshot = Snapshot({}, {})
        self._lock = threading.Lock()

    def snapshot(self, session: Session) -> Snapshot:
        """Give what is published now."""
        generation, _ = catalog_state(session)
        with self._lock:
            if generation != self._generation:
                entries = dict(self._snapshot.entries)
                for slug in changed_after(session, self._generation):
                    entries.pop(slug, None)
                entries.update(self._changed(session))
                self._snapshot = self._with_resources(dict(sorted(entries.items())))
                self._generation = generation
            return self._snapshot

    def _changed(self, session: Session) -> dict[str, Entry]:
        query = (
            select(Dataset.issued_at, Dataset.modified_at, Version.released_at, Version.summary, Publisher.name_de)
            .join(Version, Version.id == Dataset.current_version_id)
            .join(Publisher, Publisher.id == Dataset.publisher_id)
            .where(Dataset.state == State.PUBLISHED, Dataset.changed_in > self._generation)
        )
        entries = [
            entry_of(
                json.loads(summary), issued or released, modified or released, publisher, self._base_url, state="active"
            )
            for issued, modified, released, summary, publisher in session.execute(query)
        ]
        return {entry.name: entry for entry in entries}

    def _with_resources(self, entries: Mapping[str, Entry]) -> Snapshot:
        resources = {
            stable_id(address(file, f"{self._base_url}/datasets/{entry.name}")): (entry.name, file)
            for entry in entries.values()
            for file in file_names(list(entry.fields["res_name"]))
        }
        return Snapshot(entries, resources)


def entry_of(
    summary: dict[str, object], created: datetime, modified: datetime, publisher: str, base_url: str, *, state: str
) -> Entry:
    """Make the entry of a dataset from its line in lists; *publisher* is the publisher's name."""
    name, title, code = str(summary["name"]), str(summary["title"]), str(summary["licence"])
    english = _of(_of(summary, "translations"), "en")
    tags = tuple(dict.fromkeys(filter(None, map(tag_name, _listed(summary, "keywords")))))
    own_id = stable_id(f"{base_url}/id/dataset/{name}")
    fields: dict[str, tuple[str, ...]] = {
        "name": (name,),
        "id": (own_id,),
        "title_string": (title,),
        "organization": (str(summary["publisher"]),),
        "owner_org": (stable_id(f"{base_url}/id/publisher/{summary['publisher']}"),),
        "groups": tuple(code.lower() for code in _listed(summary, "theme")),
        "tags": tuple(sorted(tags)),
        "license_id": (licence_id(code),) if code else (),
        "res_format": tuple(dict.fromkeys([*(format_name(form.name) for form in FORMATS), "ZIP"])),
        "res_name": tuple(_tables(summary)),
        "url": (f"{base_url}/datasets/{name}",),
        "version": (str(summary["version"]),),
        "state": (state,),
        "type": ("dataset",),
        "dataset_type": ("dataset",),
        "capacity": ("public",),
        "private": ("false",),
        "metadata_created": (plain_time(created),),
        "metadata_modified": (plain_time(modified),),
        **{f"extras_{key}": _listed(summary, key) for key in ("spatial", "family")},
    }
    texts = {
        "title": words(f"{title} {english.get('title', '')}"),
        "notes": words(f"{summary['description']} {english.get('description', '')}"),
        "maintainer": words(publisher),
        "keywords": words(" ".join((*tags, *_listed(english, "keywords"), *fields["groups"]))),
    }
    others = words(
        " ".join(
            (name, code, licences()[code].title.de if code else "", *_tables(summary), *_listed(summary, "spatial"))
        )
    )
    texts["text"] = tuple(dict.fromkeys((*(word for found in texts.values() for word in found), *others)))
    return Entry(name=name, id=own_id, title=title, created=created, modified=modified, fields=fields, texts=texts)


def words(text: str) -> tuple[str, ...]:
    """Give the words of a text, without case and accents: Straße and STRASSE are one."""
    return tuple(_WORD.findall(folded(text)))


def folded(text: str) -> str:
    """Give a text without case and accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _of(described: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = described.get(key)
    return found if isinstance(found, dict) else {}


def _listed(described: Mapping[str, object], key: str) -> tuple[str, ...]:
    found = described.get(key)
    if isinstance(found, list):
        return tuple(map(str, found))
    return (str(found),) if found else ()


def _tables(summary: Mapping[str, object]) -> Sequence[str]:
    tables = summary["tables"]
    return [str(table["name"]) for table in tables] if isinstance(tables, list) else []
