"""The question that a saved combination is, asked of the versions of today or of those that an address names."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from flask import Response, jsonify

from portal.catalogue.combination import SavedCombination, public_combination, public_combinations
from portal.foundation.db import reading
from portal.foundation.errors import Conflict, InvalidInput, NotFound, PortalError
from portal.foundation.numbers import whole_number
from portal.publishing.combinations import refuse_clash
from portal.publishing.joining.files import pins
from portal.publishing.joining.joined import Joined
from portal.rows.parameters import read_query
from portal.web.combination_objects import combination_object, combinations_url
from portal.web.context import portal, served_tables
from portal.web.row_answers import Asked
from portal.web.row_pins import read_pins
from portal.web.served_tables import ServedTable

_OF_THE_READER = ("limit", "after", "count")


@dataclass(frozen=True)
class FoundCombination:
    """A saved combination, and the joined table that it means in the versions asked for."""

    saved: SavedCombination
    served: ServedTable
    joined: Joined
    given: Mapping[str, str]
    """What was said at the address."""

    @property
    def modified_at(self) -> datetime:
        return max(self.joined.modified_at, self.saved.saved_at)

    @property
    def pinned(self) -> bool:
        """Revision and all versions are said: the answer never changes."""
        named = read_pins("", self.given) if "versions" in self.given else {}
        return "revision" in self.given and named.keys() >= self.served.versions.keys()

    def asked(self, **more: str) -> Asked:
        """Give the question about its rows; *more* are parameters that come on top."""
        saved = self.saved
        own = {name: self.given[name] for name in _OF_THE_READER if name in self.given}
        return Asked(
            served=self.served,
            question={**saved.query, **own, **more},
            path=f"/api/v1/combinations/{saved.slug}/rows",
            given={**self.given, "revision": str(saved.revision)},
            pinned=self.pinned,
            name=f"{saved.slug}_r{saved.revision}",
            told={"combination": saved.slug, "revision": saved.revision},
        )


def find_combination(slug: str, given: Mapping[str, str]) -> FoundCombination:
    """Find the saved combination that an address means; `revision` and `versions` of what is *given* choose its state.

    Raises:
        NotFound: there is none, or no such revision or version.
        Gone: it was removed, or a dataset was withdrawn.
        LicencesClash: the result may not be published any more.
        Conflict: it does not fit the current versions any more.
        InvalidInput: a parameter is not understood, or it does not fit the versions that are pinned.
    """
    revision = whole_number("revision", given["revision"]) if "revision" in given else None
    versions = read_pins("", given) if "versions" in given else {}
    with reading(portal().engine) as session:
        saved = public_combination(session, slug, revision)
    return meant_by(saved, versions, given)


def meant_by(saved: SavedCombination, versions: Mapping[str, int], given: Mapping[str, str]) -> FoundCombination:
    """Give what *saved* means in the current versions or those that are pinned.

    Raises:
        NotFound, Gone, LicencesClash, Conflict, InvalidInput: as `find_combination`.
    """
    try:
        served = served_tables().find_joined(saved.dataset, saved.table_name, saved.join, versions)
        read_query(saved.query, served.source.schema, served.source.physical)
    except (InvalidInput, NotFound) as error:
        if versions:
            raise
        raise _misfit(saved, error) from None
    if served.joined is None:
        raise AssertionError("a combination is a joined table")
    refuse_clash(served.joined, **({} if versions else _as_saved(saved)))
    return FoundCombination(saved, served, served.joined, given)


def combination_answer(found: FoundCombination) -> Response:
    """Give all that is known of a combination as JSON, with its licence and its date."""
    response = described(found.saved, found.joined)
    response.headers["Link"] = found.served.licence
    response.last_modified = found.modified_at
    return response


def described(saved: SavedCombination, joined: Joined) -> Response:
    """Give the same bare, as it is after a change."""
    return jsonify(combination_object(saved, joined, portal().settings.public_url))


def publishable_combinations() -> list[FoundCombination]:
    """Give every saved combination that is under a licence in its current versions; others cannot be had, or it is unclear."""
    with reading(portal().engine) as session:
        saved = public_combinations(session, dataset=None, offset=0, limit=None)
    found = []
    for one in saved:
        with suppress(PortalError):
            found.append(meant_by(one, {}, {}))
    return [one for one in found if one.joined.lineage.licence is not None]


def _misfit(saved: SavedCombination, error: PortalError) -> Conflict:
    """Give the error for a combination that newer versions have left behind, with the address where it still works."""
    told = _as_saved(saved)
    return Conflict(
        f"The combination {saved.slug!r} does not fit the current versions: {error} As it was saved it is at {told['pinnedUrl']}.",
        detail_de=f"Die Kombination {saved.slug!r} passt nicht zu den heutigen Versionen: {error.detail.de} "
        f"Wie sie gespeichert wurde, gibt es sie unter {told['pinnedUrl']}.",
        **told,
    )


def _as_saved(saved: SavedCombination) -> dict[str, str]:
    """Give the addresses of the state in which a combination was saved: of its rows, and of its page."""
    base_url, query = portal().settings.public_url, f"?revision={saved.revision}&versions={pins(saved.versions)}"
    return {
        "pinnedUrl": f"{combinations_url(base_url)}/{saved.slug}/rows{query}",
        "pinnedPageUrl": f"{base_url}/combinations/{saved.slug}{query}",
    }
