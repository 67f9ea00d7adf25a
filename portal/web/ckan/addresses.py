"""Addresses that CKAN's clients build by themselves: each leads to ours.

/dataset/{name or id}                                   /datasets/{slug}
/dataset/{name or id}.{rdf,xml,ttl,n3,jsonld}           /datasets/{slug}.{rdf,ttl,jsonld}
/dataset/{name or id}/resource/{id}[/download/{file}]   the file
"""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response as AnyResponse

from portal.catalogue.lookup import public_dataset
from portal.foundation.db import reading
from portal.foundation.errors import NotFound
from portal.publishing.documents import address
from portal.web.ckan.kept import catalogue
from portal.web.context import portal

addresses = Blueprint("ckan_addresses", __name__)

SUFFIXES = {".rdf": ".rdf", ".xml": ".rdf", ".ttl": ".ttl", ".n3": ".ttl", ".jsonld": ".jsonld"}
"""CKAN's suffix ↔ ours: Turtle is N3."""


@addresses.get("/dataset/<name>")
def dataset(name: str) -> AnyResponse:
    """Lead to a dataset's page, or to its description as RDF."""
    suffix = next((one for one in SUFFIXES if name.endswith(one)), "")
    return redirect(f"/datasets/{_slug(name.removesuffix(suffix))}{SUFFIXES.get(suffix, '')}", 303)


@addresses.get("/dataset/<name>/resource/<resource_id>")
@addresses.get("/dataset/<name>/resource/<resource_id>/download/<file>")
def resource(name: str, resource_id: str, file: str | None = None) -> AnyResponse:
    """Lead to a dataset's file; a page for it alone there is not."""
    slug = _slug(name)
    with reading(portal().engine) as session:
        found = catalogue().snapshot(session).resources.get(resource_id)
    if found is None or found[0] != slug:
        raise NotFound("Resource was not found.", detail_de="Diese Ressource gibt es nicht.")
    table = found[1].split(".")[0]
    return redirect(address(found[1], f"/datasets/{slug}") if file else f"/datasets/{slug}#{table}", 303)


def _slug(name: str) -> str:
    """Give the slug of a dataset.

    Raises:
        NotFound: there is no such dataset.
        Gone: it was withdrawn.
    """
    with reading(portal().engine) as session:
        entry = catalogue().snapshot(session).find(name)
        if entry is None:
            public_dataset(session, name)
    return entry.name if entry else name
