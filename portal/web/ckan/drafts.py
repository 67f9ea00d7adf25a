"""Drafts as packages, for those who may see them: what a change has become before the public sees it.

With a token that reads or edits drafts, a dataset that has a draft is shown as its draft: `state` is `draft`, and the
extra `draft_missing` says what keeps it from the public. A draft has one resource a table, whether it has rows already or
not, with the id that the table's CSV file has or will have in public.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from portal.accounts.actor import ActorKind
from portal.catalogue.dataset import Dataset, State
from portal.catalogue.draft import Draft
from portal.foundation.errors import NotFound
from portal.foundation.lazily import later
from portal.publishing.documents import address
from portal.web.ckan.arguments import refuse
from portal.web.ckan.asking import sees_drafts
from portal.web.ckan.calls import Call, no_dataset
from portal.web.ckan.catalogue import Entry, entry_of
from portal.web.ckan.ids import TABLE_FORMAT, format_name, plain_time, stable_id
from portal.web.ckan.package_object import PackageFacts, Shown, licence_or_none, package_object, themes_of
from portal.web.ckan.packages import TITLES

if TYPE_CHECKING:
    from portal.curation import releasing
else:
    releasing = later("portal.curation.releasing")

SUFFIX = f".{TABLE_FORMAT}"

_TABLES: tuple[tuple[Any, Callable[[Any], Iterable[str]]], ...] = (  # Any: columns, and what is in them
    (Draft.sources, dict.keys),
    (Draft.descriptor["resources"], lambda described: [one["name"] for one in described]),
)
"""Where the names of the tables of drafts stand: of those with rows, and, many times as long, of all."""


def find_name(call: Call, name_or_id: str) -> str:
    """Give the name of a package, by name or id: of a public one, or of one whose drafts the caller sees.

    Raises:
        NotFound: there is none, or not for the caller.
    """
    public = call.catalogue.find(name_or_id)
    if public is not None:
        return public.name
    for name in _seen(call, select(Dataset.slug)):
        if name_or_id in (name, package_id(call, name)):
            return name
    raise no_dataset()


def find_table(call: Call, resource_id: str) -> tuple[str, str]:
    """Give the names of the dataset and of the table that a resource stands for.

    Raises:
        NotFound: there is no such resource, or not for the caller.
        InvalidInput: it is a file made from a table, not the table.
    """
    slug, file = call.catalogue.resources.get(resource_id, ("", ""))
    if slug:
        name = file.removesuffix(SUFFIX)
        if "." in name:
            refuse(
                "id",
                f"{file} is made from a table; what is changed is the resource with datastore_active",
                f"{file} wird aus einer Tabelle gemacht; geändert wird die Ressource mit datastore_active",
            )
        return slug, name
    for column, names_of in _TABLES:
        drafts = select(Dataset.slug, column).join(Draft, Draft.dataset_id == Dataset.id)
        for slug, found in _seen_rows(call, drafts):
            for name in names_of(found):
                if resource_id == table_id(call, slug, name):
                    return slug, name
    raise NotFound("Resource was not found.", detail_de="Diese Ressource gibt es nicht.")


def package_id(call: Call, slug: str) -> str:
    """Give the id of a package."""
    return stable_id(f"{call.base_url}/id/dataset/{slug}")


def table_id(call: Call, slug: str, table: str) -> str:
    """Give the id of the resource that is a table."""
    return stable_id(address(f"{table}{SUFFIX}", f"{call.base_url}/datasets/{slug}"))


def draft_package(call: Call, slug: str) -> Shown | None:
    """Give the draft of a dataset as a package; None: it has none, or the caller does not see it."""
    query = select(Dataset, Draft).join(Draft, Draft.dataset_id == Dataset.id).where(Dataset.slug == slug)
    for dataset, draft in call.session.execute(query):
        if sees_drafts(call.by, dataset.publisher_id):
            return _package(call, dataset, draft)
    return None


def draft_entries(call: Call) -> list[Entry]:
    """Give the drafts that the caller sees, as searches see packages."""
    query = select(Dataset, Draft).join(Draft, Draft.dataset_id == Dataset.id).order_by(Dataset.slug)
    return [_entry(call, dataset, draft) for dataset, draft in _seen_rows(call, query)]


def missing(call: Call, dataset: Dataset, draft: Draft) -> list[str]:
    """Give what keeps a draft from the public, sentence by sentence."""
    found = [one.in_language("en") for one in releasing.obstacles(call.session, dataset, draft, by=call.by)]
    return found or ["It has to be submitted and approved."]


def _seen(call: Call, query: Any) -> Iterator[str]:  # Any: a select
    return (slug for (slug,) in _seen_rows(call, query))


def _seen_rows(call: Call, query: Any) -> Iterator[Any]:  # Any: a select; rows
    """Give the rows of a query about datasets whose drafts the caller sees."""
    if call.by.kind is ActorKind.NOBODY:
        return iter(())
    if call.by.portal_admin:
        publishers = set(call.session.scalars(select(Dataset.publisher_id).distinct()))
    else:
        publishers = set(call.by.roles)
    seen = [publisher_id for publisher_id in publishers if sees_drafts(call.by, publisher_id)]
    return iter(call.session.execute(query.where(Dataset.publisher_id.in_(seen))) if seen else ())


def _package(call: Call, dataset: Dataset, draft: Draft) -> Shown:
    lacking = missing(call, dataset, draft)
    facts = PackageFacts(
        dataset=dataset,
        publisher=dataset.publisher,
        descriptor=draft.descriptor,
        state="draft",
        version=dataset.current_version.number
        if dataset.current_version and dataset.state == State.PUBLISHED
        else None,
        created=dataset.issued_at or draft.created_at,
        modified=draft.updated_at,
        more={
            "draft_missing": "\n".join(lacking),
            "draft_url": f"{call.base_url}/api/v1/datasets/{dataset.slug}/draft",
        },
    )
    return {
        **package_object(facts, _resources(call, dataset, draft), call.base_url),
        "message": "Not public as shown here. " + " ".join(lacking),
    }


def _resources(call: Call, dataset: Dataset, draft: Draft) -> list[Shown]:
    described = enumerate(draft.descriptor["resources"])
    return [_resource(call, dataset, draft, one) | {"position": position} for position, one in described]


def _resource(call: Call, dataset: Dataset, draft: Draft, described: Shown) -> Shown:
    name, moment = described["name"], plain_time(draft.updated_at)
    source = draft.sources.get(name)
    own_id = table_id(call, dataset.slug, name)
    return {
        "id": own_id,
        "package_id": package_id(call, dataset.slug),
        "name": f"{described.get('title') or name} ({TITLES[TABLE_FORMAT]})",
        "description": described.get("description", ""),
        "format": format_name(TABLE_FORMAT),
        "url": f"{call.base_url}/api/v1/datasets/{dataset.slug}/draft/preview/{name}{SUFFIX}",
        "url_type": "upload" if source else "datastore",
        "mimetype": "text/csv",
        "mimetype_inner": None,
        "size": None,
        "hash": f"sha256:{source}" if source else "",
        "created": plain_time(draft.created_at),
        "last_modified": moment,
        "metadata_modified": moment,
        "resource_type": "file",
        "state": "draft",
        "cache_url": None,
        "cache_last_updated": None,
        "datastore_active": own_id in call.catalogue.resources,
        "table": name,
        "rows": draft.deliveries.get(name, {}).get("rows") if source else 0,
    }


def _entry(call: Call, dataset: Dataset, draft: Draft) -> Entry:
    descriptor = draft.descriptor
    licence = licence_or_none(descriptor)
    summary = {
        **{key: descriptor.get(key) or "" for key in ("title", "description")},
        **{key: descriptor.get(key) for key in ("translations", "keywords", "family")},
        "name": dataset.slug,
        "theme": themes_of(descriptor),
        "spatial": descriptor.get("dcat", {}).get("spatial"),
        "version": "",
        "publisher": dataset.publisher.slug,
        "licence": licence.code if licence else "",
        "tables": [{"name": name} for name in draft.sources],
    }
    moments = dataset.issued_at or draft.created_at, draft.updated_at
    return entry_of(summary, *moments, dataset.publisher.name_de, call.base_url, state="draft")
