"""The mapping from a Data Package to DCAT-AP.de, where it can be a table.

Keys stand under `dcat` in `datapackage.json`. What needs more than a line (places, periods, sources, files) is in
the files beside this one. Cardinalities: DCAT-AP 3.0.1 and DCAT-AP.de 3.0, class Dataset.
"""

from dataclasses import dataclass

from rdflib import URIRef

from portal.dcat.namespaces import (
    ADMS,
    DCAT,
    DCATAP,
    DCATDE,
    DCTERMS,
    FOAF,
    GEO,
    HYDRA,
    PROV,
    RDFS,
    SKOS,
    SPDX,
    VCARD,
    XSD,
)


@dataclass(frozen=True)
class Coded:
    """A key whose values are codes of a controlled vocabulary."""

    key: str
    prop: URIRef
    scheme: str
    classes: tuple[URIRef, ...]
    many: bool = True
    default: tuple[str, ...] = ()


CODED = (
    Coded("theme", DCAT.theme, "data-theme", (SKOS.Concept,)),
    Coded("accrualPeriodicity", DCTERMS.accrualPeriodicity, "frequency", (DCTERMS.Frequency,), many=False),
    Coded("accessRights", DCTERMS.accessRights, "access-right", (DCTERMS.RightsStatement,), False, ("PUBLIC",)),
    Coded("language", DCTERMS.language, "language", (DCTERMS.LinguisticSystem,), default=("DEU",)),
    Coded("availability", DCATAP.availability, "planned-availability", (SKOS.Concept,), False, ("STABLE",)),
    Coded("type", DCTERMS.type, "dataset-type", (SKOS.Concept,)),
    Coded("politicalGeocodingLevel", DCATDE.politicalGeocodingLevelURI, "political-geocoding-level", ()),
    Coded("hvdCategory", DCATAP.hvdCategory, "hvd-category", (SKOS.Concept,)),
)
CODED_BY_KEY = {row.key: row for row in CODED}


@dataclass(frozen=True)
class Linked:
    """A key whose values are addresses."""

    key: str
    prop: URIRef
    classes: tuple[URIRef, ...]


LINKED = (
    Linked("conformsTo", DCTERMS.conformsTo, (DCTERMS.Standard,)),
    Linked("page", FOAF.page, (FOAF.Document,)),
    Linked("references", DCTERMS.references, ()),
    Linked("relation", DCTERMS.relation, ()),
)


@dataclass(frozen=True)
class Stated:
    """A key whose value is a text in both languages, put on a node of its own."""

    key: str
    prop: URIRef
    kind: URIRef


STATED = (
    Stated("rights", DCTERMS.rights, DCTERMS.RightsStatement),
    Stated("provenance", DCTERMS.provenance, DCTERMS.ProvenanceStatement),
)

HVD_REGULATION = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
PROFILE = "http://dcat-ap.de/def/dcatde/3.0/"
CONTRIBUTORS = "http://dcat-ap.de/def/contributors/"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"

# How values are written in JSON-LD: IRIs as plain strings, texts as language maps, typed literals as strings.
IRI_VALUED = (
    ADMS.status,
    DCAT.accessService,
    DCAT.accessURL,
    DCAT.compressFormat,
    DCAT.contactPoint,
    DCAT.dataset,
    DCAT.distribution,
    DCAT.downloadURL,
    DCAT.endpointDescription,
    DCAT.endpointURL,
    DCAT.hasCurrentVersion,
    DCAT.landingPage,
    DCAT.mediaType,
    DCAT.packageFormat,
    DCAT.previousVersion,
    DCAT.record,
    DCAT.servesDataset,
    DCAT.service,
    DCAT.theme,
    DCAT.themeTaxonomy,
    DCATAP.applicableLegislation,
    DCATAP.availability,
    DCATAP.hvdCategory,
    DCATDE.contributorID,
    DCATDE.politicalGeocodingLevelURI,
    DCTERMS.accessRights,
    DCTERMS.accrualPeriodicity,
    DCTERMS.conformsTo,
    DCTERMS.creator,
    DCTERMS["format"],
    DCTERMS.language,
    DCTERMS.license,
    DCTERMS.provenance,
    DCTERMS.publisher,
    DCTERMS.references,
    DCTERMS.relation,
    DCTERMS.rights,
    DCTERMS.source,
    DCTERMS.spatial,
    DCTERMS.temporal,
    DCTERMS.type,
    FOAF.homepage,
    FOAF.mbox,
    FOAF.page,
    FOAF.primaryTopic,
    PROV.wasDerivedFrom,
    RDFS.subClassOf,
    SPDX.algorithm,
    SPDX.checksum,
    VCARD.hasEmail,
    VCARD.hasURL,
)
TEXT_VALUED = (
    ADMS.versionNotes,
    DCAT.keyword,
    DCATDE.licenseAttributionByText,
    DCTERMS.description,
    DCTERMS.title,
    FOAF.name,
    RDFS.label,
    SKOS.prefLabel,
)
TYPED: dict[URIRef, URIRef] = {
    DCAT.bbox: GEO.wktLiteral,
    DCAT.byteSize: XSD.nonNegativeInteger,
    DCAT.centroid: GEO.wktLiteral,
    DCAT.endDate: XSD.date,
    DCAT.startDate: XSD.date,
    DCTERMS.issued: XSD.dateTime,
    DCTERMS.modified: XSD.dateTime,
    HYDRA.itemsPerPage: XSD.integer,
    HYDRA.totalItems: XSD.integer,
    SPDX.checksumValue: XSD.hexBinary,
}
