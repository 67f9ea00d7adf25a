"""A table in JavaScript, as a module in Node 18 or a browser: the JSON file, or that of a query; null stays null.

Numbers are numbers, dates and datetimes with a zone become Date; what JavaScript has no type for (a time, a datetime without a
zone, a month) stays text. Whole numbers beyond 2^53 lose digits in JSON.parse: the code says so.
"""

from portal.foundation.tableschema import Column, ColumnType
from portal.foundation.text import LangString
from portal.publishing.manual.quoting import comment, javascript
from portal.publishing.manual.reading import Reading, is_beyond_double
from portal.rows.physical import is_exact_text, is_zoned

_INEXACT = LangString(
    "JavaScript rundet hier Zahlen mit mehr als 15 Stellen; genau stehen sie in der CSV-Datei",
    "JavaScript rounds numbers of more than 15 digits here; the CSV file has them exactly",
)


def write_javascript(reading: Reading) -> str:
    """Give the module that reads the table into an array of objects."""
    return reading.commented(
        "//",
        [
            *_warning(reading),
            *_fetched(reading),
            "if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);",
            "let table = (await answer.json()).rows;",
            *_dates(reading),
            "console.log(table);",
        ],
    )


def _fetched(reading: Reading) -> list[str]:
    if reading.question is None:
        return [f"const answer = await fetch({javascript(reading.url('.json'))});"]
    pairs = [f"  {_key(name)}: {javascript(value)}," for name, value in reading.parameters.items()]
    return [
        "const question = new URLSearchParams({",
        *pairs,
        "});",
        f"const answer = await fetch({javascript(reading.url('.json') + '?')} + question);",
    ]


def _dates(reading: Reading) -> list[str]:
    columns = [column for column, physical, _ in reading.columns if _is_moment(column, physical)]
    if not columns:
        return []
    made = [
        f"  {_key(one.name)}: row[{javascript(one.name)}] && new Date(row[{javascript(one.name)}])," for one in columns
    ]
    return ["table = table.map((row) => ({", "  ...row,", *made, "}));"]


def _is_moment(column: Column, physical: str) -> bool:
    return column.type is ColumnType.DATE or (column.type is ColumnType.DATETIME and is_zoned(physical))


def _key(name: str) -> str:
    """Give a key of an object; computed, as a plain "__proto__" would set the prototype (ECMAScript, B.3.1)."""
    return f"[{javascript(name)}]"


def _warning(reading: Reading) -> list[str]:
    inexact = [
        column.name
        for column, physical, statistics in reading.columns
        if is_exact_text(column, physical) or (column.type is ColumnType.INTEGER and is_beyond_double(statistics))
    ]
    return [f"// {comment(reading.told(_INEXACT))}: {comment(', '.join(inexact))}"] if inexact else []
