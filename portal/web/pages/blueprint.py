"""The pages: home, datasets, one dataset, licences, contact, the API's reference, kinds of problems."""

import json
from typing import Any

from flask import Blueprint, Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from portal.catalogue.combination import count_combinations, public_combinations
from portal.catalogue.dataset import TermKind
from portal.catalogue.lookup import no_such_version, public_dataset, public_version
from portal.catalogue.reading import (
    DatasetFilter,
    list_datasets,
    publisher_counts,
    tables_of,
    term_counts,
    version_lines,
)
from portal.exports.formats import FORMATS
from portal.foundation.db import reading
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.numbers import whole_number
from portal.foundation.resources import shipped
from portal.publishing.chosen_files import published_source
from portal.publishing.documents import address
from portal.rows.engine import RowSource
from portal.rows.query import RowQuery
from portal.rows.serve import read_page
from portal.vocabularies.concepts import concepts
from portal.vocabularies.licences import licences
from portal.web.context import index, portal, reader_language
from portal.web.links import docs_url, document_links
from portal.web.manuals import manual_of
from portal.web.negotiation import preferred
from portal.web.pages.formats import cell, file_rows, readable_size
from portal.web.pages.manuals import manual_pages, shown_snippets
from portal.web.pages.words import words
from portal.web.problems import KINDS
from portal.web.published import DOCUMENTS

pages = Blueprint("pages", __name__)

PAGE_SIZE = 50
_PREVIEW_ROWS = 5
_SHOWN_COMBINATIONS = 20
_FILTERS = ("publisher", "theme", "keyword", "licence", "place")


def register_pages(app: Flask) -> None:
    """Put the pages into *app*."""
    app.register_blueprint(pages)
    app.register_blueprint(manual_pages)
    app.jinja_env.filters["readable_size"] = readable_size
    app.jinja_env.filters["cell"] = cell
    app.context_processor(words)


@pages.get("/")
def home() -> str:
    """Show what there is."""
    with reading(portal().engine) as session:
        newest = list_datasets(session, DatasetFilter(), sort="title", limit=PAGE_SIZE, offset=0)
        used = {value: count for value, _, count in term_counts(session, TermKind.THEME)}
    themes = [(theme, used[code]) for code, theme in concepts("data-theme").items() if code in used]
    return render_template("home.html", datasets=_parsed(newest.summaries), total=newest.total, themes=themes)


@pages.get("/datasets")
def datasets() -> str:
    """List datasets; every selection is an address."""
    which = {name: _term(name) for name in _FILTERS if request.args.get(name)}
    offset = whole_number("offset", request.args.get("offset", "0"), least=0)
    with reading(portal().engine) as session:
        found = list_datasets(session, DatasetFilter(**which), sort="title", limit=PAGE_SIZE, offset=offset)
        publishers = publisher_counts(session)
    return render_template(
        "datasets.html",
        datasets=_parsed(found.summaries),
        total=found.total,
        which=which,
        offset=offset,
        page_size=PAGE_SIZE,
        publishers=publishers,
    )


@pages.get("/datasets/<slug>")
def dataset(slug: str) -> Response:
    """Show a dataset in its current version."""
    return _dataset_page(slug, None)


@pages.get("/datasets/<slug>.csv")
def dataset_csv(slug: str) -> AnyResponse:
    """Lead to the table of a dataset that has one; one with several says which there are."""
    with reading(portal().engine) as session:
        tables = [table.name for table in tables_of(session, public_version(session, slug, None).id)]
    if len(tables) == 1:
        return redirect(f"/datasets/{slug}/{tables[0]}.csv", 303)
    files = [f"/datasets/{slug}/{table}.csv" for table in tables]
    raise NotFound(
        f"The dataset {slug!r} has {len(tables)} tables: {', '.join(files)}.",
        detail_de=f"Der Datensatz {slug!r} hat {len(tables)} Tabellen: {', '.join(files)}.",
        files=files,
    )


@pages.get("/datasets/<slug>/v/<version:number>")
def dataset_version(slug: str, number: int) -> Response:
    """Show a dataset as it was in one version."""
    return _dataset_page(slug, number)


@pages.get("/datasets/<slug>/<name>")
@pages.get("/datasets/<slug>/v/<version:number>/<name>")
def dataset_file(slug: str, name: str, number: int | None = None) -> AnyResponse:
    """Lead from a table's name to its place on the page; a file that exists never comes here."""
    with reading(portal().engine) as session:
        version = public_version(session, slug, number)
        tables = [table.name for table in tables_of(session, version.id)]
    if name in tables:
        return _to_table(slug, number, name)
    known = index().version(slug, number)
    raise NotFound(
        f"The dataset {slug!r} has no file {name[:100]!r}.",
        detail_de=f"Der Datensatz {slug!r} hat keine Datei {name[:100]!r}.",
        files=sorted(known.answers) if known else [],
    )


@pages.get("/datasets/<slug>.<suffix>")
@pages.get("/datasets/<slug>/v/<version:number>.<suffix>")
def dataset_document(slug: str, suffix: str, number: int | None = None) -> AnyResponse:
    """Say why a dataset's document cannot be had: withdrawn, or never there; one that exists never comes here."""
    with reading(portal().engine) as session:
        public_version(session, slug, number)
    known = index().version(slug, number)
    documents = sorted(name for name in known.answers if name.startswith(".")) if known else []
    raise NotFound(
        f"The dataset {slug!r} has no document .{suffix[:40]}; it has {', '.join(documents)}.",
        detail_de=f"Der Datensatz {slug!r} hat kein Dokument .{suffix[:40]}; er hat {', '.join(documents)}.",
        documents=documents,
    )


@pages.get("/licences")
def licence_list() -> str:
    """Show the licences, recommended ones first."""
    return render_template(
        "licences.html", licences=sorted(licences().values(), key=lambda one: (one.recommended or 999, one.code))
    )


@pages.get("/contact")
def contact() -> str:
    """Say who answers questions."""
    return render_template("contact.html")


@pages.get("/problems/<slug>")
def problem_kind(slug: str) -> str:
    """Explain a kind of problem."""
    if slug not in KINDS:
        raise NotFound(
            f"There is no kind of problem {slug[:60]!r}.",
            detail_de=f"Diese Art von Fehler gibt es nicht: {slug[:60]!r}.",
        )
    status, title = KINDS[slug]
    return render_template("problem_kind.html", status=status, title=title.in_language(reader_language()))


@pages.get("/api/docs")
def api_docs() -> str:
    """Show the reference of the API, made from its OpenAPI document."""
    return render_template("api_docs.html", api=json.loads((shipped("schemas") / "openapi.json").read_bytes()))


@pages.get("/health")
def health() -> Response:
    """Say whether the portal can answer: the database is asked."""
    with reading(portal().engine) as session:
        total = list_datasets(session, DatasetFilter(), sort="name", limit=1, offset=0).total
    response = Response(json.dumps({"status": "ok", "datasets": total}), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _to_table(slug: str, number: int | None, table: str) -> AnyResponse:
    """Lead to the file of a table that the client prefers, or to its place on the page."""
    offered = {form.suffix: form.media_type.split(";")[0] for form in FORMATS if form.name != "excel-csv"}
    suffix = preferred(request.headers.get("Accept", ""), offered)
    base = f"/datasets/{slug}" if number is None else f"/datasets/{slug}/v/{number}"
    response = redirect(f"{base}/{table}{suffix}" if suffix else f"{base}#{table}", 303)
    response.headers["Vary"] = "Accept"
    return response


def _dataset_page(slug: str, number: int | None) -> Response:
    with reading(portal().engine) as session:
        stands = public_dataset(session, slug)
        version = public_version(session, slug, number)
        tables = tables_of(session, version.id)
        versions = version_lines(session, stands.id)
        combined = public_combinations(session, dataset=slug, offset=0, limit=_SHOWN_COMBINATIONS)
        combinations_total = count_combinations(session, dataset=slug)
        sources = [published_source(portal().store, version, table) for table in tables]
        manuals = [
            manual_of(session, table, source, pinned=number is not None)
            for table, source in zip(tables, sources, strict=True)
        ]
    published = index().version(slug, number)
    if published is None:
        raise no_such_version(slug, number)
    document = json.loads(published.answers[".json"].identity.path.read_bytes())
    shown = [
        {
            "described": resource,
            "schema": source.schema,
            "rows": _first_rows(source),
            "files": file_rows(resource["files"]),
            "docs_url": docs_url("", slug, resource["name"], number),
            "snippets": shown_snippets(manual),
        }
        for resource, source, manual in zip(document["resources"], sources, manuals, strict=True)
    ]
    page = render_template(
        "dataset.html",
        dataset=document,
        tables=shown,
        keywords=_keywords(document),
        versions=versions,
        combinations=combined,
        combinations_total=combinations_total,
        is_current=version.number == stands.current,
        base=address("", f"/datasets/{slug}").rstrip("/"),
    )
    base = f"{portal().settings.public_url}/datasets/{slug}" + ("" if number is None else f"/v/{number}")
    return Response(page, headers={"Link": document_links(base, version.descriptor, DOCUMENTS)})


def _first_rows(source: RowSource) -> list[list[Any]]:  # Any: values of any type
    page = read_page(portal().rows, source, RowQuery(limit=_PREVIEW_ROWS))
    return [list(json.loads(row, parse_float=str).values()) for row in page.rows]


def _keywords(document: dict[str, Any]) -> list[str]:  # Any: JSON of the dataset's document
    english = document.get("translations", {}).get("en", {}).get("keywords")
    keywords: list[str] = english if english and reader_language() == "en" else document["keywords"]
    return keywords


def _parsed(summaries: Any) -> list[dict[str, Any]]:  # Any: stored JSON
    return [json.loads(summary) for summary in summaries]


def _term(name: str) -> str:
    value = request.args[name]
    if len(value) > 500 or not value.isprintable():
        raise InvalidInput(f"{name} is no readable text.", detail_de=f"{name} ist kein lesbarer Text.")
    return value
