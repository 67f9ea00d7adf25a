"""Saving a combination, and taking it away.

A combination is saved only if its answer may be published: the portal would publish it. What a reader asks for alone (`join=`)
is answered in any case, and says so (docs/adr/0025).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, require
from portal.catalogue.combination import SavedCombination, latest_combination, public_combination
from portal.catalogue.publishers import find_publisher
from portal.events.log import Kind, record
from portal.exports.chosen import NAMING
from portal.exports.formats import FORMATS, TableFormat
from portal.foundation.errors import Conflict, InvalidInput, LicencesClash
from portal.foundation.text import LangString, slugify
from portal.publishing.joining.finding import Finder
from portal.publishing.joining.joined import Joined
from portal.rows.parameters import RESERVED, read_query
from portal.vocabularies.combining import Verdict

NOT_SAVED = ("after", "count", "format", "version", "versions", "join")
"""Parameters of a row query that belong to the one who asks, or are said otherwise."""
_MAX_QUERY_CHARACTERS = 4_000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be saved."""

    publisher: str
    title: LangString
    description: LangString
    dataset: str
    table: str
    join: str
    query: Mapping[str, str]


@dataclass(frozen=True)
class Saved:
    """What saving left."""

    saved: SavedCombination
    joined: Joined
    """What it means today."""
    is_new: bool
    """A first or further revision; the same again makes none."""


Look = Callable[[SavedCombination | None], None]
"""Is shown what is saved under a name, None for nothing, before it is replaced or removed; it may refuse."""


def save_combination(
    session: Session, finder: Finder, slug: str, wanted: Wanted, *, look: Look, by: Actor, at: datetime
) -> Saved:
    """Save a combination under *slug*; the same again changes nothing.

    Raises:
        Forbidden: *by* saves no combinations for the publisher, or for the one whose combination this is.
        InvalidInput: the slug does not do, or the question is not understood.
        NotFound: there is no such publisher, dataset or table.
        Gone: a dataset was withdrawn.
        LicencesClash: the result may not be published under any licence.
        Conflict: somebody else saved it at the same moment.
        Outdated: *look* expected another.
    """
    publisher = find_publisher(session, wanted.publisher)
    require(by, Action.SAVE_COMBINATION, publisher.id)
    latest = latest_combination(session, slug)
    if latest is not None:
        require(by, Action.SAVE_COMBINATION, latest.publisher_id)
    look(latest if latest is not None and latest.removed_at is None else None)
    if slug != slugify(slug) or not 1 <= len(slug) <= 100:
        raise InvalidInput(
            f"{slug[:100]!r} is no slug: 1 to 100 of a-z, 0-9 and single hyphens.",
            detail_de=f"{slug[:100]!r} ist kein Slug: 1 bis 100 aus a-z, 0-9 und einzelnen Bindestrichen.",
        )
    joined = _checked(finder, wanted)
    saved = SavedCombination(
        slug=slug,
        revision=latest.revision + 1 if latest else 1,
        publisher_id=publisher.id,
        title_de=wanted.title.de,
        title_en=wanted.title.en,
        description_de=wanted.description.de,
        description_en=wanted.description.en,
        dataset=wanted.dataset,
        table_name=wanted.table,
        join=wanted.join,
        query=dict(wanted.query),
        versions=joined.versions,
        uses=_uses(joined),
        saved_at=at,
        saved_by=by.label,
    )
    if latest is not None and latest.removed_at is None and _facts(latest) == _facts(saved):
        return Saved(latest, joined, is_new=False)
    session.add(saved)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict(
            f"Somebody else saved {slug!r} at the same moment; please look at it again.",
            detail_de=f"Jemand anderes hat {slug!r} im selben Augenblick gespeichert; bitte neu ansehen.",
        ) from None
    record(
        session, Kind.COMBINATION_SAVED, at=at, actor=by.label, combination=slug, revision=saved.revision, publisher=publisher.slug
    )  # fmt: skip
    session.refresh(saved)
    return Saved(saved, joined, is_new=True)


def remove_combination(session: Session, slug: str, *, look: Look, by: Actor, at: datetime) -> None:
    """Take a combination away: its address says that it is gone; nothing is deleted.

    Raises:
        NotFound: there is none.
        Gone: it was removed before.
        Forbidden: *by* saves no combinations for its publisher.
        Outdated: *look* expected another.
    """
    found = public_combination(session, slug)
    require(by, Action.SAVE_COMBINATION, found.publisher_id)
    look(found)
    found.removed_at = at
    session.flush()
    record(session, Kind.COMBINATION_REMOVED, at=at, actor=by.label, combination=slug, publisher=found.publisher.slug)


def _checked(finder: Finder, wanted: Wanted) -> Joined:
    reserved = sorted(set(wanted.query) & set(NOT_SAVED))
    if reserved or sum(len(name) + len(text) for name, text in wanted.query.items()) > _MAX_QUERY_CHARACTERS:
        listed = ", ".join(name for name in RESERVED if name not in NOT_SAVED)
        raise InvalidInput(
            f"query: conditions on columns, and {listed}; {_MAX_QUERY_CHARACTERS} characters in all.",
            detail_de=f"query: Bedingungen an Spalten, und {listed}; zusammen {_MAX_QUERY_CHARACTERS} Zeichen.",
            parameter=", ".join(reserved) or "query",
        )
    joined = finder.find(wanted.dataset, wanted.table, wanted.join)
    read_query(wanted.query, joined.schema, joined.physical)
    refuse_clash(joined)
    return joined


def _uses(joined: Joined) -> str:
    """List the datasets and tables that go in, each between blanks."""
    tables = (f"{part.dataset}/{part.table}" for part in joined.parts)
    return f" {' '.join(dict.fromkeys((*joined.versions, *tables)))} "


def forms_of(saved: SavedCombination, joined: Joined) -> tuple[TableFormat, ...]:
    """Give the formats that a combination comes in: groups are no rows, so they have no IRIs."""
    grouped = read_query(saved.query, joined.schema, joined.physical).is_grouped
    return tuple(form for form in FORMATS if not (grouped and form.name in NAMING))


def refuse_clash(joined: Joined, **facts: str) -> None:
    """Refuse what may not be published; *facts* say where there is something that may.

    Raises:
        LicencesClash: no licence allows it.
    """
    if joined.lineage.answer is Verdict.NO:
        summary = joined.lineage.summary
        raise LicencesClash(
            summary.in_language("en"),
            detail_de=summary.de,
            licences=[one.code for one in joined.lineage.combination.parts],
            reasons=[one.sentence.as_dict() for one in joined.lineage.combination.reasons],
            **facts,
        )


def _facts(one: SavedCombination) -> list[object]:
    return [
        one.publisher_id, one.title, one.description, one.dataset, one.table_name, one.join, one.query
    ]  # fmt: skip
