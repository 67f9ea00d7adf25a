"""How a draft would score, computed from what its release would say: the same description, of files not yet made.

What is missing is left unsaid. Size and digest of a file are known only when it is built; that they are stated, not
what they are, is what counts.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.catalogue.draft import Draft
from portal.catalogue.version import StoredFile
from portal.curation.finding import find_draft
from portal.curation.merging import Described
from portal.dcat.addresses import dataset_iri
from portal.dcat.namespaces import DCTERMS
from portal.dcat.quality import Quality, assess
from portal.dcat.subject import Triple
from portal.dcat.to_graph import dataset_statements
from portal.exports.formats import FORMATS
from portal.foundation.config import Settings
from portal.foundation.errors import InvalidDataset, InvalidInput
from portal.publishing.documents import described
from portal.publishing.release import plan_release

_NO_LICENCE = "other-open"
"""Stands in where a draft names no licence: it says nothing but itself, and that is taken out again."""

_NO_DIGEST = "0" * 64


def draft_quality(session: Session, slug: str, settings: Settings, *, by: Actor, at: datetime) -> tuple[Draft, Quality]:
    """Give a draft and its points.

    Raises:
        NotFound: there is no such dataset or draft.
        Forbidden: *by* may not read drafts of its publisher.
        InvalidDataset: something in the descriptor cannot be stated at all.
    """
    dataset, draft = find_draft(session, slug, by=by)
    statements = draft_statements(session, draft, settings, at)
    return draft, assess(statements, dataset_iri(settings.public_url, dataset.slug))


def draft_statements(session: Session, draft: Draft, settings: Settings, at: datetime) -> set[Triple]:
    """Give what a release would say of a draft, were it not refused for its gaps.

    Raises:
        InvalidDataset: something in the descriptor cannot be stated at all.
    """
    stated = _with_licence(draft.descriptor)
    plan = plan_release(session, Draft(dataset_id=draft.dataset_id, descriptor=stated, notes=draft.notes), settings, at)
    try:
        statements = dataset_statements(described(plan, _files(stated), settings))
    except InvalidInput as error:
        raise InvalidDataset(
            f"The metadata cannot be stated: {error.detail.en}",
            detail_de=f"Die Metadaten lassen sich nicht ausdrücken: {error.detail.de}",
            findings=[],
        ) from None
    if stated is draft.descriptor:
        return statements
    stand_ins = {value for _, prop, value in statements if prop == DCTERMS.license}
    return {one for one in statements if one[0] not in stand_ins and one[2] not in stand_ins}


def _with_licence(descriptor: Described) -> Described:
    return descriptor if descriptor.get("licenses") else {**descriptor, "licenses": [{"name": _NO_LICENCE}]}


def _files(descriptor: Described) -> list[StoredFile]:
    """Give the files that a release would publish, as far as they are known before it."""
    tables = [
        StoredFile(
            name=f"{resource['name']}{form.suffix}",
            table_name=resource["name"],
            format=form.name,
            media_type=form.media_type,
            digest=_NO_DIGEST,
            size_bytes=0,
        )
        for resource in descriptor["resources"]
        for form in FORMATS
    ]
    package = StoredFile(
        name=".zip", table_name=None, format="zip", media_type="application/zip", digest=_NO_DIGEST, size_bytes=0
    )
    return [*tables, package]
