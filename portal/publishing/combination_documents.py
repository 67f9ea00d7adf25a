"""What DCAT says of saved combinations: of one, and of all in a catalogue of their own.

They do not stand in the catalogue of the datasets (docs/adr/0025): harvesters would count the same data twice, and nobody has
released them. The catalogue names theirs (`dcterms:relation`), for those who want it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from portal.catalogue.combination import SavedCombination
from portal.catalogue.lookup import public_version
from portal.dcat.described import DescribedCatalog, DescribedDataset
from portal.dcat.syntax import Syntax
from portal.exports.formats import TableFormat
from portal.foundation.config import Settings
from portal.foundation.errors import NotFound
from portal.foundation.lazily import later
from portal.foundation.text import LANGUAGES, LangString
from portal.publishing.catalog_documents import described_catalog
from portal.publishing.combinations import forms_of
from portal.publishing.documents import described_publisher
from portal.publishing.joining.joined import Joined

if TYPE_CHECKING:
    from portal.dcat import combinations, hydra, syntaxes, to_graph
    from portal.dcat.combinations import DescribedCombination, DescribedForm
    from portal.dcat.subject import Triple
else:
    combinations, hydra, syntaxes, to_graph = (
        later(f"portal.dcat.{name}") for name in ("combinations", "hydra", "syntaxes", "to_graph")
    )

Described = Mapping[str, Any]  # Any: JSON of Data Packages

PAGE_SIZE = 100
"""Combinations in one document: about 2 s of work and 3 MB."""

_TITLE = LangString("Kombinationen", "Combinations")
_DESCRIPTION = LangString(
    "Gespeicherte Verbindungen von Tabellen der Datensätze dieses Portals. Die Datensätze selbst stehen in dessen Katalog.",
    "Saved joins of tables of this portal's datasets. The datasets themselves are in its catalogue.",
)
_MADE_OF = LangString("Verbunden aus: {}.", "Joined from: {}.")


def of_one(session: Session, saved: SavedCombination, joined: Joined, settings: Settings, syntax: Syntax) -> bytes:
    """Give the DCAT document of a saved combination, as it is made of the versions in *joined*."""
    described = described_combination(session, saved, joined, settings)
    return syntaxes.document(combinations.combination_statements(described), syntax)


def of_all(
    session: Session, found: Sequence[tuple[SavedCombination, Joined]], settings: Settings, syntax: Syntax, page: int
) -> bytes:
    """Give the catalogue of those *found*: its page with the number *page*; where there are more, Hydra's links lead to them.

    Raises:
        NotFound: it has no such page, or nothing was ever published here.
    """
    last = max(1, -(-len(found) // PAGE_SIZE))
    if page > last:
        raise NotFound(f"There are {last} page(s), not {page}.", detail_de=f"Es gibt {last} Seite(n), nicht {page}.")
    catalog = _described(described_catalog(session, settings), [saved for saved, _ in found])
    statements = to_graph.catalog_statements(catalog)
    if last > 1:
        statements |= set(_paging(f"{settings.public_url}/combinations.{syntax.suffix}?page=", page, last, len(found)))
    for saved, joined in found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]:
        described = described_combination(session, saved, joined, settings)
        statements |= combinations.combination_statements(described)
        statements.add(combinations.listing(settings.public_url, described))
    return syntaxes.document(statements, syntax)


def _paging(address: str, page: int, last: int, total: int) -> "Iterable[Triple]":
    return hydra.page_graph(
        f"{address}{page}",
        first=f"{address}1",
        last=f"{address}{last}",
        previous=f"{address}{page - 1}" if page > 1 else None,
        next=f"{address}{page + 1}" if page < last else None,
        total_items=total,
        items_per_page=PAGE_SIZE,
    )


def described_combination(
    session: Session, saved: SavedCombination, joined: Joined, settings: Settings
) -> "DescribedCombination":
    """Give what the DCAT mapping needs to know: what the inputs say of themselves is said of what is made of them."""
    inputs = [public_version(session, slug, number).descriptor for slug, number in joined.versions.items()]
    lineage = joined.lineage
    described = DescribedDataset(
        slug=saved.slug,
        descriptor=_descriptor(saved, joined, inputs),
        version=saved.revision,
        issued_at=saved.saved_at,
        modified_at=max(saved.saved_at, joined.modified_at),
        publisher=described_publisher(saved.publisher, settings),
        distributions=(),
        base_url=settings.public_url,
        contributor_id=settings.contributor_id or None,
    )
    forms = tuple(_form(saved, form) for form in forms_of(saved, joined))
    return combinations.DescribedCombination(
        described=described, inputs=joined.versions, licence=lineage.licence, credit=lineage.credit, forms=forms
    )


def _form(saved: SavedCombination, form: TableFormat) -> "DescribedForm":
    return combinations.DescribedForm(
        suffix=form.suffix,
        title=_both(lambda tag: f"{saved.title.in_language(tag)}: {form.title.in_language(tag)}"),
        description=form.hint,
        media_type=form.media_type,
        file_type=form.file_type,
    )


def made_of(saved: SavedCombination, joined: Joined) -> LangString:
    """Give what a combination shows, in the words of those who saved it; where they said nothing, what it is made of."""
    if saved.description.de.strip():
        return saved.description
    return _both(lambda tag: _MADE_OF.in_language(tag).format(joined.title.in_language(tag)))


def _descriptor(saved: SavedCombination, joined: Joined, inputs: Sequence[Described]) -> Described:
    shows = made_of(saved, joined)
    english = [(one.get("translations") or {}).get("en") or {} for one in inputs]
    dcat = [one.get("dcat") or {} for one in inputs]
    together = {key: _union(dcat, key) for key in ("theme", "spatial", "language", "politicalGeocodingLevel")}
    period = _period([one["temporal"] for one in dcat if one.get("temporal")])
    lineage = joined.lineage
    return {
        "title": saved.title.de,
        "description": shows.de,
        "keywords": _union(inputs, "keywords"),
        "translations": {
            "en": {
                "title": saved.title.in_language("en"),
                "description": shows.in_language("en"),
                "keywords": _union(english, "keywords"),
            }
        },
        "dcat": {
            **{key: values for key, values in together.items() if values},
            **({"temporal": period} if period else {}),
            "rights": lineage.summary.as_dict(),
            "provenance": lineage.credit.as_dict(),
        },
    }


def _union(objects: Iterable[Described], key: str) -> list[str]:
    """Give the values of *key* of all objects, each once."""
    found = [one.get(key) or [] for one in objects]
    return list(dict.fromkeys(value for listed in found for value in ([listed] if isinstance(listed, str) else listed)))


def _period(periods: Sequence[Described]) -> dict[str, str]:
    """Give the time from the first beginning to the last end; `2018` ends after `2018-03`."""
    starts = [str(one["start"]) for one in periods if one.get("start")]
    ends = [str(one["end"]) for one in periods if one.get("end")]
    return {
        **({"start": min(starts)} if starts else {}),
        **({"end": max(ends, key=lambda text: f"{text}~")} if ends else {}),
    }


def _described(catalog: DescribedCatalog, saved: Sequence[SavedCombination]) -> DescribedCatalog:
    return replace(
        catalog,
        title=_both(lambda tag: f"{_TITLE.in_language(tag)} – {catalog.title.in_language(tag)}"),
        description=_DESCRIPTION,
        modified_at=max([catalog.modified_at, *(one.saved_at for one in saved)]),
        dataset_count=len(saved),
        address="combinations",
        page="combinations",
        related="catalog",
    )


def _both(say: Callable[[str], str]) -> LangString:
    """Give a text in both languages."""
    return LangString(*(say(tag) for tag in LANGUAGES))
