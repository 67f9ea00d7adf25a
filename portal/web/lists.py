"""The list of datasets under the pages' own addresses, for machines: `/datasets.json`, `/datasets.csv`, and by `Accept`.

/            RDF: the catalogue document       JSON: the entrance of REST v1
/datasets    RDF: the catalogue document       JSON, CSV: the list
"""

import csv
import io
import json

from flask import Blueprint, Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from portal.catalogue.reading import DatasetFilter, list_datasets
from portal.foundation.db import reading
from portal.foundation.errors import NotFound
from portal.web.context import portal
from portal.web.negotiation import preferred
from portal.web.published import DOCUMENTS

lists = Blueprint("lists", __name__)

COLUMNS = (
    "name",
    "title_de",
    "title_en",
    "publisher",
    "licence",
    "version",
    "issued",
    "modified",
    "tables",
    "rows",
    "url",
)
"""Columns of `/datasets.csv`."""

_SYNTAXES = {**DOCUMENTS, ".csv": "text/csv"}
_BATCH = 1_000


def register_lists(app: Flask) -> None:
    """Put the lists into *app*, and let the pages of the same addresses step back where no page is wanted."""
    app.register_blueprint(lists)
    app.before_request(_not_a_page)


def _not_a_page() -> AnyResponse | None:
    """Lead a client that asked `/` or `/datasets` for something else than a page to what it wants."""
    if request.path not in ("/", "/datasets") or request.method not in ("GET", "HEAD"):
        return None
    suffix = preferred(request.headers.get("Accept", ""), _SYNTAXES)
    if suffix is None:
        return None
    response = redirect(_document(request.path, suffix), 303)
    response.headers["Vary"] = "Accept"
    return response


def _document(path: str, suffix: str) -> str:
    """Give the address of what stands for the page *path* in another form."""
    if suffix == ".json":
        return "/api/v1/" if path == "/" else "/api/v1/datasets"
    return "/datasets.csv" if suffix == ".csv" else f"/catalog{suffix}"


@lists.get("/datasets<suffix>")
def dataset_list(suffix: str) -> AnyResponse:
    """Give the list of datasets as a file.

    Raises:
        NotFound: there is no such form of the list.
    """
    if suffix == ".json":
        return redirect(f"/api/v1/datasets?{request.query_string.decode('latin-1')}".rstrip("?"), 303)
    if suffix == ".csv":
        return Response(_as_csv(), content_type="text/csv; charset=utf-8; header=present")
    if suffix in DOCUMENTS:
        return redirect(_document("/datasets", suffix), 303)
    known = ", ".join(f"/datasets{one}" for one in _SYNTAXES)
    raise NotFound(f"The list of datasets is at {known}.", detail_de=f"Die Liste der Datensätze gibt es unter {known}.")


def _as_csv() -> str:
    """Write all published datasets as RFC 4180 lines."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    offset = 0
    with reading(portal().engine) as session:
        while summaries := list_datasets(session, DatasetFilter(), sort="name", limit=_BATCH, offset=offset).summaries:
            writer.writerows(_line(json.loads(summary)) for summary in summaries)
            offset += _BATCH
    return out.getvalue()


def _line(summary: dict[str, object]) -> list[object]:
    english = summary.get("translations", {})
    translated = english.get("en", {}) if isinstance(english, dict) else {}
    tables = summary["tables"]
    flat = {
        **summary,
        "title_de": summary["title"],
        "title_en": translated.get("title", ""),
        "tables": len(tables) if isinstance(tables, list) else 0,
    }
    return [flat[column] for column in COLUMNS]
