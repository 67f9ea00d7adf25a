"""The one transaction in which a built version becomes public: written, pointed to, logged, its draft gone."""

import hashlib
import json
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from portal.catalogue.catalog import next_generation
from portal.catalogue.dataset import Dataset, Term, TermKind
from portal.catalogue.draft import Draft, DraftState
from portal.catalogue.version import Version
from portal.catalogue.workflow import Step, next_state
from portal.events.log import Kind, record
from portal.foundation.config import Settings
from portal.foundation.errors import (
    Conflict,
)
from portal.foundation.lazily import later
from portal.foundation.text import LangString
from portal.jobs.job import end_job_of_draft
from portal.publishing.builder import built_for
from portal.publishing.documents import Release, summary_document
from portal.publishing.publishers import renew_if_changed

if TYPE_CHECKING:
    from portal.publishing import privacy
    from portal.publishing.build import Derived
else:
    privacy = later("portal.publishing.privacy")


def switch(session: Session, draft: Draft, plan: Release, derived: "Derived", settings: Settings) -> None:
    generation = next_generation(session, at=plan.released_at)
    pending = session.get(Draft, draft.id)
    if pending is None or (pending.revision, pending.content_digest) != (draft.revision, draft.content_digest):
        raise Conflict(
            f"The draft of {plan.slug} was changed, released or taken back while it was built.",
            detail_de=f"Der Entwurf von {plan.slug} wurde beim Bauen geändert, freigegeben oder zurückgenommen.",
        )
    dataset = session.get_one(Dataset, draft.dataset_id)
    is_protected = plan.descriptor != draft.descriptor
    version = Version(
        dataset_id=dataset.id,
        number=plan.number,
        released_at=plan.released_at,
        descriptor=plan.descriptor,
        approved_descriptor=draft.descriptor if is_protected else None,
        content_digest=draft.content_digest,
        licence=plan.licence.code,
        notes=plan.notes,
        built_for=built_for(settings),
        summary=summary_document(plan, settings),
        tables=derived.tables,
        files=derived.files,
    )
    session.add(version)
    renew_if_changed(session, version, plan.publisher, actor=draft.actor, at=plan.released_at)
    session.flush()
    dataset.current_version_id = version.id
    dataset.state = next_state(DraftState(pending.state), Step.RELEASE)
    dataset.withdrawal_reason_de = dataset.withdrawal_reason_en = None
    dataset.issued_at, dataset.modified_at = plan.issued_at, plan.released_at
    title = LangString.of(plan.descriptor, "title")
    dataset.title_de, dataset.title_en = title.de, title.in_language("en")
    dataset.changed_in = generation
    dataset.terms.clear()
    session.flush()
    dataset.terms.extend(_terms(plan))
    session.delete(pending)
    url = f"{settings.public_url}/datasets/{plan.slug}/v/{plan.number}"
    result = {"dataset": plan.slug, "version": plan.number, "url": url}
    end_job_of_draft(session, draft.id, result=result, at=plan.released_at)
    record(
        session,
        Kind.VERSION_RELEASED,
        at=plan.released_at,
        actor=draft.actor,
        dataset=plan.slug,
        version=plan.number,
        notes=plan.notes,
        content_digest=_public_digest(plan, derived) if is_protected else draft.content_digest,
        privacy_decisions=privacy.public_decisions(plan.descriptor),
    )


def _public_digest(plan: Release, derived: "Derived") -> str:
    """Give a digest of what is public: one of the source would let people guess at what was withheld, and be sure."""
    told = json.dumps([plan.descriptor, [table.parquet_digest for table in derived.tables]], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _terms(plan: Release) -> list[Term]:
    dcat = plan.descriptor["dcat"]
    english = plan.descriptor.get("translations", {}).get("en", {}).get("keywords", ())
    found = {
        *((TermKind.THEME, code, "") for code in dcat["theme"]),
        *((TermKind.PLACE, place, "") for place in dcat["spatial"]),
        *((TermKind.KEYWORD, word, "de") for word in plan.descriptor["keywords"]),
        *((TermKind.KEYWORD, word, "en") for word in english),
        (TermKind.LICENCE, plan.licence.code, ""),
    }
    return [Term(kind=kind, value=value, language=language) for kind, value, language in sorted(found)]
