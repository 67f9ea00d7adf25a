"""Actions that change resources: a file that is sent becomes a table of the draft, or replaces one; without a file and a
link a table is announced, which datastore_create gives columns and rows.

One table is one resource to those who write: the one of its CSV file, with `datastore_active`. The other files are made
from it. A link is refused: the portal fetches nothing from foreign addresses.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any

from portal.accounts.permissions import Action
from portal.curation.delivering import deliver
from portal.curation.finding import curated_dataset, draft_or_public
from portal.curation.received import Upload
from portal.foundation.errors import InvalidDataset, InvalidInput
from portal.web.ckan.arguments import refuse
from portal.web.ckan.calls import WritingCall
from portal.web.ckan.datasets import resource_of
from portal.web.ckan.drafts import find_name, find_table, table_id
from portal.web.ckan.finishing import finish, settle
from portal.web.ckan.incoming import NO_LINK
from portal.web.ckan.incoming_lists import plain
from portal.web.ckan.package_edits import announce, describe, edit, table_name
from portal.web.ckan.package_object import Shown

_READ = frozenset(("id", "package_id", "name", "description", "url", "accept", "columns"))
_PASSED_OVER = frozenset(
    (
        "url_type", "mimetype", "mimetype_inner", "size", "hash", "created", "last_modified", "metadata_modified",
        "format", "position", "resource_type", "state", "cache_url", "cache_last_updated", "datastore_active", "table",
        "rows", "clear_upload", "message", "revision_id", "upload",
    )
)  # fmt: skip
"""What follows from the file itself."""


def resource_create(call: WritingCall) -> Shown:
    """Add a table to a dataset, from the file in `upload`; without one it waits for its columns and rows."""
    values = _known(call)
    with call.looking() as look:
        slug = find_name(look, call.arguments.needed("package_id"))
        curated_dataset(look.session, slug, Action.EDIT_DRAFT, by=call.by)
        _, basis = draft_or_public(look.session, slug, by=call.by)
        known = {one["name"] for one in basis.descriptor["resources"]}
    if call.file is None and plain(values, "url") not in NO_LINK:
        refuse(
            "upload",
            "Missing value: links are not fetched, send the file",
            "die Datei fehlt; Adressen werden nicht abgerufen",
        )
    table = table_name(values, PurePath(call.file.filename).stem if call.file else slug)
    if table in known:
        refuse("name", f"There is a table {table!r} already; resource_update replaces it", "die Tabelle gibt es schon")
    if call.file is None:
        announce(call, slug, table)
    return _changed(call, slug, table, values)


def resource_update(call: WritingCall) -> Shown:
    """Replace a table by the file in `upload`, or change its title and description."""
    values = _known(call)
    with call.looking() as look:
        slug, table = find_table(look, call.arguments.needed("id"))
        url = _url_of(look.arguments.values, table)
    if url and call.file is None:
        refuse("url", "Links are not fetched; send the file as `upload`", "Adressen werden nicht abgerufen")
    return _changed(call, slug, table, values)


def resource_patch(call: WritingCall) -> Shown:
    """Replace a table by the file in `upload`, or change its title and description."""
    return resource_update(call)


def resource_delete(call: WritingCall) -> Shown:
    """Take a table out of its dataset; the answer's state is `deleted` once the public does not see it any more."""
    with call.looking() as look:
        slug, table = find_table(look, call.arguments.needed("id"))
    edit(call, slug, {}, [table])
    finished = finish(call, slug)
    answer = {"id": call.arguments.text("id")}
    return finished.as_dict(answer) if finished.missing else {**answer, "state": "deleted"}


def refuse_unknown(resource: Mapping[str, Any]) -> None:  # Any: JSON
    """Refuse keys that no resource has here."""
    for key in resource:
        if key not in _READ | _PASSED_OVER:
            refuse(key[:80], "This is no key of a resource here", "diesen Schlüssel hat eine Ressource hier nicht")


@contextmanager
def told_by_file(key: str) -> Iterator[None]:
    """Tell what is wrong in a file, finding by finding, under one key."""
    try:
        yield
    except InvalidDataset as error:
        found = error.facts.get("findings")
        told = (
            [_told(one) for one in found if one.get("severity", "error") == "error"] if isinstance(found, list) else []
        )
        english = error.detail.in_language("en")
        raise InvalidInput(english, detail_de=error.detail.de, fields={key: told[:50] or [english]}) from None


def _told(finding: Mapping[str, Any]) -> str:  # Any: JSON
    place = ", ".join(f"{key} {finding[key]}" for key in ("row", "column") if finding.get(key))
    message = finding["message"]
    remedy = finding.get("remedy")
    accept = f" (accept={finding['code']})" if remedy else ""
    return f"{place}{': ' if place else ''}{message.get('en') or message['de']}{accept}"


def _known(call: WritingCall) -> Mapping[str, Any]:  # Any: JSON
    refuse_unknown(call.arguments.values)
    return call.arguments.values


def _url_of(values: Mapping[str, Any], table: str) -> str:  # Any: JSON
    """Give the link that a resource is to become; empty: it is what it was, or nothing."""
    url = plain(values, "url")
    return "" if url in NO_LINK or url.endswith(f"/{table}.csv") else url


def _changed(call: WritingCall, slug: str, table: str, values: Mapping[str, Any]) -> Shown:  # Any: JSON
    portal = call.portal
    settle(call, slug)
    if call.file is not None:
        with told_by_file("upload"):
            upload = Upload(
                path=call.file.path,
                filename=call.file.filename,
                accepted=call.arguments.items("accept"),
                new_schema=call.arguments.text("columns") == "file",
            )
            deliver(portal.engine, portal.store, portal.drafts, slug, table, upload, by=call.by, at=call.at)
    describe(call, slug, table, values)
    with call.looking() as look:
        own_id = table_id(look, slug, table)
    finished = finish(call, slug)
    return finished.as_dict(resource_of(finished.package, own_id) or {"id": own_id})
