"""The columns that `datastore_create` asks for: `fields` and `primary_key` read as the columns of a table.

{"id": "height_m", "type": "numeric", "info": {"label": "Höhe", "notes": "Über Grund.", "unit": "m"}}
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from portal.foundation.errors import InvalidInput
from portal.foundation.tableschema import Column, ColumnType, Constraints, TableSchema, read_schema
from portal.foundation.text import LangString
from portal.publishing.proposing import schema_as_dict
from portal.web.ckan.arguments import refuse
from portal.web.ckan.incoming_lists import plain

_TYPES = {
    ColumnType.STRING: ("text", "varchar", "char", "character varying", "string", "json", "jsonb", "_text", "uuid"),
    ColumnType.INTEGER: ("int", "integer", "int2", "int4", "int8", "smallint", "bigint", "serial"),
    ColumnType.NUMBER: ("numeric", "decimal", "float", "float4", "float8", "real", "double precision", "number"),
    ColumnType.BOOLEAN: ("bool", "boolean"),
    ColumnType.DATE: ("date",),
    ColumnType.TIME: ("time",),
    ColumnType.DATETIME: ("timestamp", "timestamptz", "datetime"),
}
"""Our type ↔ what PostgreSQL, and so CKAN, calls it."""

_KNOWN = {name: kind for kind, names in _TYPES.items() for name in names}
_MAX_NAME_CHARACTERS = 200
_KEYS = frozenset(("id", "type", "info", "schema"))


def asked_schema(
    fields: Sequence[Mapping[str, Any]],  # Any: JSON
    records: Sequence[Mapping[str, str]],
    given: Sequence[Mapping[str, Any]],
    key: Sequence[str],
    before: TableSchema | None,
    described: Mapping[str, Column],
    *,
    drops: bool,
) -> TableSchema | None:
    """Give the columns that a table is to have; None: those that its rows tell.

    *records* are rows as texts, *given* the same as they were sent: what has no type gets one by its values. A new column
    is what is said of it in *described*, by name. With *drops* columns that are not among *fields* go.

    Raises:
        InvalidInput: a field or a key does not do.
    """
    if not fields and not key and (before or not described):
        return before
    old = {column.name: column for column in before.columns} if before else {}
    if fields:
        asked = [_column(one, given, old.get(plain(one, "id", of="fields")), described) for one in fields]
    else:
        names = old or dict.fromkeys(name for record in records for name in record)
        asked = [old.get(name) or _new_column(name, _guessed(name, given), described) for name in names]
    named = {column.name: column for column in asked}
    if len(named) < len(asked):
        refuse("fields", "Duplicate column names are not supported", "eine Spalte kommt zweimal vor")
    kept = [named.pop(name, column) for name, column in old.items() if not (drops and name not in named)]
    columns = (*kept, *(column for column in asked if column.name in named))
    for name in key:
        if name not in {column.name for column in columns}:
            refuse("primary_key", f"field {name[:80]!r} not in table", f"die Spalte {name[:80]!r} gibt es nicht")
    primary_key = tuple(key) or (before.primary_key if before else ())
    keys = before.foreign_keys if before else ()
    if not columns:
        return None
    return _readable(TableSchema(columns=columns, primary_key=primary_key, foreign_keys=keys))


def _column(
    field: Mapping[str, Any],  # Any: JSON
    given: Sequence[Mapping[str, Any]],
    old: Column | None,
    described: Mapping[str, Column],
) -> Column:
    unknown = sorted(field.keys() - _KEYS)
    name, kind = plain(field, "id", of="fields").strip(), plain(field, "type", of="fields").lower()
    info = field.get("info") or {}
    if unknown or not 0 < len(name) <= _MAX_NAME_CHARACTERS or not isinstance(info, dict):
        shown = ", ".join(sorted(_KEYS))
        refuse("fields", f"Fields have {shown}; id has 1 to {_MAX_NAME_CHARACTERS} characters", "das ist keine Spalte")
    if kind and kind not in _KNOWN:
        refuse("fields", f'"{kind[:80]}" is not a valid field type', f'"{kind[:80]}" ist kein Typ')
    if old is not None and kind and _KNOWN[kind] is not old.type and not _is_shown_as(old.type, kind):
        refuse("fields", f"{name[:80]!r} is {old.type} and stays so", f"{name[:80]!r} ist und bleibt {old.type}")
    column = old or _new_column(name, _asked_type(name, kind, given, described), described)
    label, notes, unit = (plain(info, key, of="fields") for key in ("label", "notes", "unit"))
    return Column(
        name=column.name,
        type=column.type,
        title=LangString(label, column.title.en) if label else column.title,
        description=LangString(notes, column.description.en) if notes else column.description,
        constraints=column.constraints,
        unit=unit or column.unit,
        data_protection=column.data_protection,
        rdf_property=column.rdf_property,
    )


def _asked_type(
    name: str, kind: str, given: Sequence[Mapping[str, Any]], described: Mapping[str, Column]
) -> ColumnType:  # Any: JSON
    if not kind:
        return _guessed(name, given)
    said = described.get(name)
    return said.type if said and _is_shown_as(said.type, kind) else _KNOWN[kind]


def _is_shown_as(kind: ColumnType, name: str) -> bool:
    """Tell whether `datastore_info` tells a type by this name: a year is an int4, a month a text."""
    return (kind is ColumnType.YEAR and name == "int4") or (kind is ColumnType.YEARMONTH and name == "text")


def _new_column(name: str, kind: ColumnType, described: Mapping[str, Column]) -> Column:
    """Give a column as it is described, with a type of its own; what was allowed in another type is allowed no more."""
    said = described.get(name)
    if said is None:
        return Column(name=name, type=kind, title=LangString(name), description=LangString(""))
    return said if said.type is kind else replace(said, type=kind, constraints=Constraints())


def _guessed(name: str, given: Sequence[Mapping[str, Any]]) -> ColumnType:  # Any: JSON
    """Give the type that the values of a column have in JSON."""
    kinds = {type(value) for one in given if (value := one.get(name)) not in (None, "")}
    if kinds == {bool}:
        return ColumnType.BOOLEAN
    if kinds == {int}:
        return ColumnType.INTEGER
    return ColumnType.NUMBER if kinds and kinds <= {int, float} else ColumnType.STRING


def _readable(schema: TableSchema) -> TableSchema:
    try:
        return read_schema(schema_as_dict(schema))
    except InvalidInput as error:
        english = error.detail.in_language("en")
        raise InvalidInput(english, detail_de=error.detail.de, fields={"fields": [english]}) from None
