"""Looking after publishers: making one, changing what is said about it, switching four eyes."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, require
from portal.catalogue.publisher import Publisher
from portal.events.changes import changes
from portal.events.log import Kind, record
from portal.foundation.db import add_if_new
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.foundation.text import LangString, is_web_address, slugify
from portal.vocabularies.concepts import concept
from portal.vocabularies.licences import licence


def add_publisher(
    session: Session, *, slug: str, name_de: str, name_en: str | None = None, by: Actor, at: datetime
) -> Publisher:
    """Make a publisher without datasets and members; four eyes are on.

    Raises:
        Forbidden: *by* is not portal administrator.
        InvalidInput: the slug or the name does not do.
        Conflict: the slug is taken.
    """
    require(by, Action.MANAGE_PORTAL, None)
    if slug != slugify(slug) or not 1 <= len(slug) <= 100:
        raise InvalidInput(
            f"{slug!r} is no slug: 1 to 100 of a-z, 0-9 and single hyphens.",
            detail_de=f"{slug!r} ist kein Slug: 1 bis 100 aus a-z, 0-9 und einzelnen Bindestrichen.",
        )
    if session.scalar(select(Publisher).where(Publisher.slug == slug)) is not None:
        raise _taken(slug)
    publisher = Publisher(slug=slug, contact={}, four_eyes=True)
    _change(publisher, {"name_de": name_de, "name_en": name_en})
    if not add_if_new(session, publisher):
        raise _taken(slug)
    record(session, Kind.PUBLISHER_ADDED, at=at, actor=by.label, publisher=slug, name_de=name_de, name_en=name_en)
    return publisher


def _taken(slug: str) -> Conflict:
    return Conflict(f"There is a publisher {slug!r} already.", detail_de=f"Den Herausgeber {slug!r} gibt es schon.")


def edit_publisher(
    session: Session, publisher: Publisher, *, facts: Mapping[str, object], by: Actor, at: datetime
) -> None:
    """Change what is said about a publisher; the log keeps every fact before and after.

    Raises:
        Forbidden: *by* does not administer it.
        InvalidInput: there is no such fact, or a value does not do.
    """
    require(by, Action.MANAGE_PUBLISHER, publisher.id)
    before = _facts(publisher)
    _change(publisher, facts)
    session.flush()
    changed = changes(before, _facts(publisher))
    if changed:
        record(session, Kind.PUBLISHER_EDITED, at=at, actor=by.label, publisher=publisher.slug, changes=changed)


def switch_four_eyes(session: Session, publisher: Publisher, four_eyes: bool, *, by: Actor, at: datetime) -> None:
    """Say whether an approver must be another person than the submitter; everyone can see that it was switched.

    Raises:
        Forbidden: *by* does not administer the publisher.
    """
    require(by, Action.MANAGE_PUBLISHER, publisher.id)
    if publisher.four_eyes is not four_eyes:
        publisher.four_eyes = four_eyes
        session.flush()
        record(session, Kind.FOUR_EYES_SWITCHED, at=at, actor=by.label, publisher=publisher.slug, four_eyes=four_eyes)


def find_publisher(session: Session, slug: str) -> Publisher:
    """Give the publisher with a slug.

    Raises:
        NotFound: there is none.
    """
    publisher = session.scalar(select(Publisher).where(Publisher.slug == slug))
    if publisher is None:
        raise NotFound(
            f"There is no publisher {slug[:100]!r}.", detail_de=f"Es gibt keinen Herausgeber {slug[:100]!r}."
        )
    return publisher


def _change(publisher: Publisher, facts: Mapping[str, object]) -> None:
    for name, value in facts.items():
        check = _CHECKS.get(name)
        if check is None:
            raise InvalidInput(f"A publisher has no {name!r}.", detail_de=f"Ein Herausgeber hat kein {name!r}.")
        check(name, value)
        setattr(publisher, name, value)


def _named(name: str, value: object) -> None:
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= 500:
        raise _unfit(name, value, LangString("1 bis 500 Zeichen", "1 to 500 characters"))


def _named_or_none(name: str, value: object) -> None:
    if value is not None:
        _named(name, value)


def _kind(_: str, value: object) -> None:
    if value is not None:
        concept("publisher-type", str(value))


def _licence(_: str, value: object) -> None:
    if value is not None:
        licence(str(value))


def _address(name: str, value: object) -> None:
    if value is not None and not (len(str(value)) <= 2_000 and is_web_address(str(value))):
        raise _unfit(name, value, LangString("eine Web-Adresse", "a web address"))


def _contact(name: str, value: object) -> None:
    if not isinstance(value, Mapping) or not set(value) <= {"name", "email", "url"}:
        raise _unfit(name, value, LangString("name, email, url", "name, email, url"))
    if "name" in value:
        _named(name, value["name"])
    if "url" in value:
        _address(name, value["url"])
    if "email" in value and not _MAIL_ADDRESS.fullmatch(str(value["email"])):
        raise _unfit(name, value["email"], LangString("eine Mail-Adresse", "a mail address"))


_MAIL_ADDRESS = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,250}")

_CHECKS: dict[str, Callable[[str, object], None]] = {
    "name_de": _named,
    "name_en": _named_or_none,
    "type_code": _kind,
    "homepage": _address,
    "contact": _contact,
    "default_licence": _licence,
    "logo_url": _address,
}
"""What an edit may change ↔ what the value must be; the slug stands in addresses and never changes."""


def _facts(publisher: Publisher) -> dict[str, object]:
    return {name: getattr(publisher, name) for name in _CHECKS}


def _unfit(name: str, value: object, wanted: LangString) -> InvalidInput:
    shown = str(value)[:100]
    return InvalidInput(
        f"{name} must be {wanted.en}, not {shown!r}.", detail_de=f"{name} muss {wanted.de} sein, nicht {shown!r}."
    )


def publishers(session: Session) -> list[Publisher]:
    """Give all publishers by slug."""
    return list(session.scalars(select(Publisher).order_by(Publisher.slug)))
