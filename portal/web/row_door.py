"""Pages of rows leave before Flask, as published files do: its routing and dressing cost more than a page.

    GET /api/v1/datasets/{slug}/tables/{table}/rows?…        a page as JSON
    GET /api/v1/datasets/{slug}/tables/{table}/rows/{key}    a row

What is plain is answered here. What has to be weighed (another format, letters beyond ASCII, a parameter twice) is left
to Flask's views, which give the same answers (portal/web/row_answers.py); what was refused here is told by them.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from sqlalchemy.exc import OperationalError

from portal.foundation.errors import PortalError
from portal.web.row_answers import asked_of_table, page_answer, row_answer
from portal.web.served_tables import ServedTables
from portal.web.stored import StoredAnswer, send_stored, takes_gzip
from portal.wiring import Portal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REFUSED = "portal.rows.refused"
"""Where a request says to Flask's views why it was refused already: nothing costly is tried twice."""

_ADDRESS = re.compile(r"/api/v1/datasets/([a-z0-9][a-z0-9_-]*)/tables/([^/]+)/rows(?:/([^/].*))?", re.ASCII | re.DOTALL)
_MAX_QUERY_CHARACTERS = 4_000
_PLAIN_ACCEPT = ("", "*/*", "application/json")
"""What asks for JSON without anything to weigh."""


class RowDoor:
    """Stands before an application and answers for rows; safe for threads."""

    def __init__(self, application: "WSGIApplication", portal: Portal, tables: ServedTables) -> None:
        self._application, self._portal, self._tables = application, portal, tables

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        answer = self._answer(environ)
        if answer is None:
            return self._application(environ, start_response)
        return send_stored(answer, environ, start_response)

    def _answer(self, environ: "WSGIEnvironment") -> StoredAnswer | None:
        """Give the answer; None: somebody else has to say."""
        path: str = environ.get("PATH_INFO", "")
        found = _ADDRESS.fullmatch(path)
        if found is None or not path.isascii() or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        slug, table, key = found.groups()
        given = _parameters(environ)
        if given is None or (key is not None and given):
            return None
        packs = takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "").lower())
        try:
            if key is not None:
                return row_answer(self._portal, self._tables.find(slug, table, None), key, packs=packs)
            asked, known = asked_of_table(self._tables, slug, table, given), environ.get("HTTP_IF_NONE_MATCH", "")
            return page_answer(self._portal, asked, known=known, packs=packs)
        except PortalError as error:
            environ[REFUSED] = error
            return None
        except OperationalError:
            return None  # Flask's view meets it again and makes a problem document


def _parameters(environ: "WSGIEnvironment") -> dict[str, str] | None:
    """Give the parameters of a request that asks for JSON plainly; None: it has to be weighed."""
    query: str = environ.get("QUERY_STRING", "")
    if environ.get("HTTP_ACCEPT", "") not in _PLAIN_ACCEPT or len(query) > _MAX_QUERY_CHARACTERS or not query.isascii():
        return None
    listed = parse_qsl(query, keep_blank_values=True, errors="werkzeug.url_quote")  # as Flask reads them
    given = dict(listed)
    return None if len(given) < len(listed) or "format" in given else given
