"""Actions that change packages: each makes or edits the one draft of a dataset, and releases it where that is possible.

package_create           a dataset and its first draft
package_update, _patch   the metadata of the draft, tables taken out; _update replaces all, _patch what is given
package_delete           withdraws what is public; throws away what never was
"""

from sqlalchemy import select

from portal.catalogue.dataset import Dataset, State
from portal.curation.opening import start_dataset
from portal.curation.releasing import hold_back
from portal.curation.submitting import discard_draft
from portal.foundation.db import transaction
from portal.foundation.errors import Conflict
from portal.foundation.text import LangString
from portal.publishing.folder import is_name
from portal.publishing.withdrawal import restore, withdraw
from portal.web.ckan.arguments import refuse
from portal.web.ckan.calls import Call, WritingCall, no_dataset
from portal.web.ckan.datasets import shown_package
from portal.web.ckan.drafts import find_name
from portal.web.ckan.extras import patch_between
from portal.web.ckan.finishing import finished_package
from portal.web.ckan.incoming import is_link, is_waiting, read_incoming
from portal.web.ckan.package_edits import (
    LINKS,
    announce_all,
    find_organization,
    plain_package,
    replace_package,
    told_by_field,
)
from portal.web.ckan.package_object import Shown, own_facts

_REASON = LangString("Über die CKAN-Schnittstelle zurückgezogen.", "Withdrawn through the CKAN interface.")


def package_create(call: WritingCall) -> Shown:
    """Begin a dataset: its first draft, from what a package says."""
    package = call.arguments.values
    name = call.arguments.needed("name")
    if not is_name(name):
        refuse("name", "Must be 1 to 100 of a-z, 0-9, - and _, a letter or digit first", "geht so nicht")
    with call.looking() as look:
        publisher = find_organization(look, package)
        incoming = read_incoming(package, {}, own_facts(publisher, name, None, call.base_url))
    with transaction(call.portal.engine) as session, told_by_field():
        patch = patch_between({}, {path: value for path, value in incoming.places.items() if value})
        try:
            draft = start_dataset(session, slug=name, publisher=publisher.slug, metadata=patch, by=call.by, at=call.at)
        except Conflict:
            refuse("name", "That URL is already in use.", "Diese URL wird schon benutzt.")
        if incoming.held is not None:
            hold_back(session, session.get_one(Dataset, draft.dataset_id), incoming.held, by=call.by, at=call.at)
    announce_all(call, name, incoming.resources)
    links = any(is_link(one, {}) and not is_waiting(one, {}) for one in incoming.resources)
    return finished_package(call, name, *([LINKS] if links else []))


def package_update(call: WritingCall) -> Shown:
    """Replace what a dataset says by a package: what is not given is emptied, tables too."""
    with call.looking() as look:
        slug = find_name(look, call.arguments.needed("id", "name"))
    return replace_package(call, slug, call.arguments.values)


def package_patch(call: WritingCall) -> Shown:
    """Change those keys of a package that are given; `state: active` alone brings a withdrawn one back as it was."""
    given = {key: value for key, value in call.arguments.values.items() if key != "id"}
    with call.looking() as look:
        slug = find_name(look, call.arguments.needed("id", "name"))
        comes_back = given == {"state": "active"} and _state_of(look, slug) == State.WITHDRAWN
        shown = {} if comes_back else shown_package(look, slug)
    if comes_back:
        restore(call.portal.engine, slug, by=call.by, at=call.at)
        with call.looking() as look:
            return shown_package(look, slug)
    return replace_package(call, slug, {**plain_package(shown), **given})


def package_delete(call: WritingCall) -> None:
    """Withdraw a dataset: its addresses say so, nothing is lost; what was never public is thrown away with its draft."""
    with call.looking() as look:
        slug = find_name(look, call.arguments.needed("id", "name"))
        state = _state_of(look, slug)
    if state == State.WITHDRAWN:
        raise no_dataset()
    if state == State.UNPUBLISHED:
        discard_draft(call.portal.engine, slug, revision=None, by=call.by, at=call.at)
        return
    text = call.arguments.text("reason")
    withdraw(call.portal.engine, slug, reason=LangString(text) if text else _REASON, by=call.by, at=call.at)


def _state_of(call: Call, slug: str) -> str:
    return call.session.scalars(select(Dataset.state).where(Dataset.slug == slug)).one()
