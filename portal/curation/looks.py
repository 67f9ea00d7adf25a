"""Looks at a draft as it would be released: made once, kept in the drafts' store, obsolete with the next change.

    kind          who asks                        gives                                        made by
    preview       reads drafts                    every file that would be published           portal.curation.previewing
    comparison    reads drafts                    what differs from what is public             portal.curation.comparing
    scan          decides on personal data        what looks personal and is not decided on    portal.curation.deciding

Each reads the whole of the draft's tables. Of a small draft that is done while somebody waits, of a large one it is a job
(portal.curation.ordering), after whose end the same address answers at once.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, may
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft
from portal.catalogue.look import DraftLook
from portal.catalogue.reading import files_of
from portal.curation.details import quotes_data, veiled_error
from portal.curation.finding import find_draft
from portal.curation.merging import Described
from portal.foundation.db import transaction
from portal.foundation.errors import InvalidDataset
from portal.jobs.job import JobKind
from portal.publishing.builder import BUILDER
from portal.publishing.publishers import facts_in_files
from portal.publishing.told_problems import keep_told
from portal.store.local import LocalStore

NEEDED = {
    JobKind.PREVIEW: Action.READ_DRAFT,
    JobKind.COMPARISON: Action.READ_DRAFT,
    JobKind.SCAN: Action.DECIDE_PRIVACY,
}
"""Kind of a look ↔ what one must be allowed to do."""

STEPS = {
    JobKind.PREVIEW: ("check", "build", "keep"),
    JobKind.COMPARISON: ("check", "compare", "keep"),
    JobKind.SCAN: ("check", "keep"),
}
"""Kind of a look ↔ what it goes through."""

ADDRESSES = {JobKind.PREVIEW: "preview", JobKind.COMPARISON: "changes", JobKind.SCAN: "privacy"}
"""Kind of a look ↔ where below the draft it is answered."""

OnStep = Callable[[str, int | None], None]
"""Told each step as it begins, and the rows that were read by then."""


@dataclass(frozen=True)
class Asked:
    """A draft that somebody wants to see, as it is now."""

    kind: JobKind
    dataset: Dataset
    draft: Draft
    publisher: str
    """Name that stands for the persons who decided on personal data."""
    told: Described | None = None
    """What was kept; None: nobody has looked since it changed."""

    @property
    def basis(self) -> str:
        """Digest of what is looked at, and of who builds; the same as long as the same would be seen."""
        draft, public = self.draft, self.dataset.current_version_id
        said = facts_in_files(self.dataset.publisher)
        facts = [BUILDER, draft.content_digest, draft.notes, said, public]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def asked(session: Session, drafts: LocalStore, slug: str, kind: JobKind, *, by: Actor) -> Asked:
    """Give the draft of a dataset, and what is kept of the last look at it.

    Raises:
        NotFound: there is no such dataset or draft.
        Forbidden: *by* may not see it so.
    """
    dataset, draft = find_draft(session, slug, by=by, action=NEEDED[kind])
    new = Asked(kind, dataset, draft, dataset.publisher.name.de)
    kept = session.get(DraftLook, (draft.id, kind))
    if kept is None or kept.basis != new.basis or not all(map(drafts.has, (kept.told, *kept.blobs))):
        return new
    return replace(new, told=json.loads(drafts.read(kept.told)))


def keep(engine: Engine, drafts: LocalStore, look: Asked, told: Described, blobs: Iterable[str] = ()) -> None:
    """Keep what was told of a draft, unless it has changed meanwhile; *blobs* are the files in the store it tells of."""
    digest = keep_told(drafts, told)
    with transaction(engine) as session:
        draft = session.get(Draft, look.draft.id, with_for_update=True)
        if draft is not None and draft.content_digest == look.draft.content_digest:
            session.merge(
                DraftLook(draft_id=draft.id, kind=look.kind, basis=look.basis, told=digest, blobs=sorted(set(blobs)))
            )


def look_bytes(session: Session, drafts: LocalStore, look: Asked) -> int:
    """Give the bytes that have to be read for a look: the draft's tables, and those they are held against."""
    public = look.dataset.current_version_id if look.kind is JobKind.COMPARISON else None
    beside = [file.size_bytes for file in files_of(session, public) if file.format == "csv"] if public else []
    return sum(beside) + source_bytes(drafts, look.draft)


def source_bytes(drafts: LocalStore, draft: Draft) -> int:
    """Give the bytes of a draft's tables, as they were delivered."""
    paths = map(drafts.path, draft.sources.values())
    return sum(path.stat().st_size for path in paths if path.is_file())


@contextmanager
def told_to(by: Actor, publisher_id: int) -> Iterator[None]:
    """Tell what is wrong with a draft whole to who decides on personal data, to others without what quotes it.

    Raises:
        InvalidDataset: as the block did.
    """
    try:
        yield
    except InvalidDataset as error:
        if may(by, Action.DECIDE_PRIVACY, publisher_id) or not quotes_data(error):
            raise
        raise veiled_error(error) from None


def unwatched(_step: str, _rows: int | None) -> None:
    """Tell nobody how far a look is."""
