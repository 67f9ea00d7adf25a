"""A descriptor for a dataset that was just received: what the files tell is filled in, the rest is left open.

What only a person can say (licence, description, theme, period …) is left empty, so that `portal check` names each of
these gaps; `proposed` marks the descriptor as one that nobody has been through yet.
"""

from collections.abc import Iterable
from typing import Any

from portal.foundation.tableschema import Column, Constraints, ForeignKey, TableSchema
from portal.ingest.receive.delivery import DeliveredTable

Described = dict[str, Any]  # Any: JSON


def proposed_descriptor(name: str, filename: str, tables: Iterable[DeliveredTable]) -> Described:
    """Give a Data Package descriptor for *tables*; its title is the name of the file."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name,
        "title": filename,
        "description": "",
        "proposed": True,
        "keywords": [],
        "licenses": [],
        "dcat": {},
        "resources": [proposed_resource(table.name, table.schema) for table in tables],
    }


def proposed_resource(name: str, schema: TableSchema) -> Described:
    """Give the resource object of a table that was just received."""
    return {
        "name": name,
        "path": f"{name}.csv",
        "format": "csv",
        "encoding": "utf-8",
        "schema": schema_as_dict(schema),
    }


def schema_as_dict(schema: TableSchema) -> Described:
    """Give a Table Schema object, as `read_schema` reads it."""
    described: Described = {"fields": [_field(column) for column in schema.columns], "missingValues": [""]}
    if schema.primary_key:
        described["primaryKey"] = list(schema.primary_key)
    for place, keys in (
        ("foreignKeys", [key for key in schema.foreign_keys if key.dataset is None]),
        ("externalKeys", [key for key in schema.foreign_keys if key.dataset is not None]),
    ):
        if keys:
            described[place] = [_key(key) for key in keys]
    return described


def _field(column: Column) -> Described:
    described: Described = {
        "name": column.name,
        "type": str(column.type),
        "title": column.title.de,
        "description": column.description.de,
        "unit": column.unit,
        "constraints": _constraints(column.constraints),
        "dataProtection": None if column.data_protection == "none" else str(column.data_protection),
        "rdfProperty": column.rdf_property,
    }
    english = {key: text.en for key, text in (("title", column.title), ("description", column.description)) if text.en}
    if english:
        described["translations"] = {"en": english}
    return {key: value for key, value in described.items() if value or key in ("name", "type")}


def _constraints(rules: Constraints) -> Described:
    described: Described = {
        "required": rules.required,
        "unique": rules.unique,
        "enum": list(rules.enum),
        "pattern": rules.pattern,
        "minimum": rules.minimum,
        "maximum": rules.maximum,
        "minLength": rules.min_length,
        "maxLength": rules.max_length,
    }
    return {key: value for key, value in described.items() if value not in (None, False, [])}


def _key(key: ForeignKey) -> Described:
    reference = {"package": key.dataset, "resource": key.table, "fields": list(key.referenced)}
    return {
        "fields": list(key.columns),
        "reference": {name: value for name, value in reference.items() if value is not None},
    }
