"""The ways to the data: a file is a `dcat:Distribution` with one address for access and download (K39), the
interface one with an access service and no download URL (K41).

What holds for every distribution of a dataset (licence, credit, rights, state, language, legal basis, dates) is
worked out once and stated on each.
"""

from rdflib import Literal, URIRef
from rdflib.term import Node

from portal.dcat.addresses import api_url, file_url, landing_page, part_iri
from portal.dcat.described import DescribedDataset, DescribedDistribution
from portal.dcat.namespaces import ADMS, DCAT, DCATAP, DCATDE, DCTERMS, ELI, SKOS, SPDX, XSD
from portal.dcat.properties import MEDIA_TYPES
from portal.dcat.reading import coded_by_key, dcat_of, legislation, licence_of, title_of
from portal.dcat.services import add_dataset_service
from portal.dcat.subject import Subject, moment, web_address
from portal.foundation.text import LangString
from portal.vocabularies.concepts import concept, concepts
from portal.vocabularies.licences import Licence, attribution

Statements = list[tuple[URIRef, Node]]

_API_DESCRIPTION = LangString(
    "Zeilen filtern, sortieren, blättern und zusammenfassen, ohne Anmeldung; Antworten als JSON und CSV.",
    "Filter, sort, page and aggregate rows without signing in; answers as JSON and CSV.",
)


def add_distributions(subject: Subject, dataset: DescribedDataset) -> None:
    """Describe every file of *dataset* and its REST interface.

    Raises:
        InvalidInput: a file type is not a code of the EU table, or the dataset has no known licence.
    """
    common = _common(subject, dataset)
    for file in dataset.distributions:
        _add_file(_distribution(subject, file.name, common), dataset, file)
    _add_api(_distribution(subject, "api", common), subject, dataset)


def _distribution(subject: Subject, part: str, common: Statements) -> Subject:
    iri = part_iri(str(subject.node), part)
    subject.link(DCAT.distribution, iri, DCAT.Distribution)
    distribution = Subject(subject.statements, iri)
    for prop, value in common:
        subject.statements.add((distribution.node, prop, value))
    return distribution


def _add_file(distribution: Subject, dataset: DescribedDataset, file: DescribedDistribution) -> None:
    url = file_url(dataset.base_url, dataset.slug, file.name)
    distribution.link(DCAT.accessURL, url)
    distribution.link(DCAT.downloadURL, url)
    distribution.text(DCTERMS.title, file.title)
    distribution.text(DCTERMS.description, file.description or _contents(dataset, file))
    add_format(distribution, file.file_type, file.media_type)
    _add_packing(distribution, file)
    distribution.value(DCAT.byteSize, file.size_bytes, XSD.nonNegativeInteger)
    _add_checksum(distribution, file.digest)


def add_format(distribution: Subject, file_type: str | None, media_type: str) -> None:
    """State format and media type; what neither the EU table nor IANA knows stays unsaid (K31)."""
    if file_type:
        distribution.link(DCTERMS["format"], concept("file-type", file_type).iri, DCTERMS.MediaTypeOrExtent)
    _add_media_type(distribution, DCAT.mediaType, media_type)


def _add_packing(distribution: Subject, file: DescribedDistribution) -> None:
    _add_media_type(distribution, DCAT.compressFormat, file.compress_media_type)
    _add_media_type(distribution, DCAT.packageFormat, file.package_media_type)
    if file.conforms_to:
        distribution.link(DCTERMS.conformsTo, web_address(file.conforms_to, "conforms_to"), DCTERMS.Standard)


def _add_media_type(distribution: Subject, prop: URIRef, stated: str | None) -> None:
    registered = concepts("media-type").get((stated or "").partition(";")[0].strip().lower())
    if registered:
        distribution.link(prop, registered.iri, DCTERMS.MediaType)


def _add_checksum(distribution: Subject, digest: str) -> None:
    iri = f"{distribution.node}-sha256"
    distribution.link(SPDX.checksum, iri, SPDX.Checksum)
    checksum = Subject(distribution.statements, iri)
    checksum.link(SPDX.algorithm, concept("checksum-algorithm", "sha256").iri, SPDX.ChecksumAlgorithm)
    checksum.value(SPDX.checksumValue, digest, XSD.hexBinary)


def _add_api(distribution: Subject, subject: Subject, dataset: DescribedDataset) -> None:
    title = title_of(dataset)
    distribution.link(DCAT.accessURL, api_url(dataset.base_url, dataset.slug))
    distribution.text(
        DCTERMS.title,
        LangString(f"{title.de} (REST-Schnittstelle)", f"{title.in_language('en')} (REST interface)"),
    )
    distribution.text(DCTERMS.description, _API_DESCRIPTION)
    distribution.link(DCTERMS["format"], concept("file-type", "JSON").iri, DCTERMS.MediaTypeOrExtent)
    distribution.link(DCAT.mediaType, f"{MEDIA_TYPES}application/json", DCTERMS.MediaType)
    add_dataset_service(distribution, subject, dataset)


def _contents(dataset: DescribedDataset, file: DescribedDistribution) -> LangString:
    rows_de = "" if file.row_count is None else f" mit {file.row_count} Zeilen"
    rows_en = "" if file.row_count is None else f" with {file.row_count} rows"
    if file.table is None:
        return LangString(
            f"Der ganze Datensatz, Version {dataset.version}.", f"The whole dataset, version {dataset.version}."
        )
    return LangString(
        f"Vollständige Tabelle{rows_de}, Version {dataset.version}.",
        f"Complete table{rows_en}, version {dataset.version}.",
    )


def _common(subject: Subject, dataset: DescribedDataset) -> Statements:
    licence = licence_of(dataset)
    nodes = [
        (DCTERMS.license, licence.iri, DCTERMS.LicenseDocument),
        (ADMS.status, concept("distribution-status", "COMPLETED").iri, SKOS.Concept),
        *((DCATAP.availability, term.iri, SKOS.Concept) for term in coded_by_key(dataset, "availability")),
        *((DCTERMS.language, term.iri, DCTERMS.LinguisticSystem) for term in coded_by_key(dataset, "language")),
        *((DCATAP.applicableLegislation, act, ELI.LegalResource) for act in legislation(dataset)),
    ]
    if rights := _rights(subject, dataset, licence):
        nodes.append((DCTERMS.rights, rights, DCTERMS.RightsStatement))
    for _, iri, kind in nodes:
        Subject(subject.statements, iri, kind)
    return [
        *((prop, URIRef(iri)) for prop, iri, _ in nodes),
        *((DCATDE.licenseAttributionByText, credit) for credit in _credits(dataset, licence)),
        (DCTERMS.issued, moment(dataset.issued_at)),
        (DCTERMS.modified, moment(dataset.modified_at)),
    ]


def _rights(subject: Subject, dataset: DescribedDataset, licence: Licence) -> str | None:
    """Give the dataset's own rights statement, else the page of the licence."""
    return part_iri(str(subject.node), "rights") if dcat_of(dataset).get("rights") else licence.url


def _credits(dataset: DescribedDataset, licence: Licence) -> list[Literal]:
    if not licence.attribution:
        return []
    page = landing_page(dataset.base_url, dataset.slug)
    line = attribution(licence, publisher=dataset.publisher.name, title=title_of(dataset), url=page)
    return [Literal(words, lang=language) for language, words in line.items()]
