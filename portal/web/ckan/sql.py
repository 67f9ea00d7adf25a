"""`datastore_search_sql`: one SELECT over tables that are named by quoted resource ids, if the operator answers SQL at all.

CKAN hands the statement to PostgreSQL; here it is SQLite's SQL, carried out in a process of its own (portal/rows/sql). What
goes wrong is told as CKAN tells it: 409 with `message` for bad SQL, 403 for what is not open.
"""

import json

from portal.foundation.errors import InvalidInput, TooCostly
from portal.foundation.tableschema import ColumnType
from portal.rows.sql.pool import MAX_TABLES
from portal.rows.sql.statement import Statement, read_statement
from portal.rows.sql.tables import SqlTable
from portal.web.ckan.calls import Call
from portal.web.ckan.datastore import MAX_ROWS, TYPES, Written
from portal.web.ckan.selecting import NUMBER
from portal.web.context import served_tables

_SUFFIX = ".csv"
_RECKONED = {"integer": "int8", "number": "float8", "string": "text", "any": "text"}


def datastore_search_sql(call: Call) -> Written:
    """Give the rows that one SELECT asks for; tables are named by quoted resource ids."""
    text = call.arguments.needed("sql")
    try:
        statement = read_statement(text)
        answer = call.portal.sql.ask(statement, _tables(call, statement), max_rows=MAX_ROWS)
    except (InvalidInput, TooCostly) as error:
        said = error.detail.in_language("en")
        raise InvalidInput(said, detail_de=error.detail.de, fields={"message": said, "query": [said]}) from None
    fields = [{"id": column["name"], "type": _type(column)} for column in answer.columns]
    cut = ',"records_truncated":true' if answer.truncated else ""
    sql, described = json.dumps(text, ensure_ascii=False), json.dumps(fields, ensure_ascii=False)
    return Written(f'{{"sql":{sql},"fields":{described},"records":[{answer.rows}]{cut}}}')


def _tables(call: Call, statement: Statement) -> list[SqlTable]:
    """Give the tables whose resources a statement names.

    Raises:
        InvalidInput: there are more than SQLite can have open.
    """
    named = [(name, call.catalogue.resources[name]) for name in statement.names if name in call.catalogue.resources]
    wanted = [(name, slug, file.removesuffix(_SUFFIX)) for name, (slug, file) in named if file.endswith(_SUFFIX)]
    plain = [(name, slug, table) for name, slug, table in wanted if "." not in table]
    if len(plain) > MAX_TABLES:
        raise InvalidInput(f"At most {MAX_TABLES} tables.", detail_de=f"Höchstens {MAX_TABLES} Tabellen.")
    sources = [(name, served_tables().find(slug, table, None).source) for name, slug, table in plain]
    return [
        SqlTable(name, source, number=None if NUMBER in source.schema.names else NUMBER) for name, source in sources
    ]


def _type(column: dict[str, object]) -> str:
    kind = str(column["type"])
    if column["name"] == NUMBER and kind == "integer":
        return "int"
    return TYPES[ColumnType(kind)] if column["from"] else _RECKONED.get(kind, "text")
