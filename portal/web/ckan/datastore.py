"""Actions about tables: `datastore_search`, `datastore_info`. The table is the resource of its CSV file.

An answer is put together as text, so that numbers keep all their digits.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from portal.foundation.errors import NotFound
from portal.foundation.tableschema import Column, ColumnType
from portal.rows.cells import Cells, read_cells, read_distinct
from portal.rows.engine import RowEngine, RowSource
from portal.rows.serve import count_rows
from portal.web.ckan.arguments import refuse
from portal.web.ckan.calls import Call
from portal.web.ckan.cells import json_text, plain_text
from portal.web.ckan.package_object import Shown
from portal.web.ckan.selecting import NUMBER, Wanted, read_wanted
from portal.web.context import served_tables

MAX_ROWS = 32_000
"""As CKAN's: a larger limit is capped, and the capped number told."""

TYPES = {
    ColumnType.STRING: "text",
    ColumnType.INTEGER: "int8",
    ColumnType.NUMBER: "numeric",
    ColumnType.BOOLEAN: "bool",
    ColumnType.DATE: "date",
    ColumnType.TIME: "time",
    ColumnType.DATETIME: "timestamp",
    ColumnType.YEAR: "int4",
    ColumnType.YEARMONTH: "text",
}
"""Type of a column ↔ PostgreSQL's, which CKAN tells."""

_SUFFIX = ".csv"
_ECHOED = ("q", "sort", "distinct", "plain", "language", "full_text")
_DELIMITERS = {"csv": ",", "tsv": "\t"}
_FORMATS = ("objects", "lists", *_DELIMITERS)


class Written(str):
    """A result that is JSON text already."""

    __slots__ = ()


def datastore_search(call: Call) -> Written:
    """Give rows of a table: filtered, searched, sorted, in pages."""
    arguments = call.arguments
    resource_id = arguments.needed("resource_id", "id") if "id" in arguments.values else arguments.needed("resource_id")
    source = table_of(call, resource_id)
    limit = min(arguments.whole("limit", 100), MAX_ROWS)
    wanted = read_wanted(arguments, source, limit=limit)
    written = arguments.text("records_format", "objects")
    if written not in _FORMATS:
        refuse("records_format", f"Must be one of {', '.join(_FORMATS)}", "gibt es nicht")
    counts = arguments.flag("include_total", True)
    found = rows_of(call.portal.rows, source, wanted)
    members = {
        "resource_id": _json(resource_id),
        "fields": _json(shown_fields(wanted)),
        "records": _records(source, wanted, found, written),
        "records_format": _json(written),
        "limit": _json(limit),
        "offset": _json(wanted.offset),
        **{name: _json(arguments.values[name]) for name in _ECHOED if name in arguments.values},
        **({"filters": _json(arguments.mapping("filters"))} if arguments.values.get("filters") else {}),
        "_links": _json(_links(call, limit, wanted.offset)),
        "include_total": _json(counts),
    }
    if counts:
        total = _total(call.portal.rows, source, wanted, len(found))
        members |= {"total": _json(total), "total_was_estimated": "false"}
    return Written("{" + ",".join(f"{_json(name)}:{text}" for name, text in members.items()) + "}")


def datastore_info(call: Call) -> Shown:
    """Tell what columns a table has, and how many rows."""
    resource_id = call.arguments.needed("id", "resource_id")
    table = table_of(call, resource_id)
    keys = table.schema.primary_key
    fields = [
        _field(column)
        | {
            "schema": {
                "native_type": TYPES[column.type],
                "notnull": column.constraints.required,
                "index_name": None,
                "is_index": column.name in keys,
                "uniquekey": column.constraints.unique or keys == (column.name,),
            }
        }
        for column in table.schema.columns
    ]
    size = table.row_file.stat().st_size
    meta = {"count": table.row_count, "size": size, "db_size": size, "idx_size": 0}
    return {"fields": fields, "meta": {"id": resource_id, "table_type": "BASE TABLE", "aliases": [], **meta}}


def table_of(call: Call, resource_id: str) -> RowSource:
    """Give the table that a resource stands for.

    Raises:
        NotFound: there is no such resource, or it is no table but a file.
        Gone: the dataset was withdrawn a moment ago.
    """
    slug, file = call.catalogue.resources.get(resource_id, ("", ""))
    name = file.removesuffix(_SUFFIX)
    if not slug or file == name or "." in name:
        raise NotFound(
            f"Resource {resource_id[:80]!r} was not found in the DataStore.",
            detail_de=f"Im DataStore gibt es keine Ressource {resource_id[:80]!r}.",
        )
    return served_tables().find(slug, name, None).source


def rows_of(engine: RowEngine, source: RowSource, wanted: Wanted) -> list[Cells]:
    """Give the rows that are wanted, with their numbers if those are to be shown."""
    if not wanted.limit:
        return []
    if wanted.distinct:
        return read_distinct(engine, source, wanted.query, wanted.limit)[0]
    found = read_cells(engine, source, wanted.query, wanted.limit)
    return found if wanted.numbered else [row[1:] for row in found]


def count_of(engine: RowEngine, source: RowSource, wanted: Wanted) -> int:
    """Give how many rows there are, whatever the page."""
    if wanted.distinct:
        return read_distinct(engine, source, wanted.query, 1)[1]
    skipped = wanted.query.after - wanted.offset  # what a filter on `_id` left out
    return max(count_rows(engine, source, wanted.query) - max(skipped, 0), 0)


def shown_fields(wanted: Wanted) -> list[Shown]:
    """Give the columns of an answer as CKAN describes them."""
    number: list[Shown] = [{"id": NUMBER, "type": "int"}] if wanted.numbered else []
    return number + [_field(column) for column in wanted.columns]


def as_delimited(source: RowSource, wanted: Wanted, found: Iterable[Cells], delimiter: str) -> str:
    """Write rows as lines of text, without a head."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    start, columns = int(wanted.numbered), _typed(source, wanted)
    writer.writerows(
        [*row[:start], *(plain_text(*column, cell) for column, cell in zip(columns, row[start:], strict=True))]
        for row in found
    )
    return out.getvalue()


def as_lists(source: RowSource, wanted: Wanted, found: Iterable[Cells]) -> list[str]:
    """Write each row as a JSON array."""
    return [f"[{','.join(cells)}]" for cells in _cells(source, wanted, found)]


def _total(engine: RowEngine, source: RowSource, wanted: Wanted, found: int) -> int:
    """Give how many rows there are in all; a page that is not full says so itself, without a second look at the table."""
    last = found < wanted.limit and (found > 0 or wanted.offset == 0)
    return wanted.offset + found if last else count_of(engine, source, wanted)


def _records(source: RowSource, wanted: Wanted, found: Sequence[Cells], written: str) -> str:
    if written in _DELIMITERS:
        return _json(as_delimited(source, wanted, found, _DELIMITERS[written]))
    if written == "lists":
        return f"[{','.join(as_lists(source, wanted, found))}]"
    names = [_json(one["id"]) for one in shown_fields(wanted)]
    objects = (zip(names, cells, strict=True) for cells in _cells(source, wanted, found))
    return "[" + ",".join("{" + ",".join(f"{name}:{text}" for name, text in one) + "}" for one in objects) + "]"


def _cells(source: RowSource, wanted: Wanted, found: Iterable[Cells]) -> Iterator[list[str]]:
    """Give the cells of each row as JSON texts."""
    start, columns = int(wanted.numbered), _typed(source, wanted)
    for row in found:
        pairs = zip(columns, row[start:], strict=True)
        yield [*map(str, row[:start]), *(json_text(*column, cell) for column, cell in pairs)]


def _typed(source: RowSource, wanted: Wanted) -> list[tuple[Column, str]]:
    """Give the columns that are wanted with DuckDB's types of them."""
    return [(column, source.physical[source.schema.names.index(column.name)]) for column in wanted.columns]


def _field(column: Column) -> Shown:
    info = {"label": column.title.de, "notes": column.description.de}
    return {
        "id": column.name,
        "type": TYPES[column.type],
        "info": info | ({"unit": column.unit} if column.unit else {}),
    }


def _links(call: Call, limit: int, offset: int) -> dict[str, str]:
    given = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in call.arguments.values.items()
        if name not in ("limit", "offset")
    }
    start = {**given, "limit": str(limit)}
    return {
        "start": f"/api/3/action/{call.name}?{urlencode(start)}",
        "next": f"/api/3/action/{call.name}?{urlencode({**start, 'offset': str(offset + limit)})}",
    }


def _json(value: Any) -> str:  # Any: JSON
    return json.dumps(value, ensure_ascii=False)
