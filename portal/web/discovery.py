"""Where robots, harvesters and assistants look first; each address is a few lines that lead to the rest.

/robots.txt                  what may be crawled, where the sitemap is                 RFC 9309
/sitemap.xml                 the page of every dataset, with the day of its change     sitemaps.org 0.9
/.well-known/api-catalog     the interfaces and what describes them                    RFC 9727, RFC 9264
/llms.txt                    the same in words, for assistants                         llmstxt.org
"""

import json

from flask import Blueprint, Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.dataset import Dataset, State
from portal.foundation.db import reading
from portal.foundation.errors import NotFound
from portal.web.context import portal

discovery = Blueprint("discovery", __name__)


_MAX_IN_SITEMAP = 50_000
"""Addresses in one sitemap (sitemaps.org); more are parted into several."""

_SITEMAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

_PAGES = ("/", "/datasets", "/combinations", "/licences", "/api/docs", "/contact")

_NOT_FOR_ROBOTS = ("/login", "/jobs", "/api/v1/sql", "/api/v1/datasets/*/rows")
"""What is for people who look after data, or would be asked in endless ways."""


@discovery.get("/robots.txt")
def robots() -> Response:
    """Say what may be crawled."""
    closed = "".join(f"Disallow: {path}\n" for path in _NOT_FOR_ROBOTS)
    return _text(f"User-agent: *\n{closed}Sitemap: {portal().settings.public_url}/sitemap.xml\n")


@discovery.get("/sitemap.xml")
def sitemap() -> Response:
    """List the pages of all datasets; of a large catalogue the lists (`part`).

    Raises:
        NotFound: there is no such part.
    """
    base = portal().settings.public_url
    with reading(portal().engine) as session:
        entries = [*((f"{base}{path}", None) for path in _PAGES), *_dataset_pages(session, base)]
    parts = [entries[start : start + _MAX_IN_SITEMAP] for start in range(0, len(entries), _MAX_IN_SITEMAP)]
    asked = request.args.get("part")
    if asked is None and len(parts) > 1:
        listed = "".join(f"<sitemap><loc>{base}/sitemap.xml?part={n}</loc></sitemap>" for n in range(1, len(parts) + 1))
        return _xml(f"<sitemapindex {_SITEMAPS}>{listed}</sitemapindex>")
    numbers = {str(number): part for number, part in enumerate(parts, start=1)}
    if asked is not None and asked not in numbers:
        raise NotFound(f"The sitemap has {len(parts)} parts.", detail_de=f"Die Sitemap hat {len(parts)} Teile.")
    chosen = numbers[asked or "1"]
    days = (f"<url><loc>{url}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>" for url, day in chosen)
    return _xml(f"<urlset {_SITEMAPS}>{''.join(days)}</urlset>")


@discovery.get("/.well-known/api-catalog")
def api_catalog() -> Response:
    """Say which interfaces there are, and what describes them, as a set of links."""
    base = portal().settings.public_url
    rest = {
        "anchor": f"{base}/api/v1/",
        "service-desc": [{"href": f"{base}/api/v1/openapi.json", "type": "application/json"}],
        "service-doc": [{"href": f"{base}/api/docs", "type": "text/html"}],
        "status": [{"href": f"{base}/health", "type": "application/json"}],
    }
    ckan = {
        "anchor": f"{base}/api/3/action/",
        "service-doc": [{"href": f"{base}/api/3/action/help_show?name=package_search", "type": "application/json"}],
    }
    kinds = {"ttl": "text/turtle", "rdf": "application/rdf+xml", "jsonld": "application/ld+json"}
    catalogue = {
        "anchor": f"{base}/catalog",
        "alternate": [{"href": f"{base}/catalog.{suffix}", "type": kind} for suffix, kind in kinds.items()],
    }
    body = json.dumps({"linkset": [rest, ckan, catalogue]}, ensure_ascii=False)
    return Response(body, content_type='application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"')


@discovery.get("/llms.txt")
def llms() -> Response:
    """Tell an assistant how to find, ask and cite."""
    settings = portal().settings
    base = settings.public_url
    sql = f"- [{base}/api/v1/sql?q=SELECT …]({base}/api/v1/sql): one SELECT over any tables\n" if settings.sql else ""
    return _text(_LLMS.format(title=settings.title_en, description=settings.description_en, base=base, sql=sql))


_LLMS = """# {title}

> {description} Everything can be read without a key. Texts are German (`title`, `description`) and mostly English (`translations.en`).

Figures are to be computed on the server (`group_by`, `figures`), not by reading all rows. Say with each answer: dataset, version
and the credit line, which stands as `licence.attribution` in every description of a dataset. `…/v/{{n}}/…` never changes: cite it.

## Find

- [{base}/api/v1/datasets]({base}/api/v1/datasets): all datasets; `total`, `next`; filters `theme`, `keyword`, `place`, `publisher`, `licence`
- [{base}/api/3/action/package_search?q=…]({base}/api/3/action/package_search): search by words in titles, descriptions and keywords
- [{base}/api/v1/keywords]({base}/api/v1/keywords), [{base}/api/v1/themes]({base}/api/v1/themes), [{base}/api/v1/places]({base}/api/v1/places): what to find datasets by

## Understand

- {base}/api/v1/datasets/{{slug}}: description, licence, dates, tables, files
- {base}/api/v1/datasets/{{slug}}/tables/{{table}}: columns with type, meaning, unit and statistics; tables it can be joined with (`joins`)
- {base}/api/v1/datasets/{{slug}}/tables/{{table}}/openapi.json: all that can be asked of the table, with examples out of it

## Ask

- {base}/api/v1/datasets/{{slug}}/tables/{{table}}/rows?column=value&other__gte=5&sort=-other&columns=a,b&limit=100
- …/rows?group_by=column&figures=other__sum,other__avg : groups with `count` and figures; …/rows?distinct=column : its values
- …/rows?q=words : rows with all these words, in whatever German form; …/rows?join=key : with what the key leads to
{sql}- {base}/id/{{slug}}/{{table}}/{{key}}.json: one row, what it refers to and what refers to it

An error says in `detail` what is wrong, and beside it what there is instead (`similar`, `columns`, `parameters`, `tables`).

## Take

- {base}/datasets/{{slug}}/{{table}}.csv (`.xlsx` `.json` `.jsonl` `.parquet` `.ttl` …): a whole table; {base}/datasets/{{slug}}.zip: all of a dataset
- [{base}/api/v1/openapi.json]({base}/api/v1/openapi.json): the whole interface; [{base}/catalog.jsonld]({base}/catalog.jsonld): all metadata (DCAT-AP.de)
"""


def _dataset_pages(session: Session, base: str) -> list[tuple[str, str | None]]:
    found = session.execute(
        select(Dataset.slug, Dataset.modified_at).where(Dataset.state == State.PUBLISHED).order_by(Dataset.id)
    )
    return [
        (f"{base}/datasets/{slug}", modified_at.date().isoformat() if modified_at else None)
        for slug, modified_at in found
    ]


def _text(body: str) -> Response:
    return Response(body, content_type="text/plain; charset=utf-8")


def _xml(body: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}', content_type="application/xml")
