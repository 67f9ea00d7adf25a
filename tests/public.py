"""Public datasets without a release: what curation begins with, in milliseconds; nothing is served from them."""

from copy import deepcopy
from typing import Any

from sqlalchemy.orm import Session

from portal.catalogue.dataset import Dataset, State, Term, TermKind, add_dataset
from portal.catalogue.publisher import Publisher
from portal.catalogue.version import StoredFile, Version
from portal.publishing.folder import content_digest
from portal.store.local import LocalStore
from tests.people import NOON

TABLE = b"id,name\r\nx-1,Linde\r\n"
DESCRIPTOR: dict[str, Any] = {
    "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
    "name": "baeume",
    "title": "Bäume der Stadt",
    "description": "Alle Bäume; jede Zeile einer.",
    "keywords": ["Grünfläche", "Baum"],
    "licenses": [{"name": "dl-zero-de/2.0"}],
    "translations": {"en": {"title": "Trees of the city", "description": "All trees.", "keywords": ["tree"]}},
    "dcat": {
        "theme": ["ENVI"],
        "accrualPeriodicity": "ANNUAL",
        "accessRights": "PUBLIC",
        "spatial": ["krefeld"],
        "temporal": {"start": "2020-01-01", "end": "2025-12-31"},
        "rights": {"de": "Frei verwendbar.", "en": "Free to use."},
    },
    "resources": [
        {
            "name": "trees",
            "path": "trees.csv",
            "schema": {
                "fields": [{"name": "id", "type": "string"}, {"name": "name", "type": "string"}],
                "primaryKey": ["id"],
            },
        }
    ],
}


def a_descriptor(slug: str = "baeume", **facts: Any) -> dict[str, Any]:
    """Give a complete descriptor; *facts* replace or add keys."""
    return {**deepcopy(DESCRIPTOR), "name": slug, **facts}


def a_public_dataset(
    session: Session, store: LocalStore, publisher: Publisher, slug: str = "baeume", **facts: Any
) -> Dataset:
    """Make a published dataset in its first version, with one table; *facts* are keys of the descriptor."""
    descriptor = a_descriptor(slug, **facts)
    dataset = add_dataset(session, slug=slug, publisher_id=publisher.id)
    digest = _blob(store)
    version = Version(
        dataset_id=dataset.id,
        number=1,
        released_at=NOON,
        descriptor=descriptor,
        content_digest=content_digest(descriptor, [digest]),
        licence=descriptor["licenses"][0]["name"],
        built_for="test",
        summary="{}",
        files=[
            StoredFile(
                name="trees.csv", table_name="trees", format="csv", media_type="text/csv", digest=digest,
                size_bytes=len(TABLE),
            )
        ],
    )  # fmt: skip
    session.add(version)
    session.flush()
    dataset.current_version_id, dataset.state, dataset.issued_at, dataset.modified_at = (
        version.id,
        State.PUBLISHED,
        NOON,
        NOON,
    )
    dataset.terms = [
        *(Term(kind=TermKind.THEME, value=code) for code in descriptor["dcat"]["theme"]),
        *(Term(kind=TermKind.KEYWORD, value=word, language="de") for word in descriptor["keywords"]),
        Term(kind=TermKind.LICENCE, value=version.licence),
    ]
    session.flush()
    return dataset


def _blob(store: LocalStore) -> str:
    with store.workshop() as workshop:
        path = workshop / "trees.csv"
        path.write_bytes(TABLE)
        return store.adopt([path])[path].digest
