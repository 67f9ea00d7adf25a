"""From values to RDF: one graph for a dataset, one for the catalogue around it; together they are the dump.

    catalog_graph ──▶ Catalog ─ publisher ─ DataService
                         ▲ dcat:dataset, dcat:record
    dataset_graph ──▶ Dataset ─ Distribution ─ Checksum
                         ├ publisher, contact, places, period, rights, provenance, citations
                         └ CatalogRecord

The links from the catalogue to a dataset stand in the dataset's graph, so one changed dataset changes one graph.
Nothing is a blank node: harvesters compare and slice by IRI. Sources: DCAT-AP 3.0.1, DCAT-AP.de 3.0.
"""

from rdflib import Graph

from portal.dcat.addresses import (
    catalog_iri,
    dataset_iri,
    landing_page,
    part_iri,
    record_iri,
    rest_service_iri,
    version_page,
)
from portal.dcat.agents import add_contact, add_publisher
from portal.dcat.coverage import add_period, add_places
from portal.dcat.described import DescribedCatalog, DescribedDataset
from portal.dcat.distributions import add_distributions
from portal.dcat.namespaces import ADMS, DCAT, DCATAP, DCATDE, DCTERMS, ELI, FOAF, HYDRA, RDFS, SKOS, XSD
from portal.dcat.properties import CODED, CONTRIBUTORS, LINKED, PROFILE, STATED
from portal.dcat.reading import both_languages, coded, dcat_of, legislation, listed, title_of
from portal.dcat.services import describe_endpoint
from portal.dcat.sources import add_sources
from portal.dcat.subject import Subject, Triple, graph_of, web_address
from portal.foundation.text import LangString, is_web_address
from portal.vocabularies.concepts import concept
from portal.vocabularies.licences import licence, successor

THEMES = "http://publications.europa.eu/resource/authority/data-theme"

_SERVICE_TITLE = LangString("REST-Schnittstelle des Portals", "REST interface of the portal")
_SERVICE_DESCRIPTION = LangString(
    "Datensätze finden, Zeilen abfragen und Dateien abholen; ohne Schlüssel, beschrieben mit OpenAPI.",
    "Find datasets, query rows and fetch files; no key needed, described with OpenAPI.",
)


def dataset_graph(dataset: DescribedDataset) -> Graph:
    """Describe a published dataset, its files, its interface and its catalogue record.

    Raises:
        InvalidInput: the descriptor names a code, place, licence, date or address that cannot be stated.
    """
    return graph_of(dataset_statements(dataset))


def catalog_graph(catalog: DescribedCatalog) -> Graph:
    """Describe the catalogue, its publisher and its REST interface, without any dataset.

    Raises:
        InvalidInput: the licence or a place is not known.
    """
    return graph_of(catalog_statements(catalog))


def dataset_statements(dataset: DescribedDataset) -> set[Triple]:
    """Give what `dataset_graph` says as plain triples, which is enough for `syntaxes.fragments` and faster.

    Raises:
        InvalidInput: as `dataset_graph`.
    """
    statements: set[Triple] = set()
    subject = Subject(statements, dataset_iri(dataset.base_url, dataset.slug), DCAT.Dataset)
    add_texts(subject, dataset)
    add_mapped(subject, dataset)
    add_coverage(subject, dataset)
    _add_version(subject, dataset)
    add_publisher(subject, dataset.publisher, dataset.base_url)
    add_contact(subject, part_iri(str(subject.node), "contact"), dataset.publisher, dataset.base_url)
    _add_contributor(subject, dataset)
    add_distributions(subject, dataset)
    _add_record(subject, dataset)
    return statements


def catalog_statements(catalog: DescribedCatalog) -> set[Triple]:
    """Give what `catalog_graph` says as plain triples.

    Raises:
        InvalidInput: as `catalog_graph`.
    """
    statements: set[Triple] = set()
    base_url = catalog.base_url
    subject = Subject(statements, f"{base_url}/{catalog.address}", DCAT.Catalog)
    subject.text(DCTERMS.title, catalog.title)
    subject.text(DCTERMS.description, catalog.description)
    subject.moment(DCTERMS.issued, catalog.issued_at)
    subject.moment(DCTERMS.modified, catalog.modified_at)
    subject.value(HYDRA.totalItems, catalog.dataset_count, XSD.integer)
    subject.link(FOAF.homepage, f"{base_url}/{catalog.page}", FOAF.Document)
    subject.link(DCTERMS.relation, f"{base_url}/{catalog.related}")
    subject.link(DCTERMS.license, successor(licence(catalog.licence_code)).iri, DCTERMS.LicenseDocument)
    for code in ("DEU", "ENG"):
        subject.link(DCTERMS.language, concept("language", code).iri, DCTERMS.LinguisticSystem)
    subject.link(DCATAP.availability, concept("planned-availability", "STABLE").iri, SKOS.Concept)
    subject.link(DCAT.themeTaxonomy, THEMES, SKOS.ConceptScheme)
    Subject(statements, THEMES).text(DCTERMS.title, LangString("Datenkategorien der EU", "EU data themes"))
    add_places(subject, catalog.spatial, base_url)
    add_publisher(subject, catalog.publisher, base_url)
    _add_rest_service(subject, catalog)
    return statements


def add_texts(subject: Subject, dataset: DescribedDataset) -> None:
    """State title, description, keywords, and what has a node of its own."""
    described = dict(dataset.descriptor)
    subject.text(DCTERMS.title, title_of(dataset))
    subject.text(DCTERMS.description, LangString.of(described, "description"))
    subject.texts(DCAT.keyword, "de", listed(described, "keywords"))
    english = (described.get("translations") or {}).get("en") or {}
    subject.texts(DCAT.keyword, "en", listed(english, "keywords"))
    for row in STATED:
        if stated := dcat_of(dataset).get(row.key):
            iri = part_iri(str(subject.node), row.key)
            subject.link(row.prop, iri)
            Subject(subject.statements, iri, row.kind).text(RDFS.label, both_languages(stated, row.key))


def add_mapped(subject: Subject, dataset: DescribedDataset) -> None:
    """State what properties.py maps: codes and links; and the acts that demand the data."""
    for row in CODED:
        for term in coded(dataset, row):
            subject.link(row.prop, term.iri, *row.classes)
    for linked in LINKED:
        for address in listed(dcat_of(dataset), linked.key):
            subject.link(linked.prop, web_address(address, linked.key), *linked.classes)
    for act in legislation(dataset):
        subject.link(DCATAP.applicableLegislation, act, ELI.LegalResource)
    profile = str(dataset.descriptor.get("$schema") or "")
    if is_web_address(profile):
        subject.link(DCTERMS.conformsTo, profile, DCTERMS.Standard)


def add_coverage(subject: Subject, dataset: DescribedDataset) -> None:
    """State places and period."""
    add_places(subject, listed(dcat_of(dataset), "spatial"), dataset.base_url)
    if temporal := dcat_of(dataset).get("temporal"):
        add_period(subject, part_iri(str(subject.node), "temporal"), temporal)


def _add_version(subject: Subject, dataset: DescribedDataset) -> None:
    """State identifier, dates and versions; the identifier is the IRI, the safest key against duplicates (K25).

    Versions are pages, not datasets of their own: a typed one would be harvested beside its dataset.
    """
    page = landing_page(dataset.base_url, dataset.slug)
    subject.value(DCTERMS.identifier, subject.node)
    subject.moment(DCTERMS.issued, dataset.issued_at)
    subject.moment(DCTERMS.modified, dataset.modified_at)
    subject.link(DCAT.landingPage, page, FOAF.Document)
    subject.link(FOAF.page, page, FOAF.Document)
    subject.value(DCAT.version, dataset.version)
    subject.link(DCAT.hasCurrentVersion, version_page(dataset.base_url, dataset.slug, dataset.version))
    if dataset.previous_version is not None:
        subject.link(DCAT.previousVersion, version_page(dataset.base_url, dataset.slug, dataset.previous_version))
    if dataset.version_notes:
        subject.text(ADMS.versionNotes, dataset.version_notes)


def _add_contributor(subject: Subject, dataset: DescribedDataset) -> None:
    """State the sources, and who delivers to GovData (K12) for all that the rule looks at."""
    delivered = [subject, *add_sources(subject, dataset)]
    for citation in delivered[1:]:
        add_publisher(citation, dataset.publisher, dataset.base_url)
    if named := dataset.contributor_id:
        iri = named if is_web_address(named) else web_address(CONTRIBUTORS + named, "contributor_id")
        for entry in delivered:
            entry.link(DCATDE.contributorID, iri)


def _add_record(subject: Subject, dataset: DescribedDataset) -> None:
    record = Subject(subject.statements, record_iri(dataset.base_url, dataset.slug), DCAT.CatalogRecord)
    record.moment(DCTERMS.issued, dataset.issued_at)
    record.moment(DCTERMS.modified, dataset.modified_at)
    record.link(DCTERMS.conformsTo, PROFILE, DCTERMS.Standard)
    record.link(FOAF.primaryTopic, str(subject.node))
    catalog = Subject(subject.statements, catalog_iri(dataset.base_url))
    catalog.link(DCAT.dataset, str(subject.node))
    catalog.link(DCAT.record, str(record.node))


def _add_rest_service(subject: Subject, catalog: DescribedCatalog) -> None:
    iri = rest_service_iri(catalog.base_url)
    subject.link(DCAT.service, iri, DCAT.DataService)
    service = Subject(subject.statements, iri)
    service.text(DCTERMS.title, _SERVICE_TITLE)
    service.text(DCTERMS.description, _SERVICE_DESCRIPTION)
    add_publisher(service, catalog.publisher, catalog.base_url)
    add_contact(service, part_iri(iri, "contact"), catalog.publisher, catalog.base_url)
    describe_endpoint(service, catalog.base_url, f"{catalog.base_url}/api/v1")
