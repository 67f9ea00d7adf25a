"""What answers of one table look like, in JSON Schema: a row, some columns of it, groups, a page, a file."""

from portal.exports.formats import FORMATS
from portal.foundation.tableschema import Column, ColumnType
from portal.foundation.text import LangString
from portal.publishing.manual.examples import examples_of
from portal.publishing.manual.facts import TableManual, Told
from portal.publishing.manual.questions import figure_names, group_names
from portal.publishing.manual.values import Described, plain, sent, value_of
from portal.rows.physical import decimal_digits
from portal.rows.query import COUNT, Figure, Part

_JSON = ("application/json", "application/ld+json")

PROBLEM: Described = {
    "type": "object",
    "description": "RFC 9457.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "translations": {"type": "object"},
    },
}

_UNIT, _DIGITS = LangString("Einheit", "Unit"), LangString("Nachkommastellen", "Decimals")
_COUNTED = LangString("Zeilen der Gruppe.", "Rows of the group.")


def shapes(manual: TableManual, told: Told) -> Described:
    """Give the schemas of rows: `Row` has every column, `SomeColumns` those that were asked for, `Group` is none of them."""
    table = manual.table
    names = list(table.schema.names)
    return {
        "Row": {"allOf": [{"$ref": "#/components/schemas/SomeColumns"}, {"required": names}]},
        "SomeColumns": {
            "type": "object",
            "title": told(table.title),
            "properties": _properties(manual, told),
            "minProperties": 1,
            "additionalProperties": False,
        },
        "Group": {
            "type": "object",
            "required": [COUNT],
            "properties": {
                **_group_properties(manual),
                COUNT: {"type": "integer", "minimum": 0, "description": told(_COUNTED)},
            },
            "additionalProperties": False,
        },
    }


def page_schema(manual: TableManual) -> Described:
    """Give the schema of a page of rows or groups."""
    return _object(
        **_named(manual),
        total={"type": ["integer", "null"], "minimum": 0},
        limit={"type": "integer"},
        next={"type": ["string", "null"], "format": "uri"},
        rows=_rows(),
    )


def file_schema(manual: TableManual) -> Described:
    """Give the schema of a JSON file."""
    told = {"type": "object"}
    return _object(
        **_named(manual), title=told, modified={"type": "string", "format": "date-time"}, licence=told,
        url={"type": "string", "format": "uri"}, total={"type": "integer"},
        columns={"type": "array", "items": told}, rows=_rows(),
    )  # fmt: skip


def row_answer_schema(manual: TableManual) -> Described:
    """Give the schema of one row that was asked for by its key."""
    row = {"$ref": "#/components/schemas/Row"}
    return _object(**_named(manual), id={"type": "string", "format": "uri"}, row=row)


def file_content() -> Described:
    """Give the media types of files; two formats may share one."""
    found = Described()
    for form in FORMATS:
        media_type = form.media_type.split(";")[0]
        if media_type in _JSON:
            found[media_type] = {
                "schema": {"$ref": "#/components/schemas/File"} if form.name == "json" else {"type": "object"}
            }
        else:
            found[media_type] = {"schema": {"type": "string"}} if form.is_text else {}
    return found


def _named(manual: TableManual) -> Described:
    number: Described = {"type": "integer", "minimum": 1}
    return {
        "dataset": {"type": "string", "const": manual.table.dataset},
        "table": {"type": "string", "const": manual.table.table},
        "version": number | ({"const": manual.table.version} if manual.pinned else {}),
    }


def _rows() -> Described:
    options = ("Row", "SomeColumns", "Group")
    return {"type": "array", "items": {"anyOf": [{"$ref": f"#/components/schemas/{one}"} for one in options]}}


def _object(**properties: Described) -> Described:
    return {"type": "object", "required": list(properties), "properties": properties}


def _properties(manual: TableManual, told: Told) -> Described:
    examples, key = examples_of(manual), manual.table.schema.primary_key
    found = Described()
    for column, physical, _ in manual.columns:
        nullable = not (column.constraints.required or column.name in key)
        schema = {
            "title": told(column.title),
            **_described(column, physical, told),
            **sent(column, physical, nullable=nullable),
        }
        value = examples[column.name].value
        example = None if value is None else value_of(column, physical, value)
        found[column.name] = schema if example is None else {**schema, "examples": [example]}
    return found


def _described(column: Column, physical: str, told: Told) -> Described:
    """Give what the dictionary says of a column: its description, unit and digits."""
    said = [told(column.description)] if column.description.de else []
    if column.unit:
        said.append(f"{told(_UNIT)}: {column.unit}.")
    digits = decimal_digits(physical) if column.type is ColumnType.NUMBER else None
    if digits:
        said.append(f"{told(_DIGITS)}: {digits[1]}.")
    if column.constraints.pattern:
        said.append(f"`{column.constraints.pattern}`")
    return {"description": " ".join(said)} if said else {}


def _group_properties(manual: TableManual) -> Described:
    """Give what groups can be named and say, by name; what is there twice is what a column is called."""
    found = Described()
    for column, physical, _ in manual.columns:
        found |= {name: _nullable(_figure(column, physical, name)) for name in figure_names(column)}
    for column, physical, _ in manual.columns:
        found |= {name: _nullable(_group(column, physical, name)) for name in group_names(column)[1:]}
    return found | {column.name: _nullable(plain(column.type, physical)) for column, physical, _ in manual.columns}


def _group(column: Column, physical: str, name: str) -> Described:
    return {
        Part.YEAR: plain(ColumnType.YEAR, physical),
        Part.MONTH: plain(ColumnType.YEARMONTH, physical),
        Part.WEEK: {"type": "string", "pattern": "^[0-9]{4}-W[0-9]{2}$"},
        Part.DAY: plain(ColumnType.DATE, physical),
    }[Part(name.rpartition("__")[2])]


def _figure(column: Column, physical: str, name: str) -> Described:
    match name.rpartition("__")[2]:
        case Figure.MIN | Figure.MAX:
            return plain(column.type, physical)
        case Figure.SUM:
            return {"type": "integer"} if column.type is ColumnType.INTEGER else plain(ColumnType.NUMBER, physical)
        case _:
            return plain(ColumnType.NUMBER, physical)


def _nullable(schema: Described) -> Described:
    return {**schema, "type": [schema["type"], "null"]}
