"""Rows as pages or files, whichever a request asks for; of a table, of joined ones, of a saved combination."""

from collections.abc import Mapping
from pathlib import Path

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from portal.exports.chosen import refuse_unnamed
from portal.exports.formats import FORMATS, TableFormat
from portal.exports.table import TableExport
from portal.foundation.db import reading
from portal.foundation.errors import InvalidInput, NotFound, PortalError
from portal.publishing.chosen_files import published_export, write_answer
from portal.publishing.joining.files import joined_export
from portal.rows.engine import RowSource
from portal.web.context import portal
from portal.web.negotiation import accepts
from portal.web.row_answers import VARY, Asked, is_known, page_answer, rows_to_write, tag_of
from portal.web.row_door import REFUSED
from portal.web.served_tables import ServedTable
from portal.web.stored import IMMUTABLE, REVALIDATE, Encoded, StoredAnswer, send_stored, takes_gzip

_BY_NAME = ("excel-csv", "json")
"""Formats that no media type asks for: the page is JSON, and the other CSV is the usual one."""


def refuse_again() -> None:
    """Say why the door in front of Flask refused the request, if it did (portal/web/row_door.py)."""
    refused: PortalError | None = request.environ.get(REFUSED)
    if refused is not None:
        raise refused


def answer_page_or_file(asked: Asked) -> AnyResponse:
    """Answer with a page, or with the file that `format` or `Accept` asks for."""
    form = _form(asked.given)
    if form is not None:
        return answer_file(asked, form)
    known = request.headers.get("If-None-Match", "")
    return sent(page_answer(portal(), asked, known=known, packs=packs()))


def form_of(suffix: str) -> TableFormat:
    """Give the format of a suffix.

    Raises:
        NotFound: there is none; the sentence says which there are.
        InvalidInput: another format is asked for besides.
    """
    form = next((one for one in FORMATS if one.suffix == suffix), None)
    if form is None:
        listed = ", ".join(one.suffix for one in FORMATS)
        raise NotFound(f"Rows come as {listed}.", detail_de=f"Zeilen gibt es als {listed}.")
    if "format" in request.args:
        raise InvalidInput(
            "format: the address names it already.",
            detail_de="format: steht schon in der Adresse.",
            parameter="format",
        )
    return form


def answer_file(asked: Asked, form: TableFormat) -> AnyResponse:
    """Answer with a file: whole on disk before its first byte is sent.

    Raises:
        InvalidInput: a parameter is not understood, or groups are asked for in a format that names rows.
        TooCostly: it takes too long.
    """
    query = asked.query()
    refuse_unnamed(query, form)
    tag = tag_of(portal(), asked, form.name)
    if is_known(tag, request.headers.get("If-None-Match")):
        return _not_changed(asked.served, tag)

    def make(folder: Path) -> tuple[Path, int]:
        source, parts = rows_to_write(portal(), asked.served, query), portal()
        export, timeout_s = _export(asked.served, source), parts.settings.query_file_timeout_s
        return write_answer(export, form, query, parts.rows, source, folder, timeout_s=timeout_s)

    file = portal().answers.file(tag, make)
    answer = StoredAnswer(
        identity=Encoded(file.path, file.size_bytes, file.digest),
        gzip=None,
        media_type=form.media_type,
        modified_at=asked.served.released_at,
        cache_control=IMMUTABLE if asked.pinned else REVALIDATE,
        links=asked.served.links,
        row_count=file.row_count,
        file_name=f"{asked.name}_{tag[:8]}{form.suffix}",
        vary=VARY,
        tag=tag,
    )
    return sent(answer)


def sent(answer: StoredAnswer) -> AnyResponse:
    """Give a stored answer as Flask's."""
    return Response.from_app(lambda environ, start: send_stored(answer, environ, start), request.environ)


def packs() -> bool:
    """Tell whether the client takes gzip."""
    return takes_gzip(request.headers.get("Accept-Encoding", "").lower())


def _export(served: ServedTable, source: RowSource) -> TableExport:
    settings = portal().settings
    if served.joined is not None:
        return joined_export(served.joined, source, settings)
    if served.version_id is None:
        raise AssertionError("a published table has a version")
    with reading(portal().engine) as session:
        return published_export(session, served.version_id, served.name, source, settings)


def _not_changed(served: ServedTable, tag: str) -> Response:
    response = Response(status=304, headers={"ETag": f'"{tag}"', "Vary": VARY, "Link": ", ".join(served.links)})
    response.headers["Cache-Control"] = REVALIDATE
    response.last_modified = served.released_at
    return response


def _form(given: Mapping[str, str]) -> TableFormat | None:
    """Give the format that is asked for, by name or by `Accept`; None: a page of JSON."""
    if "format" not in given:
        offered = ("application/json", *(one.media_type.split(";")[0] for one in FORMATS if one.name not in _BY_NAME))
        best = accepts(request.headers.get("Accept", ""), offered)
        wanted = (one for one in FORMATS if one.media_type.split(";")[0] == best and one.name not in _BY_NAME)
        return next(wanted, None)
    for form in FORMATS:
        if given["format"] in (form.name, form.suffix[1:]):
            return form
    listed = ", ".join(one.name for one in FORMATS)
    raise InvalidInput(f"format: one of {listed}.", detail_de=f"format: eines von {listed}.", parameter="format")
