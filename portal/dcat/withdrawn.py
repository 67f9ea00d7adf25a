"""A tombstone for harvesters: the catalogue record of a dataset that was withdrawn, and why.

The record stays, with the status of what it is about; the dataset itself is described no more and belongs to the
catalogue no more, so that nobody takes the tombstone for it (DCAT-AP 3.0, CatalogRecord: adms:status).
"""

from datetime import datetime

from portal.dcat.addresses import catalog_iri, dataset_iri, record_iri
from portal.dcat.namespaces import ADMS, DCAT, DCTERMS, FOAF, SKOS
from portal.dcat.subject import Subject, Triple
from portal.foundation.text import LangString
from portal.vocabularies.concepts import concept


def withdrawn_statements(base_url: str, slug: str, *, reason: LangString, at: datetime) -> set[Triple]:
    """Give the record of the withdrawn dataset *slug*; *at* is when it was withdrawn."""
    statements: set[Triple] = set()
    record = Subject(statements, record_iri(base_url, slug), DCAT.CatalogRecord)
    record.moment(DCTERMS.modified, at)
    record.link(FOAF.primaryTopic, dataset_iri(base_url, slug))
    record.link(ADMS.status, concept("distribution-status", "WITHDRAWN").iri, SKOS.Concept)
    record.text(DCTERMS.description, reason)
    Subject(statements, catalog_iri(base_url)).link(DCAT.record, str(record.node))
    return statements
