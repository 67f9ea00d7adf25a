"""`/datastore/dump/{resource}`: a whole table, or the rows that fit, streamed with the row's number in front.

CSV and TSV begin with a head; JSON is `{"fields": […], "records": [[…], …]}`. What breaks in the middle ends the transfer
without its end, so that nobody takes it for whole.
"""

import hashlib
import json
from collections.abc import Iterator
from itertools import islice

from flask import Blueprint, Response, request

from portal.accounts.actor import NOBODY
from portal.foundation.clock import now
from portal.foundation.db import reading
from portal.foundation.errors import InvalidInput
from portal.web.ckan.arguments import Arguments
from portal.web.ckan.calls import Call
from portal.web.ckan.datastore import as_delimited, as_lists, shown_fields, table_of
from portal.web.ckan.kept import catalogue
from portal.web.ckan.rows import TableFile, Wanted, count, rows
from portal.web.ckan.selecting import read_wanted
from portal.web.context import portal

dump = Blueprint("ckan_dump", __name__)

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "json": "application/json",
}
_PIECE = 1_000


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
        table = table_of(call, resource_id)
    whole = arguments.whole("limit", table.row_count)
    wanted = read_wanted(arguments, table, limit=whole)
    bom = "\ufeff" if arguments.flag("bom", False) else ""
    response = Response(_written(table, wanted, form, bom), content_type=FORMATS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{resource_id}.{form}"'
    response.headers["Row-Count"] = str(min(whole, max(count(table, wanted) - wanted.offset, 0)))
    response.headers["Cache-Control"] = "public, no-cache"
    response.set_etag(hashlib.sha256(table.path.name.encode() + request.query_string).hexdigest()[:40])
    response.make_conditional(request)
    return response


def _written(table: TableFile, wanted: Wanted, form: str, bom: str) -> Iterator[bytes]:
    if form == "json":
        yield from _as_json(table, wanted, bom)
        return
    delimiter = "\t" if form == "tsv" else ","
    names = [one["id"] for one in shown_fields(table, wanted)]
    yield (bom + _line(names, delimiter)).encode()
    found = rows(table, wanted)
    while piece := list(islice(found, _PIECE)):
        yield as_delimited(table, wanted, piece, delimiter).encode()


def _line(names: list[str], delimiter: str) -> str:
    quoted = [
        '"' + name.replace('"', '""') + '"' if set(name) & {delimiter, '"', "\n", "\r"} else name for name in names
    ]
    return delimiter.join(quoted) + "\n"


def _as_json(table: TableFile, wanted: Wanted, bom: str) -> Iterator[bytes]:
    fields = json.dumps(shown_fields(table, wanted), ensure_ascii=False)
    yield f'{bom}{{"fields": {fields}, "records": [\n'.encode()
    found, separator = rows(table, wanted), ""
    while piece := list(islice(found, _PIECE)):
        yield (separator + ",\n".join(as_lists(table, wanted, piece))).encode()
        separator = ",\n"
    yield b"\n]}\n"
