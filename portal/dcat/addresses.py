"""The addresses and IRIs that DCAT statements are about; stable over every release of a dataset.

{base}/catalog                           the catalogue
{base}/id/dataset/{slug}                 a dataset; its parts hang below as #fragments, so nothing is blank:
    #{file name}  #{file name}-sha256    a distribution and its checksum
    #api  #service  #contact  #temporal  the distribution by API, its service, the contact, the period
    #rights  #provenance  #source-{key}  statements, and the documents the dataset was made from
{base}/id/record/{slug}                  its catalogue record
{base}/id/combination/{slug}             a saved combination; its page {base}/combinations/{slug}, its rows {slug}.csv …
{base}/id/publisher/{slug}               a publisher
{base}/id/service/rest                   the REST interface of the whole portal
{base}/id/{slug}/{table}/{key}           a row as a thing (three segments: cannot clash with the above)
{base}/datasets/{slug}                   the landing page; files at {base}/datasets/{slug}/{name}
"""

from urllib.parse import quote


def catalog_iri(base_url: str) -> str:
    return f"{base_url}/catalog"


def dataset_iri(base_url: str, slug: str) -> str:
    return f"{base_url}/id/dataset/{quote(slug)}"


def record_iri(base_url: str, slug: str) -> str:
    return f"{base_url}/id/record/{quote(slug)}"


def publisher_iri(base_url: str, slug: str) -> str:
    return f"{base_url}/id/publisher/{quote(slug)}"


def rest_service_iri(base_url: str) -> str:
    return f"{base_url}/id/service/rest"


def row_iri(base_url: str, slug: str, table: str, key: str) -> str:
    return f"{base_url}/id/{quote(slug)}/{quote(table)}/{quote(key, safe='')}"


def landing_page(base_url: str, slug: str) -> str:
    return f"{base_url}/datasets/{quote(slug)}"


def version_page(base_url: str, slug: str, version: int) -> str:
    return f"{landing_page(base_url, slug)}/v/{version}"


def file_url(base_url: str, slug: str, name: str) -> str:
    """Give the address of a current file; the package of the whole dataset lies beside its page (`{slug}.zip`)."""
    if name.startswith(f"{slug}."):
        return f"{base_url}/datasets/{quote(name)}"
    return f"{landing_page(base_url, slug)}/{quote(name)}"


def api_url(base_url: str, slug: str) -> str:
    return f"{base_url}/api/v1/datasets/{quote(slug)}"


def part_iri(iri: str, part: str) -> str:
    """Give the IRI of a part of *iri*, so that what belongs to a dataset is never a blank node."""
    return f"{iri}#{quote(part)}"


def combination_iri(base_url: str, slug: str) -> str:
    return f"{base_url}/id/combination/{quote(slug)}"


def combination_page(base_url: str, slug: str) -> str:
    """Give the page of a saved combination; its rows lie beside it (`{slug}.csv`)."""
    return f"{base_url}/combinations/{quote(slug)}"
