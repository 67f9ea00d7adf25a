"""The manual of a table of a public dataset: its OpenAPI document and its code, looked up for the doors that show them.

…/tables/{table}/openapi.json    what can be asked, and what the answers look like    Link: rel="service-desc" (RFC 8631)
/api/docs/{slug}/{table}         the same for people                                  Link: rel="service-doc"
…/tables/{table}/snippets        code that reads the table
"""

from dataclasses import replace

from sqlalchemy.orm import Session

from portal.catalogue.lookup import public_table
from portal.catalogue.version import Table
from portal.foundation.db import reading
from portal.ingest.statistics import ColumnStatistics
from portal.publishing.chosen_files import published_export
from portal.publishing.manual.facts import TableManual, shown_rows
from portal.rows.engine import RowSource
from portal.web.context import portal, served_tables
from portal.web.links import docs_url, snippets_url


def find_manual(slug: str, table: str, number: int | None) -> TableManual:
    """Give the manual of a table, in its current version for None.

    Raises:
        NotFound: there is no such dataset, version or table.
        Gone: the dataset was withdrawn.
    """
    parts, served = portal(), served_tables().find(slug, table, number)
    with reading(parts.engine) as session:
        _, record = public_table(session, slug, table, number)
        manual = manual_of(session, record, served.source, pinned=number is not None)
    return replace(manual, shown=shown_rows(parts.rows, served.source))


def manual_of(session: Session, record: Table, source: RowSource, *, pinned: bool) -> TableManual:
    """Give the manual of a table without any of its rows: enough for code that reads it all."""
    export = published_export(session, record.version_id, record.name, source, portal().settings)
    statistics = [ColumnStatistics(**one) for one in record.statistics]
    return TableManual(table=export, statistics=statistics, shown=(), pinned=pinned)


def snippet_url(manual: TableManual, name: str) -> str:
    """Give the address of one piece of code."""
    return f"{snippets_url(*_place(manual))}/{name}"


def manual_links(manual: TableManual) -> str:
    """Give the value of the `Link` header of a manual: the licence of the table, and the page for people."""
    licence = f'<{manual.table.licence_url}>; rel="license"'
    return f'{licence}, <{docs_url(*_place(manual))}>; rel="service-doc"; type="text/html"'


def _place(manual: TableManual) -> tuple[str, str, str, int | None]:
    table = manual.table
    return table.base_url, table.dataset, table.table, table.version if manual.pinned else None
