"""The draft of a dataset, edited as a package says: metadata, tables taken out, held back or let go."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from portal.accounts.permissions import Action
from portal.catalogue.dataset import Dataset, State
from portal.catalogue.publisher import Publisher
from portal.curation.announcing import announce_table
from portal.curation.editing import edit_draft, remove_table
from portal.curation.finding import draft_or_public, find_draft
from portal.curation.opening import open_draft
from portal.curation.releasing import hold_back, is_held_back
from portal.foundation.db import transaction
from portal.foundation.errors import InvalidDataset, InvalidInput, Outdated
from portal.foundation.text import slugify
from portal.web.ckan.arguments import refuse
from portal.web.ckan.calls import Call, WritingCall
from portal.web.ckan.drafts import table_id
from portal.web.ckan.extras import Described, patch_between
from portal.web.ckan.finishing import finished_package, settle
from portal.web.ckan.ids import stable_id
from portal.web.ckan.incoming import Incoming, is_link, is_waiting, matched, read_incoming
from portal.web.ckan.incoming_lists import plain
from portal.web.ckan.package_object import Shown, own_facts
from portal.web.ckan.packages import TITLES

LINKS = "The portal fetches nothing: send the file itself with resource_create and `upload`."

_MOST_WAITING = 100
"""Tables that one package announces; each is a change of the draft."""

_PLACES = (
    ("/title", "title"), ("/description", "notes"), ("/keywords", "tags"), ("/licenses", "license_id"),
    ("/dcat/theme", "groups"), ("/name", "name"), ("/resources", "resources"),
)  # fmt: skip
"""Where a finding lies in the descriptor ↔ the key of the package; all other places are extras."""


def find_organization(call: Call, package: Mapping[str, Any]) -> Publisher:  # Any: JSON
    """Give the publisher that `owner_org` names by name or id; an id of another portal is known by `organization`.

    Raises:
        InvalidInput: there is none.
    """
    wanted = plain(package, "owner_org") or refuse("owner_org", "Missing value", "fehlt")
    shown = package.get("organization")
    name = shown.get("name") if isinstance(shown, dict) else None
    publishers = list(call.session.scalars(select(Publisher)))
    named = [one for one in publishers if wanted in (one.slug, stable_id(f"{call.base_url}/id/publisher/{one.slug}"))]
    found = [*named, *(one for one in publishers if one.slug == name)]
    if not found:
        refuse("owner_org", "Organization does not exist", "diesen Herausgeber gibt es nicht")
    return found[0]


def edit(
    call: WritingCall,
    slug: str,
    patch: Described,
    dropped: list[str],
    held: bool | None = None,
    seen: Described | None = None,
) -> None:
    """Put a patch into the draft of a dataset and take tables out of it; one is opened if there is something to do.

    Raises:
        NotFound, Forbidden, IllegalStep: as the services of curation say.
        Outdated: it says something else than *seen* (None: whatever it says).
        InvalidInput: a value does not do; `fields` says of which key.
    """
    parts = call.portal.engine, call.portal.store, call.portal.drafts
    if patch or dropped:
        settle(call, slug)
        open_draft(*parts, slug, by=call.by, at=call.at)
    with transaction(call.portal.engine) as session, told_by_field():
        if patch or dropped:
            _, draft = find_draft(session, slug, by=call.by, action=Action.EDIT_DRAFT)
            _require_seen(draft.descriptor, seen)
            for table in dropped:
                remove_table(session, draft, table, revision=draft.revision, by=call.by, at=call.at)
            if patch:
                edit_draft(session, draft, patch=patch, revision=draft.revision, by=call.by, at=call.at)
        if held is not None:
            dataset = session.scalars(select(Dataset).where(Dataset.slug == slug)).one()
            hold_back(session, dataset, held, by=call.by, at=call.at)


@contextmanager
def told_by_field() -> Iterator[None]:
    """Tell what is wrong in a descriptor under the keys of a package."""
    try:
        yield
    except InvalidDataset as error:
        raise _by_field(error) from None


def _by_field(error: InvalidDataset) -> InvalidInput:
    findings = error.facts.get("findings")
    fields: dict[str, list[str]] = {}
    for one in findings if isinstance(findings, list) else ():
        pointer, message = str(one.get("pointer", "")), one.get("message") or error.detail.as_dict()
        key = next((key for begin, key in _PLACES if pointer.startswith(begin)), "extras")
        fields.setdefault(key, []).append(f"{pointer}: {message.get('en') or message['de']}"[:1_000])
    return InvalidInput(
        error.detail.in_language("en"),
        detail_de=error.detail.de,
        fields=fields or {"__before": [error.detail.in_language("en")]},
    )


def _require_seen(descriptor: Described, seen: Described | None) -> None:
    if seen is not None and descriptor != seen:
        raise Outdated(
            "Somebody else changed the package at the same moment; please try again.",
            detail_de="Jemand anderes hat das Paket im selben Augenblick geändert; bitte noch einmal.",
        )


def replace_package(
    call: WritingCall,
    slug: str,
    package: Mapping[str, Any],  # Any: JSON
    seen: Described | None = None,
) -> Shown:
    """Make a dataset's draft say what a package says, and nothing else; release it if that is possible.

    Raises:
        NotFound, Forbidden, IllegalStep: as the services of curation say.
        Outdated: the dataset says something else than *seen* (None: whatever it says).
        InvalidInput: a key or a value does not do.
    """
    settle(call, slug)
    with call.looking() as look:
        dataset, basis = draft_or_public(look.session, slug, by=call.by)
        _refuse_moving(look, dataset, package)
        before: Described = basis.descriptor
        _require_seen(before, seen)
        public = (
            dataset.current_version.number if dataset.current_version and dataset.state == State.PUBLISHED else None
        )
        incoming = read_incoming(package, before, own_facts(dataset.publisher, slug, public, call.base_url))
        held = incoming.held if incoming.held is not is_held_back(look.session, dataset) else None
        tables = {table_id(look, slug, one["name"]): one["name"] for one in before["resources"]}
    kept, patches, links = _tables(incoming, tables, before)
    patch = patch_between(before, incoming.places)
    if patches:
        patch["resources"] = patches
    edit(call, slug, patch, [name for name in tables.values() if name not in kept], held, seen)
    announce_all(call, slug, incoming.resources)
    return finished_package(call, slug, *([LINKS] if links else []))


def table_name(resource: Mapping[str, Any], otherwise: str) -> str:  # Any: JSON
    """Give the name of the table that a resource is to be."""
    return slugify(plain(resource, "name", of="resources") or otherwise)[:100] or "table"


def announce(call: WritingCall, slug: str, table: str) -> None:
    """Put a table into the draft of a dataset that waits for its columns and rows, unless it is there.

    Raises:
        NotFound, Forbidden, IllegalStep: as the services of curation say.
    """
    settle(call, slug)
    parts = call.portal.engine, call.portal.store, call.portal.drafts
    announce_table(*parts, slug, table, schema=None, source="", by=call.by, at=call.at)


def announce_all(call: WritingCall, slug: str, resources: Sequence[Mapping[str, Any]]) -> None:  # Any: JSON
    """Put the resources of a package that have neither file nor link into the draft, as tables that wait for their rows."""
    with call.looking() as look:
        _, basis = draft_or_public(look.session, slug, by=call.by)
    tables = {one["name"]: one["name"] for one in basis.descriptor["resources"]}
    waiting = [one for one in resources if plain(one, "name", of="resources") and is_waiting(one, tables)]
    if len(waiting) > _MOST_WAITING:
        refuse(
            "resources", f"At most {_MOST_WAITING} without a file or a link", f"höchstens {_MOST_WAITING} ohne Datei"
        )
    for one in waiting:
        table = table_name(one, slug)
        announce(call, slug, table)
        describe(call, slug, table, one)


def describe(call: WritingCall, slug: str, table: str, resource: Mapping[str, Any]) -> None:  # Any: JSON
    """Give a table of a draft the title and the description of a resource, if they are others."""
    with call.looking() as look:
        _, basis = draft_or_public(look.session, slug, by=call.by)
        described: Described = next(one for one in basis.descriptor["resources"] if one["name"] == table)
    change = resource_patch_of(resource, described)
    edit(call, slug, {"resources": [{"name": table, **change}]} if change else {}, [])


def plain_package(shown: Shown) -> Shown:
    """Give a package as it was shown, without what only an answer has."""
    return {key: value for key, value in shown.items() if key not in ("message", "state")}


def _tables(incoming: Incoming, tables: Mapping[str, str], before: Described) -> tuple[set[str], list[Described], bool]:
    """Give the tables that a package keeps, what it changes of them, and whether it has links beside them."""
    described = {one["name"]: one for one in before["resources"]}
    kept: set[str] = set()
    patches: dict[str, Described] = {}
    links = False
    for resource in incoming.resources:
        name = matched(resource, tables)
        if name is None:
            links = links or (is_link(resource, tables) and not is_waiting(resource, tables))
            continue
        kept.add(name)
        if change := resource_patch_of(resource, described[name]):
            patches.setdefault(name, {"name": name}).update(change)
    return kept, list(patches.values()), links


def resource_patch_of(resource: Mapping[str, Any], described: Described) -> Described:  # Any: JSON
    """Give what a resource says of its table that the descriptor does not: title and description."""
    title, before = plain(resource, "name", of="resources"), described.get("title") or described["name"]
    for ending in (f" ({one})" for one in TITLES.values()):
        title = title.removesuffix(ending)
    change: Described = {"title": title} if title not in ("", before, described["name"]) else {}
    if "description" in resource:
        text = plain(resource, "description", of="resources")
        if text != described.get("description", ""):
            change["description"] = text
    return change


def _refuse_moving(call: Call, dataset: Dataset, package: Mapping[str, Any]) -> None:  # Any: JSON
    if package.get("name") not in (None, "", dataset.slug):
        refuse("name", "A name stands in addresses and does not change", "ein Name steht in Adressen und bleibt")
    if package.get("owner_org") and find_organization(call, package).id != dataset.publisher_id:
        refuse("owner_org", "A dataset stays with its organization", "ein Datensatz bleibt bei seinem Herausgeber")
