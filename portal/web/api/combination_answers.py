"""The question that a saved combination is, asked of the versions of today or of those that an address names."""

from collections.abc import Mapping

from portal.catalogue.combination import SavedCombination, public_combination
from portal.foundation.db import reading
from portal.foundation.errors import Conflict, InvalidInput, NotFound, PortalError
from portal.publishing.combinations import refuse_clash
from portal.publishing.joining.files import pins
from portal.publishing.joining.joined import Joined
from portal.rows.parameters import read_query
from portal.web.context import portal, served_tables
from portal.web.row_answers import Asked
from portal.web.row_pins import read_pins
from portal.web.served_tables import ServedTable

_OF_THE_READER = ("limit", "after", "count")
_MAX_REVISION_DIGITS = 9


def asked_of_combination(slug: str, given: Mapping[str, str]) -> Asked:
    """Read what is asked of the rows of a saved combination.

    Raises:
        NotFound: there is none, or no such revision or version.
        Gone: it was removed, or a dataset was withdrawn.
        LicencesClash: the result may not be published any more.
        Conflict: it does not fit the current versions any more.
        InvalidInput: a parameter is not understood.
    """
    revision = _revision(given["revision"]) if "revision" in given else None
    versions = read_pins("", given) if "versions" in given else {}
    with reading(portal().engine) as session:
        saved = public_combination(session, slug, revision)
    served, _ = served_combination(saved, versions)
    question = {**saved.query, **{name: given[name] for name in _OF_THE_READER if name in given}}
    return Asked(
        served=served,
        question=question,
        path=f"/api/v1/combinations/{slug}/rows",
        given={**given, "revision": str(saved.revision)},
        pinned=revision is not None and versions.keys() >= served.versions.keys(),
        name=f"{slug}_r{saved.revision}",
        told={"combination": slug, "revision": saved.revision},
    )


def served_combination(saved: SavedCombination, versions: Mapping[str, int]) -> tuple[ServedTable, Joined]:
    """Give the joined table that a combination means, in the current versions or those that are pinned.

    Raises:
        NotFound: there is no such version.
        Gone: a dataset was withdrawn.
        LicencesClash: the result may not be published any more.
        Conflict: it does not fit the current versions any more.
        InvalidInput: it does not fit the versions that are pinned.
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
    refuse_clash(served.joined)
    return served, served.joined


def _misfit(saved: SavedCombination, error: PortalError) -> Conflict:
    """Give the error for a combination that newer versions have left behind, with the address where it still works."""
    url = f"{portal().settings.public_url}/api/v1/combinations/{saved.slug}/rows"
    pinned = f"{url}?revision={saved.revision}&versions={pins(saved.versions)}"
    return Conflict(
        f"The combination {saved.slug!r} does not fit the current versions: {error} As it was saved it is at {pinned}.",
        detail_de=f"Die Verbindung {saved.slug!r} passt nicht zu den heutigen Versionen: {error.detail.de} "
        f"Wie sie gespeichert wurde, gibt es sie unter {pinned}.",
        pinnedUrl=pinned,
    )


def _revision(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= _MAX_REVISION_DIGITS and int(text)):
        raise InvalidInput(
            "revision: a whole number from 1.", detail_de="revision: eine ganze Zahl ab 1.", parameter="revision"
        )
    return int(text)
