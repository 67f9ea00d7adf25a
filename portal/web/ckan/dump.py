"""`/datastore/dump/{resource}`: a whole table, or the rows that fit, streamed with the row's number in front.

CSV and TSV begin with a head; JSON is `{"fields": […], "records": [[…], …]}`. What breaks in the middle ends the transfer
without its end, so that nobody takes it for whole.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace

from flask import Blueprint, Response, request

from portal.accounts.actor import NOBODY
from portal.foundation.clock import now
from portal.foundation.db import reading
from portal.foundation.errors import InvalidInput
from portal.rows.cells import Cells
from portal.rows.engine import RowEngine, RowSource
from portal.web.ckan.arguments import Arguments
from portal.web.ckan.calls import Call
from portal.web.ckan.datastore import as_delimited, as_lists, count_of, rows_of, shown_fields, table_of
from portal.web.ckan.kept import catalogue
from portal.web.ckan.selecting import Wanted, read_wanted
from portal.web.context import portal

dump = Blueprint("ckan_dump", __name__)

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "json": "application/json",
}
_PIECE, _LARGE_PIECE = 1_000, 100_000
"""Rows at a time; what has to be sorted anew for each piece comes in few."""


@dump.get("/datastore/dump/<resource_id>")
def dump_table(resource_id: str) -> Response:
    """Give a table as a file.

    Raises:
        NotFound: there is no such table.
        InvalidInput: the format or a parameter does not exist.
    """
    arguments = Arguments({name: values[0] if len(values) == 1 else values for name, values in request.args.lists()})
    form = arguments.text("format", "csv").lower()
    if form not in FORMATS:
        raise InvalidInput(
            f"format must be one of {', '.join(FORMATS)}, not {form[:40]!r}.",
            detail_de=f"format muss eines sein von {', '.join(FORMATS)}, nicht {form[:40]!r}.",
            parameter="format",
        )
    with reading(portal().engine) as session:
        call = Call("dump", arguments, session, portal(), catalogue().snapshot(session), now(), NOBODY)
        source = table_of(call, resource_id)
    whole = arguments.whole("limit", source.row_count)
    wanted = read_wanted(arguments, source, limit=whole)
    bom = "\ufeff" if arguments.flag("bom", False) else ""
    number = min(whole, max(count_of(portal().rows, source, wanted) - wanted.offset, 0))
    response = Response(_written(portal().rows, source, wanted, form, bom), content_type=FORMATS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{resource_id}.{form}"'
    response.headers["Row-Count"] = str(number)
    response.headers["Cache-Control"] = "public, no-cache"
    response.set_etag(hashlib.sha256(source.row_file.name.encode() + request.query_string).hexdigest()[:40])
    response.make_conditional(request)
    return response


def _pieces(engine: RowEngine, source: RowSource, wanted: Wanted) -> Iterator[list[Cells]]:
    """Give the rows that are wanted piece by piece; where there is an order to go along, from the last row seen."""
    query, left = wanted.query, wanted.limit
    size = _PIECE if query.is_plain and not wanted.distinct else _LARGE_PIECE
    while left > 0:
        one = replace(wanted, query=query, limit=min(left, size), numbered=not wanted.distinct)
        found = rows_of(engine, source, one)
        if found:
            yield found if wanted.numbered or wanted.distinct else [row[1:] for row in found]
        if len(found) < one.limit:
            return
        left -= len(found)
        if wanted.distinct:
            query = replace(query, after=query.after + len(found))
        elif query.is_plain:
            query = replace(query, after=int(found[-1][0] or 0))
        else:
            query = replace(query, skip=query.skip + len(found))


def _written(engine: RowEngine, source: RowSource, wanted: Wanted, form: str, bom: str) -> Iterator[bytes]:
    if form == "json":
        yield from _as_json(engine, source, wanted, bom)
        return
    delimiter = "\t" if form == "tsv" else ","
    names = [one["id"] for one in shown_fields(wanted)]
    yield (bom + _line(names, delimiter)).encode()
    for piece in _pieces(engine, source, wanted):
        yield as_delimited(source, wanted, piece, delimiter).encode()


def _line(names: list[str], delimiter: str) -> str:
    quoted = [
        '"' + name.replace('"', '""') + '"' if set(name) & {delimiter, '"', "\n", "\r"} else name for name in names
    ]
    return delimiter.join(quoted) + "\n"


def _as_json(engine: RowEngine, source: RowSource, wanted: Wanted, bom: str) -> Iterator[bytes]:
    fields = json.dumps(shown_fields(wanted), ensure_ascii=False)
    yield f'{bom}{{"fields": {fields}, "records": [\n'.encode()
    separator = ""
    for piece in _pieces(engine, source, wanted):
        yield (separator + ",\n".join(as_lists(source, wanted, piece))).encode()
        separator = ",\n"
    yield b"\n]}\n"
