"""What a file is delivered to: the tables of a draft, or of what is public, as they are when it comes."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft, require_revision
from portal.catalogue.version import Version
from portal.curation.choosing import last_choices
from portal.curation.finding import draft_or_public, require_editable
from portal.curation.merging import Described
from portal.curation.received import Target, Upload, require_table_name
from portal.curation.restoring import restored
from portal.foundation.errors import Outdated
from portal.foundation.tableschema import columns_known
from portal.ingest.receive.stated import require_acceptable
from portal.store.local import LocalStore

WHOLE = ""
"""Under this name stands what was chosen for a file with several tables."""


def target_of(
    session: Session, drafts: LocalStore, slug: str, table: str, upload: Upload, revision: int | None, *, by: Actor
) -> Target:
    """Give what a file is delivered to, a table or `WHOLE`, as it is now.

    Raises:
        As `portal.curation.delivering.deliver`, but for what is wrong with the file.
    """
    require_acceptable(upload.accepted)
    if table != WHOLE:
        require_table_name(table)
    dataset, basis = draft_or_public(session, slug, by=by)
    if isinstance(basis, Draft):
        require_unchanged(basis, revision)
    elif revision is not None:
        raise Outdated(
            f"The draft of {slug} that you looked at is not there any more.",
            detail_de=f"Den angesehenen Entwurf von {slug} gibt es nicht mehr.",
        )
    kept = last_choices(session, drafts, dataset.id, table)
    tables = [table] if table != WHOLE else [one["name"] for one in basis.descriptor["resources"]]
    descriptor = with_own_columns(session, dataset, basis.descriptor, tables)
    resources = [] if upload.new_schema else descriptor["resources"]
    schemas = {one["name"]: known for one in resources if (known := columns_known(one["schema"]))}
    return Target(descriptor, schemas, upload.choices or kept)


def with_own_columns(session: Session, dataset: Dataset, descriptor: Described, tables: Iterable[str]) -> Described:
    """Give the descriptor with the columns of *tables* as they are delivered, those that are withheld among them."""
    version = session.get(Version, dataset.current_version_id) if dataset.current_version_id else None
    for table in tables:
        descriptor = restored(descriptor, version.approved_descriptor if version else None, table)
    return descriptor


def require_unchanged(draft: Draft, revision: int | None) -> None:
    """Refuse a draft that was submitted, or has another revision than the one that was looked at (None: whatever it has).

    Raises:
        IllegalStep, Outdated: it cannot be changed, or was changed by others.
    """
    require_editable(draft)
    if revision is not None:
        require_revision(draft, revision)
