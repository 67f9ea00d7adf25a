"""Who: the publisher as `foaf:Agent`, the way to reach it as `vcard:Kind`.

Agents get no class beyond FOAF's: CKAN's harvester takes an agent only if the first type it meets is one of them.
"""

from urllib.parse import quote

from portal.dcat.addresses import publisher_iri
from portal.dcat.described import DescribedPublisher
from portal.dcat.namespaces import DCAT, DCTERMS, FOAF, SKOS, VCARD
from portal.dcat.subject import Subject, web_address
from portal.vocabularies.concepts import concept


def add_publisher(subject: Subject, publisher: DescribedPublisher, base_url: str) -> None:
    """State who published *subject*, with name, type and homepage."""
    iri = publisher_iri(base_url, publisher.slug)
    subject.link(DCTERMS.publisher, iri, FOAF.Agent, FOAF.Organization)
    agent = Subject(subject.statements, iri)
    agent.text(FOAF.name, publisher.name)
    if publisher.type_code:
        agent.link(DCTERMS.type, concept("publisher-type", publisher.type_code).iri, SKOS.Concept)
    if publisher.homepage:
        agent.link(FOAF.homepage, web_address(publisher.homepage, "homepage"), FOAF.Document)
    if publisher.contact_email:
        agent.link(FOAF.mbox, _mail(publisher.contact_email))


def add_contact(subject: Subject, iri: str, publisher: DescribedPublisher, base_url: str) -> None:
    """State how to reach the publisher: by mail or by a page (K01); the portal's own address if there is neither."""
    subject.link(DCAT.contactPoint, iri, VCARD.Kind, VCARD.Organization)
    contact = Subject(subject.statements, iri)
    contact.value(VCARD.fn, publisher.contact_name or publisher.name.de)
    if publisher.contact_email:
        contact.link(VCARD.hasEmail, _mail(publisher.contact_email))
    page = publisher.contact_url or publisher.homepage
    if page or not publisher.contact_email:
        contact.link(VCARD.hasURL, web_address(page or f"{base_url}/", "contact"))


def _mail(address: str) -> str:
    return "mailto:" + quote(address.strip(), safe="@.+-_")
