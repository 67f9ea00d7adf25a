"""What a draft would be if it were released now: typed, checked and built by the very code that releases.

Nothing of it reaches the public: sources and what is built of them lie in the drafts' store.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.catalogue.draft import Draft
from portal.curation.merging import Described
from portal.foundation.text import LangString
from portal.ingest.engine import Engine as TableEngine
from portal.ingest.typed import TypedTable
from portal.publishing.build import type_tables
from portal.publishing.descriptor import DescriptorFinding, descriptor_findings, refuse
from portal.publishing.folder import source_dataset
from portal.publishing.protection import protect
from portal.publishing.release import source_paths
from portal.store.local import LocalStore


@dataclass(frozen=True)
class Looked:
    """A draft whose tables lie typed in a workshop."""

    descriptor: Described
    """As the public would see it."""
    typed: dict[str, TypedTable]
    """The same; what is withheld is not in them."""
    engine: TableEngine
    workshop: Path


@contextmanager
def looked_at(drafts: LocalStore, draft: Draft, *, publisher: str) -> Iterator[Looked]:
    """Type, check and protect the tables of a draft, for as long as the block lasts.

    *publisher* is the name that stands for the persons who decided on personal data.

    Raises:
        InvalidDataset: the descriptor has gaps, a table has no source or it is lost, or a rule is broken; with every finding.
    """
    refuse(draft.descriptor, draft_findings(draft))
    paths = source_paths(draft, drafts)
    with drafts.workshop() as workshop, TableEngine.open(workshop) as engine:
        typed = type_tables(source_dataset(draft.descriptor, paths), workshop, engine)
        protected = protect(draft.descriptor, typed, workshop, engine, decided_by=publisher)
        yield Looked(protected.descriptor, protected.tables, engine, workshop)


def draft_findings(draft: Draft) -> list[DescriptorFinding]:
    """Give what is wrong or missing in the metadata of a draft, and the tables that nobody has delivered yet, columns and all."""
    missing = [
        DescriptorFinding(
            f"/resources/{number}",
            LangString(
                f"Die Tabelle {resource['name']} hat noch keine Zeilen: sie wurde nicht geliefert.",
                f"The table {resource['name']} has no rows yet: it has not been delivered.",
            ),
            gap=True,
        )
        for number, resource in enumerate(draft.descriptor["resources"])
        if resource["name"] not in draft.sources
    ]
    columns = {f"{one.pointer}/schema/fields" for one in missing}
    return [*(one for one in descriptor_findings(draft.descriptor) if one.pointer not in columns), *missing]
