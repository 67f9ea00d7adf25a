"""The parameters of a row query that name columns, and those that lead through pages, as they fit one table."""

from portal.exports.formats import FORMATS
from portal.foundation.tableschema import Column, ColumnType
from portal.foundation.text import LangString
from portal.publishing.manual.examples import examples_of
from portal.publishing.manual.facts import TableManual, Told
from portal.publishing.manual.filters import choice
from portal.publishing.manual.values import Described
from portal.rows.parameters import FIGURES, MAX_GROUPS, MAX_SORTED
from portal.rows.query import COUNT, MAX_PAGE, Part
from portal.rows.values import MAX_TEXT

PAGE_ROWS = 100
"""Rows of a page when nothing is said."""

_SAID = {
    "sort": LangString(
        "Danach sortieren; ein Minus davor kehrt um, Leeres kommt zuletzt. Namen von Gruppen und Kennzahlen nur mit `group_by` "
        "oder `figures`.",
        "Sort by these; a minus turns it round, empty cells come last. Names of groups and figures only with `group_by` or "
        "`figures`.",
    ),
    "q": LangString(
        "Wörter, die in den Textspalten stehen, in beliebiger Form; `Stra*` findet, was so beginnt.",
        "Words that stand in the text columns, in whichever form; `Stra*` finds what begins so.",
    ),
    "columns": LangString("Nur diese Spalten, in dieser Folge.", "Only these columns, in this order."),
    "distinct": LangString(
        "Die Werte einer Spalte statt der Zeilen, jeder mit seiner Anzahl, die häufigsten zuerst.",
        "The values of a column instead of rows, each with its count, most frequent first.",
    ),
    "group_by": LangString(
        "Gruppen gleicher Werte statt der Zeilen, jede mit ihrer Anzahl.",
        "Groups of equal values instead of rows, each with its count.",
    ),
    "figures": LangString("Was von jeder Gruppe noch gesagt wird.", "What is said of each group besides."),
    "limit": LangString(f"Zeilen der Antwort; eine Seite hat sonst {PAGE_ROWS}, eine Datei alle.",
                        f"Rows in the answer; else a page has {PAGE_ROWS}, a file has all."),
    "after": LangString("Wo es weitergeht; `next` kennt es.", "Where to go on; `next` knows it."),
    "count": LangString("Zählt die Zeilen, die passen, in `total`.", "Count the rows that meet the query, in `total`."),
    "format": LangString("Eine Datei statt einer Seite.", "A file instead of a page."),
    "version": LangString("Nummer der Version; sonst die aktuelle.", "Number of the version; else the current one."),
}  # fmt: skip


def questions(manual: TableManual, told: Told) -> list[Described]:
    """Give the parameters that name columns of the table."""
    columns = manual.table.schema.columns
    names = [column.name for column in columns]
    groups = list(dict.fromkeys(name for column in columns for name in group_names(column)))
    figures = list(dict.fromkeys(name for column in columns for name in figure_names(column)))
    sortable = dict.fromkeys([*names, *groups, *figures, COUNT])
    ways = [*sortable, *(f"-{name}" for name in sortable if f"-{name}" not in sortable)]
    found = [
        _list("sort", ways, [f"-{names[0]}"] if f"-{names[0]}" in ways else names[:1], told, most=MAX_SORTED),
        _list("columns", names, names[:2], told, most=len(names)),
        _one("distinct", groups, names[0], told),
        _list("group_by", groups, groups[-1:], told, most=MAX_GROUPS),
        _list("figures", [*figures, COUNT], figures[-1:], told, most=len(figures) + 1),
    ]
    if any(column.type is ColumnType.STRING for column in columns):
        schema = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
        words = (one.word for one in examples_of(manual).values() if one.word)
        found.insert(1, _parameter("q", schema, next(words, None), told))
    return found


def paging(manual: TableManual, told: Told) -> list[Described]:
    """Give the parameters that say how much, from where, of which version and in which form."""
    names = [name for form in FORMATS for name in dict.fromkeys((form.name, form.suffix[1:]))]
    number: Described = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
    if manual.pinned:
        number = {"type": "integer", "enum": [manual.table.version]}
    return [
        _parameter("limit", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE}, 10, told),
        _parameter("after", {"type": "integer", "minimum": 0, "maximum": 2**53}, None, told),
        _parameter("count", {"type": "string", "enum": ["exact"]}, "exact", told),
        _parameter("format", {"type": "string", "enum": names}, names[0], told),
        {**_parameter("version", number, manual.table.version, told), "required": manual.pinned},
    ]


def group_names(column: Column) -> list[str]:
    """Give what rows can be grouped by: the column, and the parts of its dates."""
    parts: dict[ColumnType, list[Part]] = {
        ColumnType.DATE: [one for one in Part if one is not Part.DAY],
        ColumnType.DATETIME: list(Part),
    }
    return [column.name, *(f"{column.name}__{part}" for part in parts.get(column.type, []))]


def figure_names(column: Column) -> list[str]:
    """Give the figures there are of a column."""
    return [f"{column.name}__{figure}" for figure in FIGURES[column.type]]


def keys_example(manual: TableManual) -> str | None:
    """Give the key of a row as it stands in an address, before it is escaped; None: commas would part it."""
    for row in manual.shown:
        parts = [row[name] for name in manual.table.schema.primary_key]
        texts = [part for part in parts if part is not None and part.isprintable() and "," not in part]
        if len(texts) == len(parts):
            return ",".join(texts)
    return None


def _list(name: str, options: list[str], example: list[str], told: Told, *, most: int) -> Described:
    items = {"type": "string", "enum": [choice(option) for option in options]}
    schema = {"type": "array", "items": items, "minItems": 1, "maxItems": most, "uniqueItems": True}
    chosen = [choice(one) for one in example]
    return {**_parameter(name, schema, chosen or None, told), "style": "form", "explode": False}


def _one(name: str, options: list[str], example: str, told: Told) -> Described:
    return _parameter(name, {"type": "string", "enum": [choice(option) for option in options]}, choice(example), told)


def _parameter(name: str, schema: Described, example: object, told: Told) -> Described:
    described = {"name": name, "in": "query", "required": False, "description": told(_SAID[name]), "schema": schema}
    return described if example is None else {**described, "example": example}
