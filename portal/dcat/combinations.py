"""Saved combinations in DCAT: datasets made of datasets, in a catalogue of their own.

    Catalog {base}/combinations ─ dcat:dataset ─▶ Dataset {base}/id/combination/{slug} ─ Distribution (every format)
                                                     └ prov:wasDerivedFrom ─▶ the datasets, and their versions that went in

`dcterms:source` is not stated: the shapes of DCAT-AP 3.0.1 want a typed `dcat:Dataset` there, and harvesters would find each
input a second time. Sizes and checksums are not either: files are made when they are asked for.
"""

from dataclasses import dataclass

from rdflib import Literal, URIRef

from portal.dcat.addresses import combination_iri, combination_page, dataset_iri, part_iri, version_page
from portal.dcat.agents import add_contact, add_publisher
from portal.dcat.described import DescribedDataset
from portal.dcat.distributions import add_format
from portal.dcat.namespaces import ADMS, DCAT, DCATAP, DCATDE, DCTERMS, FOAF, PROV, SKOS
from portal.dcat.properties import CONTRIBUTORS
from portal.dcat.reading import coded_by_key
from portal.dcat.subject import Subject, Triple, web_address
from portal.dcat.to_graph import add_coverage, add_mapped, add_texts
from portal.foundation.text import LangString, is_web_address
from portal.vocabularies.concepts import concept
from portal.vocabularies.licences import Licence, successor


@dataclass(frozen=True, kw_only=True)
class DescribedForm:
    """A format that the rows come in."""

    suffix: str
    """Of the address, with the dot."""
    title: LangString
    description: LangString
    media_type: str
    file_type: str | None
    """As of a `DescribedDistribution`."""


@dataclass(frozen=True, kw_only=True)
class DescribedCombination:
    """A saved combination as it is made of certain versions."""

    described: DescribedDataset
    """What is said of any dataset; its descriptor is put together from those of the inputs, its version is the revision."""
    inputs: dict[str, int]
    """Slug of a dataset ↔ number of its version."""
    licence: Licence | None
    """None: what may be done with it is unclear, and said under `dcat.rights`."""
    credit: LangString
    forms: tuple[DescribedForm, ...]


def combination_statements(combination: DescribedCombination) -> set[Triple]:
    """Describe a saved combination and the forms it comes in.

    Raises:
        InvalidInput: an input's descriptor names a code, place, date or address that cannot be stated.
    """
    described = combination.described
    base_url, slug = described.base_url, described.slug
    statements: set[Triple] = set()
    subject = Subject(statements, combination_iri(base_url, slug), DCAT.Dataset)
    add_texts(subject, described)
    add_mapped(subject, described)
    add_coverage(subject, described)
    add_publisher(subject, described.publisher, base_url)
    add_contact(subject, part_iri(str(subject.node), "contact"), described.publisher, base_url)
    _add_version(subject, combination)
    if named := described.contributor_id:
        iri = named if is_web_address(named) else web_address(CONTRIBUTORS + named, "contributor_id")
        subject.link(DCATDE.contributorID, iri)
    for form in combination.forms:
        _add_form(subject, combination, form)
    return statements


def listing(base_url: str, combination: DescribedCombination) -> Triple:
    """State that the catalogue of combinations has *combination*."""
    iri = combination_iri(base_url, combination.described.slug)
    return URIRef(f"{base_url}/combinations"), DCAT.dataset, URIRef(iri)


def _add_version(subject: Subject, combination: DescribedCombination) -> None:
    described, base_url = combination.described, combination.described.base_url
    page = combination_page(base_url, described.slug)
    inputs = ", ".join(f"{slug}:{number}" for slug, number in combination.inputs.items())
    subject.value(DCTERMS.identifier, subject.node)
    subject.moment(DCTERMS.issued, described.issued_at)
    subject.moment(DCTERMS.modified, described.modified_at)
    subject.link(DCAT.landingPage, page, FOAF.Document)
    subject.link(FOAF.page, page, FOAF.Document)
    subject.value(DCAT.version, f"{described.version} ({inputs})")
    for slug, number in combination.inputs.items():
        subject.link(PROV.wasDerivedFrom, dataset_iri(base_url, slug))
        subject.link(PROV.wasDerivedFrom, version_page(base_url, slug, number))


def _add_form(subject: Subject, combination: DescribedCombination, form: DescribedForm) -> None:
    described = combination.described
    url = f"{combination_page(described.base_url, described.slug)}{form.suffix}"
    iri = part_iri(str(subject.node), form.suffix[1:])
    subject.link(DCAT.distribution, iri, DCAT.Distribution)
    distribution = Subject(subject.statements, iri)
    distribution.link(DCAT.accessURL, url)
    distribution.link(DCAT.downloadURL, url)
    distribution.text(DCTERMS.title, form.title)
    distribution.text(DCTERMS.description, form.description)
    add_format(distribution, form.file_type, form.media_type)
    _add_terms(distribution, part_iri(str(subject.node), "rights"), combination)
    distribution.link(ADMS.status, concept("distribution-status", "COMPLETED").iri, SKOS.Concept)
    for term in coded_by_key(described, "availability"):
        distribution.link(DCATAP.availability, term.iri, SKOS.Concept)
    for term in coded_by_key(described, "language"):
        distribution.link(DCTERMS.language, term.iri, DCTERMS.LinguisticSystem)
    distribution.moment(DCTERMS.issued, described.issued_at)
    distribution.moment(DCTERMS.modified, described.modified_at)


def _add_terms(distribution: Subject, rights: str, combination: DescribedCombination) -> None:
    """State the licence and what its holder wants to be said; where it is unclear, the sentence that says so."""
    distribution.link(DCTERMS.rights, rights, DCTERMS.RightsStatement)
    if combination.licence is None:
        return
    distribution.link(DCTERMS.license, successor(combination.licence).iri, DCTERMS.LicenseDocument)
    for language, words in combination.credit.items():
        distribution.statements.add((distribution.node, DCATDE.licenseAttributionByText, Literal(words, lang=language)))
