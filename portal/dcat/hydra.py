"""Pages of the catalogue, in both vocabularies that harvesters read.

As ckanext-dcat writes them (`hydra:PagedCollection`, `firstPage` …, addresses as literals) and as newer readers
want them (`hydra:PartialCollectionView`, `first`, `next` …). The first page has no previous one, the last no next:
a reader walks until `next` is missing.
"""

from rdflib import Graph

from portal.dcat.namespaces import HYDRA, XSD
from portal.dcat.subject import Subject, Triple, graph_of


def page_graph(
    page_url: str,
    *,
    first: str,
    previous: str | None,
    next: str | None,  # noqa: A002 - the word of the Hydra vocabulary
    last: str,
    total_items: int,
    items_per_page: int,
) -> Graph:
    """Describe the page at *page_url*; all addresses are absolute and made from the public base address."""
    statements: set[Triple] = set()
    page = Subject(statements, page_url, HYDRA.PagedCollection, HYDRA.PartialCollectionView)
    page.value(HYDRA.totalItems, total_items, XSD.integer)
    page.value(HYDRA.itemsPerPage, items_per_page, XSD.integer)
    for names, address in (
        (("first", "firstPage"), first),
        (("previous", "previousPage"), previous),
        (("next", "nextPage"), next),
        (("last", "lastPage"), last),
    ):
        for name in names if address else ():
            page.value(HYDRA[name], address)
    return graph_of(statements)
