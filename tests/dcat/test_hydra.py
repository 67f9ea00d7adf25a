"""Pages, as harvesters of both generations look for them."""

from rdflib import Literal, URIRef

from portal.dcat.hydra import page_graph
from portal.dcat.namespaces import HYDRA, RDF

FIRST, SECOND, THIRD = (f"https://daten.example.de/catalog.ttl?page={number}" for number in (1, 2, 3))


def a_page(url, previous, following):
    return page_graph(
        url, first=FIRST, previous=previous, next=following, last=THIRD, total_items=250, items_per_page=100
    )


def test_a_page_bears_both_class_names():
    graph = a_page(SECOND, FIRST, THIRD)

    assert set(graph.objects(URIRef(SECOND), RDF.type)) == {HYDRA.PagedCollection, HYDRA.PartialCollectionView}


def test_a_page_in_the_middle_leads_both_ways_in_both_vocabularies():
    graph = a_page(SECOND, FIRST, THIRD)

    page = URIRef(SECOND)
    assert graph.value(page, HYDRA.next) == graph.value(page, HYDRA.nextPage) == Literal(THIRD)
    assert graph.value(page, HYDRA.previous) == graph.value(page, HYDRA.previousPage) == Literal(FIRST)
    assert graph.value(page, HYDRA.first) == graph.value(page, HYDRA.firstPage) == Literal(FIRST)
    assert int(graph.value(page, HYDRA.totalItems)) == 250


def test_the_first_page_has_no_previous_and_the_last_no_next():
    first, last = a_page(FIRST, None, SECOND), a_page(THIRD, SECOND, None)

    assert first.value(URIRef(FIRST), HYDRA.previous) is None
    assert last.value(URIRef(THIRD), HYDRA.next) is None
    assert last.value(URIRef(THIRD), HYDRA.nextPage) is None
