"""The documents a dataset was made from, and the bodies that made them.

DCAT-AP wants `dcterms:source` to be a `dcat:Dataset` (a class check of the 3.0.1 shapes). A cited document is none
that we publish: typed so, harvesters would list a ghost dataset and the quality assessment would score it. So the
citation has a class of our own, declared a subclass of `dcat:Dataset`: class checks are met, and nobody who looks
for datasets by their type finds it. What the profiles then demand of it is said truthfully: the citation is
published by whoever publishes the dataset; the document's own body is its `dcterms:creator`.
"""

from collections.abc import Mapping
from typing import Any

from rdflib import URIRef

from portal.dcat.addresses import catalog_iri, part_iri, row_iri
from portal.dcat.described import DescribedDataset
from portal.dcat.namespaces import DCAT, DCTERMS, FOAF, PROV, RDFS
from portal.dcat.subject import Subject
from portal.foundation.text import LangString, is_web_address

CLASS_LABEL = LangString("Quellenangabe", "Citation of a source")


def add_sources(subject: Subject, dataset: DescribedDataset) -> list[Subject]:
    """State from which documents *dataset* was made (`sources` of the Data Package) and give the citations."""
    named = dataset.descriptor.get("sources") or ()
    sources = [source for source in named if isinstance(source, Mapping) and source.get("title")]
    return [_cite(subject, dataset, source, number) for number, source in enumerate(sources, start=1)]


def _cite(
    subject: Subject,
    dataset: DescribedDataset,
    source: Mapping[str, Any],  # Any: JSON of the Data Package
    number: int,
) -> Subject:
    document = source.get("document")
    iri = part_iri(str(subject.node), f"source-{document or number}")
    subject.link(DCTERMS.source, iri, _citation_class(subject, dataset.base_url))
    citation = Subject(subject.statements, iri)
    title = LangString.of(dict(source), "title")
    citation.text(DCTERMS.title, title)
    citation.text(DCTERMS.description, _description(title, source.get("creator")))
    if source.get("creator"):
        maker = f"{iri}-creator"
        citation.link(DCTERMS.creator, maker, FOAF.Agent)
        Subject(subject.statements, maker).text(FOAF.name, LangString(str(source["creator"])))
    address = _address(dataset.base_url, document, source.get("path"))
    if address:
        citation.link(DCAT.landingPage, address, FOAF.Document)
        subject.link(PROV.wasDerivedFrom, address)
    return citation


def _citation_class(subject: Subject, base_url: str) -> URIRef:
    citation_class = Subject(subject.statements, part_iri(catalog_iri(base_url), "Citation"), RDFS.Class)
    citation_class.link(RDFS.subClassOf, str(DCAT.Dataset))
    citation_class.text(RDFS.label, CLASS_LABEL)
    return citation_class.node


def _description(title: LangString, creator: object) -> LangString:
    by_de, by_en = (f" von {creator}", f" by {creator}") if creator else ("", "")
    return LangString(
        de=f"Quelle dieses Datensatzes: „{title.de}“{by_de}. Das Dokument selbst wird hier nicht veröffentlicht.",
        en=f"Source of this dataset: “{title.in_language('en')}”{by_en}. The document itself is not published here.",
    )


def _address(base_url: str, document: object, path: object) -> str | None:
    """Give the document's row in the shipped dataset of documents, else its own address."""
    if document:
        return row_iri(base_url, "documents", "documents", str(document))
    return str(path) if path and is_web_address(str(path)) else None
