"""The catalogue document is the union of its datasets in every syntax, in whole and in pages, and costs what changed."""

import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from pyoxigraph import RdfFormat, parse
from rdflib import Graph
from sqlalchemy import select, update

from portal.accounts.actor import command
from portal.catalogue.catalog import CatalogDocument, next_generation
from portal.catalogue.dataset import Dataset, State
from portal.dcat.namespaces import DCAT, HYDRA
from portal.dcat.syntax import SYNTAXES
from portal.foundation.db import reading, transaction
from portal.foundation.errors import NotFound
from portal.foundation.text import LangString
from portal.publishing.catalog_documents import changed_since, everything, is_behind, page, refresh, whole
from portal.publishing.withdrawal import withdraw
from portal.wiring import Portal
from tests.releases import NOON, content, publish, trees
from tests.templates import PortalWith

LATER = NOON + timedelta(days=1)
SLUGS = ("ahorn", "birke", "eiche")
SUFFIXES = [f".{syntax.suffix}" for syntax in SYNTAXES]
READERS = {
    ".ttl": RdfFormat.TURTLE,
    ".rdf": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
    ".nt": RdfFormat.N_TRIPLES,
}

Triples = set[tuple[str, str, str]]


@pytest.fixture
def catalogue(portal_with: PortalWith) -> Portal:
    return portal_with(three_pages)


def three_pages(portal: Portal, folder: Path) -> None:
    """Publish three datasets, each alone on its page."""
    publish(portal, *(trees(folder / slug, "Linde", slug=slug) for slug in SLUGS))
    with transaction(portal.engine) as session:
        for number, slug in enumerate(SLUGS, start=1):
            session.execute(update(Dataset).where(Dataset.slug == slug).values(segment=number))


def triples(document: bytes, suffix: str) -> Triples:
    return {(str(one.subject), str(one.predicate), str(one.object)) for one in parse(document, format=READERS[suffix])}


def read(portal: Portal, suffix: str, number: int | None = None) -> bytes:
    parts = (portal.engine, portal.store, portal.settings, suffix)
    return portal.store.read((whole(*parts) if number is None else page(*parts, number)).digest)


def datasets_in(document: bytes, suffix: str = ".ttl") -> list[str]:
    return sorted(
        subject.rsplit("/", 1)[1].rstrip(">")
        for subject, prop, value in triples(document, suffix)
        if prop.endswith("#type>") and value == f"<{DCAT.Dataset}>"
    )


def kept(portal: Portal) -> dict[str, tuple[str, str]]:
    with reading(portal.engine) as session:
        return {one.name: (one.stamp, one.digest) for one in session.scalars(select(CatalogDocument))}


def test_the_whole_is_the_union_of_its_datasets(catalogue: Portal) -> None:
    for suffix in SUFFIXES:
        together = triples(read(catalogue, suffix), suffix)
        each = [triples(content(catalogue, suffix, slug=slug), suffix) for slug in SLUGS]
        assert all(one <= together for one in each)

    own = together.difference(*each)
    assert {subject for subject, _, _ in own} & {
        f"<https://daten.example/id/dataset/{slug}>" for slug in SLUGS
    } == set()
    assert any(value == f"<{DCAT.Catalog}>" for _, _, value in own)


def test_all_syntaxes_say_the_same(catalogue: Portal) -> None:
    graphs = [triples(read(catalogue, suffix), suffix) for suffix in SUFFIXES]

    assert all(graph == graphs[0] for graph in graphs)


def test_rdflib_reads_the_whole_as_pyoxigraph_does(catalogue: Portal) -> None:
    counts = {
        suffix: len(Graph().parse(data=read(catalogue, suffix), format=name))
        for suffix, name in ((".ttl", "turtle"), (".rdf", "xml"), (".jsonld", "json-ld"), (".nt", "nt"))
    }

    assert set(counts.values()) == {len(triples(read(catalogue, ".nt"), ".nt"))}


def test_the_pages_together_are_the_whole(catalogue: Portal) -> None:
    for suffix in SUFFIXES:
        pages = [read(catalogue, suffix, number) for number in (1, 2, 3)]

        assert [datasets_in(one, suffix) for one in pages] == [["ahorn"], ["birke"], ["eiche"]]
        paged: Triples = set().union(*(triples(one, suffix) for one in pages))
        assert unpaged(paged) == unpaged(triples(read(catalogue, suffix), suffix))


def unpaged(statements: Triples) -> Triples:
    """Leave out what is said about paging."""
    return {one for one in statements if "hydra/core#" not in "".join(one)}


def test_a_reader_walks_the_pages_until_there_is_no_next(catalogue: Portal) -> None:
    seen, number = [], 1
    while number:
        graph = Graph().parse(data=read(catalogue, ".ttl", number), format="turtle")
        seen.append(number)
        following = next(graph.objects(None, HYDRA.next), None)
        number = int(str(following).rsplit("=", 1)[1]) if following else 0

    assert seen == [1, 2, 3]
    assert {str(total) for total in graph.objects(None, HYDRA.totalItems)} == {"3"}


def test_a_page_beyond_the_catalogue_is_not_found(catalogue: Portal) -> None:
    for number in (0, -1, 4, 10**12):
        with pytest.raises(NotFound, match="3 page"):
            read(catalogue, ".ttl", number)


def test_asking_again_makes_nothing(catalogue: Portal) -> None:
    read(catalogue, ".ttl")
    before = kept(catalogue)

    read(catalogue, ".ttl")

    assert kept(catalogue) == before


@pytest.mark.parametrize("number", [None, 1, 2, 3], ids=["whole", "first page", "second page", "third page"])
def test_two_who_are_the_first_to_ask_at_once_get_the_same(catalogue: Portal, number: int | None) -> None:
    for suffix in SUFFIXES:
        ready = Barrier(2)

        def ask(_: int, suffix: str = suffix, ready: Barrier = ready) -> bytes:
            ready.wait()
            return read(catalogue, suffix, number)

        with ThreadPoolExecutor(2) as readers:
            one, other = readers.map(ask, range(2))

        assert one == other == read(catalogue, suffix, number)


def test_one_changed_dataset_makes_only_its_segment_again(catalogue: Portal, tmp_path: Path) -> None:
    read(catalogue, ".ttl")
    before = kept(catalogue)

    publish(catalogue, trees(tmp_path / "birke", "Moorbirke", slug="birke"), at=LATER)
    read(catalogue, ".ttl")

    after = kept(catalogue)
    assert {name for name in after if after[name] != before[name]} == {"catalog.ttl", "segment-2.ttl"}


def test_a_withdrawn_dataset_vanishes_and_the_other_pages_stay(catalogue: Portal) -> None:
    read(catalogue, ".ttl")
    with transaction(catalogue.engine) as session:
        generation = next_generation(session, at=LATER)
        gone = {"state": State.WITHDRAWN, "changed_in": generation, "modified_at": LATER}
        session.execute(update(Dataset).where(Dataset.slug == "birke").values(gone))

    assert datasets_in(read(catalogue, ".ttl")) == ["ahorn", "eiche"]
    assert [datasets_in(read(catalogue, ".jsonld", number), ".jsonld") for number in (1, 2)] == [["ahorn"], ["eiche"]]


def test_a_dataset_withdrawn_from_a_shared_page_vanishes_from_it(portal: Portal, tmp_path: Path) -> None:
    publish(portal, *(trees(tmp_path / slug, "Linde", slug=slug) for slug in SLUGS))
    assert datasets_in(read(portal, ".ttl")) == list(SLUGS)
    with transaction(portal.engine) as session:
        gone = {"state": State.WITHDRAWN, "changed_in": next_generation(session, at=LATER)}
        session.execute(update(Dataset).where(Dataset.slug == "ahorn").values(gone))

    assert [datasets_in(read(portal, suffix), suffix) for suffix in SUFFIXES] == [["birke", "eiche"]] * len(SUFFIXES)


def test_only_what_changed_since_a_moment_can_be_asked_for(catalogue: Portal, tmp_path: Path) -> None:
    publish(catalogue, trees(tmp_path / "eiche", "Stieleiche", slug="eiche"), at=LATER)
    parts = (catalogue.engine, catalogue.store, catalogue.settings)

    for suffix in SUFFIXES:
        document, modified_at = changed_since(*parts, suffix, LATER)
        assert (datasets_in(document, suffix), modified_at) == (["eiche"], LATER)
        nothing, _ = changed_since(*parts, suffix, LATER + timedelta(seconds=1))
        assert datasets_in(nothing, suffix) == []


def test_another_word_in_the_settings_stands_in_the_catalogue_at_once(catalogue: Portal) -> None:
    read(catalogue, ".ttl")

    for setting in ("base_url", "title_de", "title_en", "description_de", "description_en"):
        said = f"https://{setting}.example".replace("_", "-")
        changed = replace(catalogue, settings=replace(catalogue.settings, **{setting: said}))
        assert said in read(changed, ".ttl").decode()


def test_the_zip_of_everything_holds_catalogue_tables_and_descriptors(catalogue: Portal) -> None:
    stored = everything(catalogue.engine, catalogue.store, catalogue.settings)

    with zipfile.ZipFile(catalogue.store.path(stored.digest)) as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) >= {"catalog.ttl", *(f"{slug}/trees.csv" for slug in SLUGS)}
        assert archive.read("birke/trees.csv") == content(catalogue, "trees.csv", slug="birke")
        assert archive.read("catalog.ttl") == read(catalogue, ".ttl")


def test_documents_that_were_read_are_behind_after_a_withdrawal_until_they_are_refreshed(
    portal: Portal, tmp_path: Path
) -> None:
    parts = portal.engine, portal.store, portal.settings
    publish(portal, trees(tmp_path / "baeume", "Linde"))
    assert not is_behind(portal.engine, portal.settings)
    whole(*parts, ".ttl")

    withdraw(portal.engine, "baeume", reason=LangString("Falsch."), by=command("test"), at=NOON)
    assert is_behind(portal.engine, portal.settings)

    refresh(*parts)
    assert not is_behind(portal.engine, portal.settings)
