"""`/feed.atom`: what was released, withdrawn and restored, newest first, for feed readers; `?dataset=` for one dataset.

The same log as `/api/v1/events`, without publishers and combinations. Source: RFC 4287; pages: RFC 5005, section 3.
"""

import json
import re
from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.dataset import Dataset, State
from portal.catalogue.version import Version
from portal.events.log import Kind
from portal.events.public import PublicEvent, public_events
from portal.foundation.db import reading
from portal.foundation.errors import InvalidInput
from portal.foundation.numbers import whole_number
from portal.foundation.text import LangString
from portal.web.context import index, portal, reader_language, told
from portal.web.translations import word

feed = Blueprint("feed", __name__)

MEDIA_TYPE = "application/atom+xml"

_ENTRIES = 50

_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold (XML 1.0, 2.2)."""

_KINDS = {
    Kind.VERSION_RELEASED: "version",
    Kind.DATASET_WITHDRAWN: "was_withdrawn",
    Kind.DATASET_RESTORED: "was_restored",
}
"""What the feed tells ↔ the word for it."""


@feed.get("/feed.atom")
def news() -> Response:
    """Give the newest entries; `next` leads to older ones.

    Raises:
        InvalidInput: `dataset` or `before` is not what it should be.
    """
    slug, given = request.args.get("dataset"), request.args.get("before")
    before = whole_number("before", given) if given is not None else None
    if slug is not None and not slug.isprintable():
        raise InvalidInput("dataset is no readable text.", detail_de="dataset ist kein lesbarer Text.")
    with reading(portal().engine) as session:
        found = public_events(session, dataset=slug, before=before, limit=_ENTRIES)
        events = [event for event in found if event.kind in _KINDS and event.dataset]
        titles = _titles(session, {event.dataset for event in events if event.dataset})
    older = found[-1].id if len(found) == _ENTRIES else None
    return Response(_written(events, titles, slug, older), content_type=f"{MEDIA_TYPE}; charset=utf-8")


def _written(events: Sequence[PublicEvent], titles: dict[str, LangString], slug: str | None, older: int | None) -> str:
    settings, language = portal().settings, reader_language()
    base, of_dataset = settings.public_url, {"dataset": slug} if slug else {}
    here = f"{base}/feed.atom" + (f"?{urlencode(of_dataset)}" if slug else "")
    following = f"{base}/feed.atom?{urlencode({**of_dataset, 'before': older})}" if older else None
    changed = events[0].at if events else index().modified_at
    head = (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}"><id>{_xml(here)}</id>'
        f"<title>{_xml(told(LangString(settings.title_de, settings.title_en)))}</title>"
        f"<updated>{changed.isoformat() if changed else '1970-01-01T00:00:00Z'}</updated>"
        f"<author><name>{_xml(told(LangString(settings.operator_name_de, settings.operator_name_en)))}</name></author>"
        f'<link rel="self" type="{MEDIA_TYPE}" href="{_xml(here)}"/>'
        + (f'<link rel="next" type="{MEDIA_TYPE}" href="{_xml(following)}"/>' if following else "")
    )
    entries = "".join(_entry(event, titles, base, language) for event in events)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{entries}</feed>'


def _entry(event: PublicEvent, titles: dict[str, LangString], base: str, language: str) -> str:
    slug = event.dataset or ""
    what = word(_KINDS[event.kind], language) + (f" {event.version}" if event.kind is Kind.VERSION_RELEASED else "")
    page = f"{base}/datasets/{slug}" + (f"/v/{event.version}" if event.kind is Kind.VERSION_RELEASED else "")
    reason = LangString(str(event.facts.get("reason_de", "")), str(event.facts.get("reason_en", "")) or None)
    said = str(event.facts.get("notes", "")) or told(reason)
    title = told(titles.get(slug, LangString(slug)))
    return (
        f"<entry><id>{base}/api/v1/datasets/{slug}/events#{event.id}</id><title>{_xml(f'{title}: {what}')}</title>"
        f'<updated>{event.at.isoformat()}</updated><link rel="alternate" type="text/html" href="{page}"/>'
        f'<link rel="related" type="application/json" href="{base}/api/v1/datasets/{slug}"/>'
        + (f"<summary>{_xml(said)}</summary>" if said else "")
        + "</entry>"
    )


def _titles(session: Session, slugs: set[str]) -> dict[str, LangString]:
    """Give the titles of those that are public; of one that was withdrawn only the reason is told."""
    summaries = session.execute(
        select(Dataset.slug, Version.summary)
        .join(Version, Version.id == Dataset.current_version_id)
        .where(Dataset.slug.in_(slugs), Dataset.state == State.PUBLISHED)
    )
    return {slug: LangString.of(json.loads(summary), "title") for slug, summary in summaries}


def _xml(text: str) -> str:
    return escape(_NO_XML.sub("", text))
