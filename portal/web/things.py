"""IRIs of things that are not documents: each leads with 303 to what is said about it.

Datasets, catalogue records, publishers, the REST service, rows. Source: Cool URIs for the Semantic Web, 4.2.
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


@things.get("/id/publisher/<slug>")
def publisher_iri(slug: str) -> AnyResponse:
    """Lead from a publisher to what is said about it."""
    return redirect(url_for("publishers.PublisherResource", name=slug), 303)


@things.get("/id/service/rest")
def service_iri() -> AnyResponse:
    """Lead from the REST interface to its description."""
    return redirect(url_for("pages.api_docs"), 303)


@things.get("/id/<slug>/<table>/<path:key>")
def row_iri(slug: str, table: str, key: str) -> AnyResponse:
    """Lead from a row as a thing to what is said about it."""
    return redirect(url_for("rows.RowResource", slug=slug, table=table, key=key), 303)
