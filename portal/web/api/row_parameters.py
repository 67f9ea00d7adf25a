"""The parameters of a row query, as the OpenAPI document tells them; the reader is portal/rows/parameters.py."""

from typing import Any

from portal.rows.query import MAX_PAGE

Described = dict[str, Any]  # Any: JSON


def _parameter(name: str, description: str, schema: Described, **more: object) -> Described:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema, **more}


_TEXT: Described = {"type": "string"}

FILTERS = _parameter(
    "filters",
    "Conditions on columns: `column=value` or `column__op=value`, all of which must hold. Operators: `exact`, `not`, `in` "
    "(a,b,c), `lt`, `lte`, `gt`, `gte`, `between` (a,b), `null` (true, false), and for text `contains` and `startswith`, to "
    "which case, umlauts and accents do not matter.",
    {"type": "object", "additionalProperties": _TEXT},
    style="form",
    explode=True,
    example={},
)
LIMIT = _parameter(
    "limit", "Rows in the answer.", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 100}
)
_AFTER = _parameter("after", "Where to go on; `next` knows it.", {"type": "integer", "minimum": 0, "default": 0})
_COUNT = _parameter(
    "count", "`exact`: count the rows that meet the query; `total` says it.", {"type": "string", "enum": ["exact"]}
)
_FORMAT = _parameter(
    "format", "A file with all rows instead of a page: csv, excel-csv, xlsx, json, jsonl, parquet, jsonld …", _TEXT
)
_VERSIONS = _parameter(
    "versions", "Versions of the datasets that go in, as orte:1,documents:2; of the others the current one.", _TEXT
)
PARAMETERS: list[Described] = [
    FILTERS,
    _parameter("sort", "Columns to sort by, as a,-b; empty cells come last. Ties go by published order.", _TEXT),
    _parameter(
        "q", "Words that must stand in the text columns, in whichever form; `Stra*` finds what begins so.", _TEXT
    ),
    _parameter("columns", "Columns to give, as a,b; absent: all.", _TEXT),
    LIMIT,
    _AFTER,
    _COUNT,
    _parameter("distinct", "A column: give its values, each with the number of its rows, most frequent first.", _TEXT),
    _parameter(
        "group_by",
        "Up to four columns whose equal values are put together, as a,b; dates also as on__year, __month, __week, and "
        "datetimes __day. Each group says its `count`.",
        _TEXT,
    ),
    _parameter("figures", "What each group says besides, as cost__sum,cost__avg: sum, avg, min, max, median.", _TEXT),
    _FORMAT,
    _parameter(
        "version",
        "Number of a version; absent: the current one.",
        {"type": "integer", "minimum": 1, "maximum": 999_999_999},
    ),
    _parameter(
        "join",
        "Tables to join along declared keys, as a,b:c; the table's description lists them (`joins`). The columns gained are "
        "called `join.column` and can be asked for like the others.",
        _TEXT,
    ),
    _VERSIONS,
]
CHOSEN: list[Described] = [
    _parameter(
        "revision",
        "Revision of the combination; absent: the last one.",
        {"type": "integer", "minimum": 1, "maximum": 999_999_999},
    ),
    _VERSIONS,
]
"""Of a saved combination: which revision, of which versions."""
PAGED = [LIMIT, _AFTER, _COUNT, _FORMAT, *CHOSEN]
