"""IRIs of things that are not documents: each leads with 303 to what is said about it.

Datasets, saved combinations, catalogue records, publishers, the REST service. Source: Cool URIs for the Semantic Web, 4.2. A row is told at its own
address (portal/web/row_things.py).
"""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

things = Blueprint("things", __name__)


@things.get("/id/dataset/<slug>")
def dataset_iri(slug: str) -> AnyResponse:
    """Lead from the dataset as a thing to what is said about it (303: Cool URIs for the Semantic Web, 4.2)."""
    return redirect(url_for("pages.dataset", slug=slug), 303)


@things.get("/id/record/<slug>")
def record_iri(slug: str) -> AnyResponse:
    """Lead from a catalogue record to the dataset it is about."""
    return redirect(url_for("pages.dataset", slug=slug), 303)


@things.get("/id/combination/<slug>")
def combination_iri(slug: str) -> AnyResponse:
    """Lead from a saved combination to what is said about it."""
    return redirect(url_for("combination_things.combination", name=slug), 303)


@things.get("/id/publisher/<slug>")
def publisher_iri(slug: str) -> AnyResponse:
    """Lead from a publisher to what is said about it."""
    return redirect(url_for("publishers.PublisherResource", name=slug), 303)


@things.get("/id/service/rest")
def service_iri() -> AnyResponse:
    """Lead from the REST interface to its description."""
    return redirect(url_for("pages.api_docs"), 303)
