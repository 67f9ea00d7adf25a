"""Whether the log is as it was written: every event recomputed, from the first to the end.

What the chain cannot show alone is that somebody with the right to write rewrote it from some event to the end.
Against that an operator notes the digest of the last event somewhere else (`portal events verify` prints it) and
asks later whether it still stands in the chain (`--noted`).
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.events.chain import GENESIS, THE_HEAD, ChainHead, link_digest
from portal.events.log import Event
from portal.foundation.text import LangString

_BATCH = 1_000
"""Events held in memory at a time."""


@dataclass(frozen=True)
class BrokenLink:
    """The first place where the chain does not hold."""

    event_id: int | None
    """None: the end, or a noted digest, is missing."""
    reason: LangString


@dataclass(frozen=True)
class Verified:
    """What a look over the whole chain found."""

    events: int
    """How many events hold."""
    head: str
    """Digest of the last one of them."""
    broken: BrokenLink | None


def verify_chain(session: Session, *, noted: Collection[str] = ()) -> Verified:
    """Recompute the whole chain; *noted* digests must stand in it. Events appended meanwhile do no harm."""
    head = session.scalar(select(ChainHead.digest).where(ChainHead.id == THE_HEAD))
    unseen = {*noted, head} - {GENESIS}
    previous, count = GENESIS, 0
    for event in session.scalars(select(Event).order_by(Event.id).execution_options(yield_per=_BATCH)):
        reason = _fault(event, previous)
        if reason is not None:
            return Verified(count, previous, BrokenLink(event.id, reason))
        previous, count = event.digest, count + 1
        unseen.discard(previous)
        session.expunge(event)
    return Verified(count, previous, _missing(head, unseen))


def _fault(event: Event, previous: str) -> LangString | None:
    if event.previous != previous:
        return LangString(
            "Ein Ereignis davor wurde entfernt, eingefügt oder umgestellt.",
            "An event before it was removed, slipped in or moved.",
        )
    told = link_digest(
        previous,
        at=event.at,
        kind=event.kind,
        actor=event.actor,
        dataset=event.dataset,
        version=event.version,
        facts=event.facts,
    )
    if event.digest != told:
        return LangString("Das Ereignis wurde geändert.", "The event was changed.")
    return None


def _missing(head: str | None, unseen: set[str | None]) -> BrokenLink | None:
    if head in unseen:
        return BrokenLink(None, LangString("Am Ende fehlen Ereignisse.", "Events are missing at the end."))
    if unseen:
        named = ", ".join(sorted(str(digest) for digest in unseen))
        return BrokenLink(
            None,
            LangString(
                f"Notiert, aber nicht in der Kette: {named}. Sie wurde neu geschrieben.",
                f"Noted, but not in the chain: {named}. It was written anew.",
            ),
        )
    return None
