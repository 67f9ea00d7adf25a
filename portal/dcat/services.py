"""Interfaces as `dcat:DataService`: one for the whole portal, and one for each dataset.

Every dataset has a service node of its own, because a service has one publisher at most (DCAT-AP 3.0.1) and the
datasets of a portal have many; so its licence and legal basis are those of the dataset too.
"""

from portal.dcat.addresses import api_url, part_iri
from portal.dcat.agents import add_contact, add_publisher
from portal.dcat.described import DescribedDataset
from portal.dcat.namespaces import DCAT, DCATAP, DCTERMS, ELI, FOAF, SKOS
from portal.dcat.properties import HVD_REGULATION
from portal.dcat.reading import coded_by_key, legislation, licence_of, title_of
from portal.dcat.subject import Subject
from portal.foundation.text import LangString
from portal.vocabularies.concepts import concept


def add_dataset_service(distribution: Subject, dataset_node: Subject, dataset: DescribedDataset) -> None:
    """Describe the service behind *distribution*, whose access URL is the service's endpoint (K41)."""
    iri = part_iri(str(dataset_node.node), "service")
    distribution.link(DCAT.accessService, iri, DCAT.DataService)
    service = Subject(distribution.statements, iri)
    title = title_of(dataset)
    service.text(
        DCTERMS.title,
        LangString(f"REST-Schnittstelle: {title.de}", f"REST interface: {title.in_language('en')}"),
    )
    service.link(DCAT.servesDataset, str(dataset_node.node))
    service.link(DCTERMS.license, licence_of(dataset).iri, DCTERMS.LicenseDocument)
    add_publisher(service, dataset.publisher, dataset.base_url)
    add_contact(service, part_iri(str(dataset_node.node), "contact"), dataset.publisher, dataset.base_url)
    describe_endpoint(service, dataset.base_url, api_url(dataset.base_url, dataset.slug))
    _add_legal_basis(service, dataset)


def describe_endpoint(service: Subject, base_url: str, endpoint: str) -> None:
    """Say where a service is, where it is documented (OpenAPI), what it answers, and that everyone may use it."""
    service.link(DCAT.endpointURL, endpoint)
    service.link(DCAT.endpointDescription, f"{base_url}/api/v1/openapi.json")
    service.link(FOAF.page, f"{base_url}/api/docs", FOAF.Document)
    service.link(DCTERMS["format"], concept("file-type", "JSON").iri, DCTERMS.MediaTypeOrExtent)
    service.link(DCTERMS.accessRights, concept("access-right", "PUBLIC").iri, DCTERMS.RightsStatement)
    service.link(DCATAP.availability, concept("planned-availability", "STABLE").iri, SKOS.Concept)


def _add_legal_basis(service: Subject, dataset: DescribedDataset) -> None:
    acts = legislation(dataset)
    for act in acts:
        service.link(DCATAP.applicableLegislation, act, ELI.LegalResource)
    if HVD_REGULATION in acts:
        for category in coded_by_key(dataset, "hvdCategory"):
            service.link(DCATAP.hvdCategory, category.iri, SKOS.Concept)
