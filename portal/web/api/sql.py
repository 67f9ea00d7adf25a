"""Free SQL: one SELECT over published tables, carried out in a process of its own (portal/rows/sql), if the operator wants it.

    SELECT … FROM "orte/places" JOIN "orte/v/1/places" …      the current version, and a version that stays

The answer says which datasets went in, the licence of their combination and whom to credit.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint

from portal.catalogue.version import Version
from portal.foundation.db import reading
from portal.foundation.errors import Gone, InvalidInput, NotFound, PortalError, TooCostly
from portal.foundation.text import LangString
from portal.publishing.lineage import Input, Lineage, input_of, lineage_of
from portal.rows.sql.pool import MAX_TABLES, SqlAnswer
from portal.rows.sql.statement import Statement, read_statement
from portal.rows.sql.tables import SqlTable
from portal.rows.sql.written import as_csv
from portal.web.api.schemas import ProblemSchema
from portal.web.api.sql_schemas import SqlAnswerOut, SqlIn, SqlQuery
from portal.web.context import portal, served_tables
from portal.web.headers import tag_answer
from portal.web.idempotency import nothing_is_done
from portal.web.links import lineage_link
from portal.web.negotiation import accepts
from portal.web.problems import PROBLEM_JSON
from portal.web.row_answers import VARY, is_known
from portal.web.served_tables import ServedTable

sql = Blueprint("sql", "rows", description="SQL over published tables · SQL über veröffentlichte Tabellen")

ANSWER = 1
"""Goes into the ETag: raise it when the same question gets other bytes."""

_TABLE = re.compile(r"(?P<slug>[a-z0-9][a-z0-9_-]*)(?:/v/(?P<number>[1-9][0-9]{0,8}))?/(?P<table>[^/]+)")
_TYPES = {"json": "application/json", "csv": "text/csv"}
_NO_TABLE = "no such table: "

Asked = Mapping[str, ServedTable]
"""Name in the statement ↔ the table."""


@sql.route("/sql")
class Sql(MethodView):
    @sql.arguments(SqlQuery, location="query", error_status_code=400)
    @sql.response(200, SqlAnswerOut)
    @sql.alt_response(
        400, schema=ProblemSchema, content_type=PROBLEM_JSON, description="The statement is not understood"
    )
    @sql.alt_response(403, schema=ProblemSchema, content_type=PROBLEM_JSON, description="It asks for what is not open")
    @sql.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="SQL is switched off here")
    @sql.alt_response(410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="A dataset is withdrawn")
    @sql.alt_response(422, schema=ProblemSchema, content_type=PROBLEM_JSON, description="It takes too much")
    def get(self, query: dict[str, Any]) -> Response:  # Any: checked by SqlQuery
        """Give the answer to one SELECT over published tables, named as "dataset/table"."""
        return _answered(query["q"], query["format"])

    @sql.arguments(SqlIn, location="json", error_status_code=400)
    @sql.response(200, SqlAnswerOut)
    @sql.alt_response(403, schema=ProblemSchema, content_type=PROBLEM_JSON, description="It asks for what is not open")
    @sql.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="SQL is switched off here")
    @sql.alt_response(422, schema=ProblemSchema, content_type=PROBLEM_JSON, description="It takes too much")
    @sql.alt_response(410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="A dataset is withdrawn")
    def post(self, asked: dict[str, Any]) -> Response:  # Any: checked by SqlIn
        """Give the same for a statement that is too long for an address; nothing is changed."""
        nothing_is_done()
        return _answered(asked["q"], asked["format"])


def _answered(text: str, form: str | None) -> Response:
    """Carry out a statement.

    Raises:
        NotFound: SQL is switched off.
        InvalidInput, Forbidden, TooCostly, Busy, Gone: as `SqlPool.ask` and `_tables` say.
    """
    settings = portal().settings
    if not settings.sql:
        raise NotFound(
            "SQL is switched off here (PORTAL_SQL); rows can be asked for at /api/v1/datasets/{slug}/tables/{table}/rows.",
            detail_de="SQL ist hier ausgeschaltet (PORTAL_SQL); Zeilen gibt es unter /api/v1/datasets/{slug}/tables/{table}/rows.",
        )
    statement = read_statement(text)
    asked, missing = _tables(statement)
    inputs = _inputs(asked)
    media_type = _TYPES[form] if form else accepts(request.headers.get("Accept", ""), tuple(_TYPES.values()))
    is_csv = media_type == _TYPES["csv"]
    if request.method != "POST" and statement.is_timeless:
        tag = _tag(statement, asked, inputs, is_csv)
        tag_answer(tag)
        if is_known(tag, request.headers.get("If-None-Match")):
            return Response(status=304, headers={"ETag": f'"{tag}"', "Vary": VARY, "Cache-Control": "public, no-cache"})
    tables = [SqlTable(name, served.source) for name, served in asked.items()]
    try:
        answer = portal().sql.ask(statement, tables, max_rows=settings.sql_max_rows, as_csv=is_csv)
    except InvalidInput as error:
        raise _explained(error, missing) from None
    lineage = lineage_of(inputs[name] for name in answer.read) if answer.read else None
    return _dressed(_csv(answer) if is_csv else _json(statement, asked, answer, lineage), asked, answer, lineage)


def _tables(statement: Statement) -> tuple[dict[str, ServedTable], dict[str, PortalError]]:
    """Give the tables that a statement may mean, and why others that look like tables are none.

    Raises:
        InvalidInput: it names more than SQLite can have open.
    """
    found: dict[str, ServedTable] = {}
    missing: dict[str, PortalError] = {}
    named = [(name, match) for name in statement.names if (match := _TABLE.fullmatch(name))]
    if len(named) > MAX_TABLES:
        raise InvalidInput(
            f"SQL: a statement names at most {MAX_TABLES} tables, not {len(named)}.",
            detail_de=f"SQL: eine Anfrage nennt höchstens {MAX_TABLES} Tabellen, nicht {len(named)}.",
            parameter="q",
        )
    for name, match in named:
        number = int(match["number"]) if match["number"] else None
        try:
            found[name] = served_tables().find(match["slug"], match["table"], number)
        except (NotFound, Gone) as error:
            missing[name] = error
    return found, missing


def _explained(error: InvalidInput, missing: Mapping[str, PortalError]) -> PortalError:
    """Give the reason why a table is not there, if that was it."""
    facts = error.facts
    if not str(facts.get("sqlite", "")).startswith(_NO_TABLE):
        return error
    known = missing.get(str(facts["near"]))
    if isinstance(known, Gone):
        return known
    reason = known.detail if known is not None else LangString("", "")
    english = (
        error.detail.in_language("en"),
        reason.in_language("en"),
        'Tables are called "dataset/table", in double quotes.',
    )
    german = (error.detail.de, reason.de, 'Tabellen heißen "datensatz/tabelle", in doppelten Anführungszeichen.')
    return InvalidInput(
        " ".join(filter(None, english)),
        detail_de=" ".join(filter(None, german)),
        **(facts | (known.facts if known is not None else {})),
    )


def _inputs(asked: Asked) -> dict[str, Input]:
    """Give what is to be told of the dataset of each table."""
    with reading(portal().engine) as session:
        return {
            name: input_of(session, session.get_one(Version, one.version_id), portal().settings)
            for name, one in asked.items()
        }


def _json(statement: Statement, asked: Asked, answer: SqlAnswer, lineage: Lineage | None) -> Response:
    pinned = {name: f"{one.dataset}/v/{one.version}/{one.name}" for name, one in asked.items()}
    head = {
        "columns": answer.columns,
        "truncated": answer.truncated,
        "limit": portal().settings.sql_max_rows,
        "pinned": statement.renamed(pinned),
        "lineage": lineage.as_dict() if lineage else None,
    }
    told = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    return Response(f'{told[:-1]},"rows":[{answer.rows}]}}', content_type="application/json")


def _csv(answer: SqlAnswer) -> Response:
    """Give an answer as CSV, which cannot say that it is not whole.

    Raises:
        TooCostly: it is not.
    """
    if answer.truncated:
        raise TooCostly(
            f"The answer has more rows than a file may have ({answer.row_count}); put a LIMIT to it, or take JSON, which says where it was cut.",
            detail_de=f"Die Antwort hat mehr Zeilen, als eine Datei haben darf ({answer.row_count}); ein LIMIT hilft, oder JSON, das sagt, wo sie endet.",
            limit="rows",
        )
    head = ",".join(as_csv(column["name"], "") for column in answer.columns)
    return Response(f"{head}\r\n{answer.rows}", content_type="text/csv; charset=utf-8")


def _tag(statement: Statement, asked: Asked, inputs: Mapping[str, Input], is_csv: bool) -> str:
    """Give the entity tag of an answer: it follows from the rows, the question, what is told of both, and how much may be."""
    settings = portal().settings
    tables = sorted((name, one.digest, one.version_id) for name, one in asked.items())
    lines = sorted((name, one.licence.code, *one.credit.items()) for name, one in inputs.items())
    limits = (settings.sql_max_rows, settings.sql_max_bytes)
    said = [ANSWER, statement.text, tables, lines, is_csv, settings.public_url, *limits]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:40]


def _dressed(response: Response, asked: Asked, answer: SqlAnswer, lineage: Lineage | None) -> Response:
    """Say in headers what the body may not say: how many rows, which licence, where it is told whether there is one."""
    response.headers["Row-Count"] = str(answer.row_count)
    response.headers["Cache-Control"] = "public, no-cache"
    if lineage is not None:
        response.headers["Link"] = lineage_link(lineage, portal().settings)
    if asked:
        response.last_modified = max(one.released_at for one in asked.values())
    return response
