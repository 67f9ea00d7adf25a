"""What the graph of a dataset says, looked up the way a harvester does."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from rdflib import BNode, Literal, URIRef

from portal.dcat.namespaces import ADMS, DCAT, DCATAP, DCATDE, DCTERMS, FOAF, PROV, RDF, RDFS, SPDX, VCARD
from portal.dcat.properties import HVD_REGULATION
from portal.dcat.to_graph import catalog_graph
from portal.foundation.errors import InvalidInput
from portal.foundation.resources import shipped
from portal.vocabularies.concepts import concept
from tests.dcat.graphs import dataset_graph

BASE = "https://daten.example.de"
DATASET = URIRef(f"{BASE}/id/dataset/ideen")
CSV = URIRef(f"{DATASET}#ideas.csv")
API = URIRef(f"{DATASET}#api")


def test_no_node_is_blank(a_dataset, a_catalog):
    graph = dataset_graph(a_dataset()) + catalog_graph(a_catalog())

    assert not [node for triple in graph for node in triple if isinstance(node, BNode)]


def test_title_and_keywords_stand_in_both_languages(a_dataset):
    graph = dataset_graph(a_dataset())

    assert set(graph.objects(DATASET, DCTERMS.title)) == {
        Literal("Ideen der Werkstatt", lang="de"),
        Literal("Ideas of the workshop", lang="en"),
    }
    assert Literal("ideas", lang="en") in set(graph.objects(DATASET, DCAT.keyword))


def test_the_identifier_is_the_dataset_iri(a_dataset):
    graph = dataset_graph(a_dataset())

    assert graph.value(DATASET, DCTERMS.identifier) == Literal(str(DATASET))


def test_only_published_datasets_are_typed_dataset(a_dataset):
    graph = dataset_graph(a_dataset())

    assert set(graph.subjects(RDF.type, DCAT.Dataset)) == {DATASET}


def test_the_source_names_the_body_that_made_the_document(a_dataset):
    graph = dataset_graph(a_dataset())

    source = graph.value(DATASET, DCTERMS.source)
    creator = graph.value(source, DCTERMS.creator)
    assert graph.value(creator, FOAF.name) == Literal("IKU GmbH", lang="de")
    assert URIRef(f"{BASE}/id/documents/documents/doc-002") in set(graph.objects(DATASET, PROV.wasDerivedFrom))


def test_the_only_publisher_anywhere_is_the_operator(a_dataset):
    graph = dataset_graph(a_dataset())

    assert set(graph.objects(None, DCTERMS.publisher)) == {URIRef(f"{BASE}/id/publisher/stadt-beispiel")}


def test_a_place_is_named_by_geonames_german_key_and_nuts(a_dataset):
    graph = dataset_graph(a_dataset(dcat={"spatial": ["duisburg"]}))

    places = {str(place) for place in graph.objects(DATASET, DCTERMS.spatial)}
    assert "https://sws.geonames.org/2934691/" in places
    assert "http://dcat-ap.de/def/politicalGeocoding/municipalityKey/05112000" in places
    assert "http://data.europa.eu/nuts/code/DEA12" in places


def test_a_region_without_a_published_iri_is_our_own_row(a_dataset):
    graph = dataset_graph(a_dataset(dcat={"spatial": ["rhein-mosel"]}))

    assert set(graph.objects(DATASET, DCTERMS.spatial)) == {URIRef(f"{BASE}/id/orte/places/rhein-mosel")}


def test_a_place_may_be_any_http_iri(a_dataset):
    iri = "https://sws.geonames.org/2886946/"

    graph = dataset_graph(a_dataset(dcat={"spatial": [iri]}))

    assert (URIRef(iri), RDF.type, DCTERMS.Location) in graph


@pytest.mark.parametrize(
    "dcat",
    [
        {"spatial": ["atlantis"]},
        {"spatial": ["https://a b/"]},
        {"theme": ["WEATHER"]},
        {"accrualPeriodicity": ["NEVER", "DAILY"]},
        {"temporal": {"start": "im Herbst"}},
        {"temporal": {}, "page": "javascript:alert(1)"},
        {"temporal": {"begin": "2018"}},
        {"provenance": {"en": "no German"}},
    ],
)
def test_what_cannot_be_stated_is_refused(a_dataset, dcat):
    dataset = a_dataset(dcat=dcat)

    with pytest.raises(InvalidInput):
        dataset_graph(dataset)


@pytest.mark.parametrize("licenses", [[], [{"name": "all-mine"}], None])
def test_a_dataset_without_a_known_licence_is_refused(a_dataset, licenses):
    dataset = a_dataset(descriptor={"licenses": licenses})

    with pytest.raises(InvalidInput):
        dataset_graph(dataset)


def test_a_time_without_a_zone_is_refused(a_dataset):
    dataset = a_dataset(modified_at=datetime(2026, 11, 21))  # noqa: DTZ001 - the naive time is what is tested

    with pytest.raises(ValueError, match="time zone"):
        dataset_graph(dataset)


def test_a_year_is_a_period_end_of_its_own_type(a_dataset):
    graph = dataset_graph(a_dataset(dcat={"temporal": {"start": "2017", "end": "2017-04"}}))

    period = URIRef(f"{DATASET}#temporal")
    assert str(graph.value(period, DCAT.startDate).datatype).endswith("gYear")
    assert str(graph.value(period, DCAT.endDate).datatype).endswith("gYearMonth")


def test_a_file_has_one_address_size_and_checksum(a_dataset):
    graph = dataset_graph(a_dataset())

    url = URIRef(f"{BASE}/datasets/ideen/ideas.csv")
    assert graph.value(CSV, DCAT.accessURL) == graph.value(CSV, DCAT.downloadURL) == url
    assert str(graph.value(CSV, DCAT.byteSize)) == "48213"
    checksum = graph.value(CSV, SPDX.checksum)
    assert str(graph.value(checksum, SPDX.checksumValue)) == "9f" * 32


def test_the_package_lies_beside_the_page(a_dataset):
    graph = dataset_graph(a_dataset())

    package = URIRef(f"{DATASET}#ideen.zip")
    assert graph.value(package, DCAT.downloadURL) == URIRef(f"{BASE}/datasets/ideen.zip")
    assert str(graph.value(package, DCAT.packageFormat)).endswith("application/zip")


def test_media_type_parameters_are_left_out(a_dataset):
    graph = dataset_graph(a_dataset())

    assert str(graph.value(CSV, DCAT.mediaType)) == "https://www.iana.org/assignments/media-types/text/csv"


def test_what_no_table_knows_is_not_claimed(a_dataset):
    graph = dataset_graph(a_dataset())

    json_lines, parquet = URIRef(f"{DATASET}#ideas.jsonl"), URIRef(f"{DATASET}#ideas.parquet")
    assert graph.value(json_lines, DCAT.mediaType) is None
    assert graph.value(json_lines, DCTERMS["format"]) is None
    assert str(graph.value(parquet, DCAT.mediaType)).endswith("application/vnd.apache.parquet")


def test_the_interface_has_a_service_and_no_download(a_dataset):
    graph = dataset_graph(a_dataset())

    service = graph.value(API, DCAT.accessService)
    assert graph.value(API, DCAT.accessURL) == graph.value(service, DCAT.endpointURL)
    assert graph.value(API, DCAT.downloadURL) is None


def test_a_licence_that_asks_for_credit_brings_the_line(a_dataset):
    graph = dataset_graph(a_dataset(descriptor={"licenses": [{"name": "cc-by/4.0"}]}))

    lines = {line.language: str(line) for line in graph.objects(CSV, DCATDE.licenseAttributionByText)}
    assert set(lines) == {"de", "en"}
    assert "Stadt Beispiel" in lines["de"]
    assert "https://creativecommons.org/licenses/by/4.0/" in lines["en"]


def test_a_superseded_spelling_is_published_as_its_successor(a_dataset):
    graph = dataset_graph(a_dataset(descriptor={"licenses": [{"name": "dl-zero-de/2_0"}]}))

    assert graph.value(CSV, DCTERMS.license) == URIRef("http://dcat-ap.de/def/licenses/dl-zero-de/2.0")


def test_without_a_rights_text_the_licence_page_is_the_rights_statement(a_dataset):
    graph = dataset_graph(a_dataset(dcat={"rights": None}))

    rights = graph.value(CSV, DCTERMS.rights)
    assert rights == URIRef("https://www.govdata.de/dl-de/zero-2-0")
    assert (rights, RDF.type, DCTERMS.RightsStatement) in graph


def test_the_rights_text_stands_on_every_file(a_dataset):
    graph = dataset_graph(a_dataset())

    rights = graph.value(CSV, DCTERMS.rights)
    assert Literal("Covers the compilation.", lang="en") in set(graph.objects(rights, RDFS.label))


def test_a_high_value_category_brings_the_regulation_to_files_and_service(a_dataset):
    graph = dataset_graph(a_dataset(dcat={"hvdCategory": ["c_e1da4e07"]}))

    service = graph.value(API, DCAT.accessService)
    for node in (DATASET, CSV, API, service):
        assert (node, DCATAP.applicableLegislation, URIRef(HVD_REGULATION)) in graph
    assert graph.value(service, DCATAP.hvdCategory) == URIRef(concept("hvd-category", "c_e1da4e07").iri)


def test_versions_are_pages_and_notes(a_dataset):
    graph = dataset_graph(a_dataset())

    assert graph.value(DATASET, DCAT.version) == Literal("2")
    assert graph.value(DATASET, DCAT.previousVersion) == URIRef(f"{BASE}/datasets/ideen/v/1")
    assert Literal("Two rows corrected.", lang="en") in set(graph.objects(DATASET, ADMS.versionNotes))


def test_the_catalogue_lists_dataset_and_record(a_dataset):
    graph = dataset_graph(a_dataset())

    catalog, record = URIRef(f"{BASE}/catalog"), URIRef(f"{BASE}/id/record/ideen")
    assert (catalog, DCAT.dataset, DATASET) in graph
    assert graph.value(record, FOAF.primaryTopic) == DATASET


def test_a_publisher_without_any_contact_is_reached_through_the_portal(a_dataset):
    from dataclasses import replace

    dataset = a_dataset()
    silent = replace(dataset.publisher, contact_email=None, contact_url=None, homepage=None)

    graph = dataset_graph(replace(dataset, publisher=silent))

    assert graph.value(URIRef(f"{DATASET}#contact"), VCARD.hasURL) == URIRef(f"{BASE}/")


def test_every_shipped_dataset_can_be_described(a_dataset):
    packages = sorted(Path(shipped("datasets")).glob("*/datapackage.json"))

    for package in packages:
        descriptor = json.loads(package.read_text(encoding="utf-8"))
        graph = dataset_graph(a_dataset(descriptor["name"], descriptor=descriptor, dcat=descriptor["dcat"]))
        assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == 1
