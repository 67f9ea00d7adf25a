"""The IRIs of rows, columns and classes: one rule for JSON-LD, Turtle and every address of a row.

row, with key       {base}/id/{dataset}/{table}/{key}          parts percent-encoded (RFC 3986: all but unreserved),
                                                               joined by commas
row, without key    {base}/datasets/{dataset}/v/{version}/{table}#row={n}      n from 1
property            the column's rdfProperty, or {base}/datasets/{dataset}/{table}#{column}
class               the table's rdfType, or {base}/datasets/{dataset}/{table}#Row
foreign key         the row it names: one column instead of its text, several columns as a link of their own
"""

import re
from dataclasses import dataclass
from urllib.parse import quote

from portal.exports.cells import Cell, concat, literal
from portal.exports.table import TableExport
from portal.foundation.tableschema import Column, ColumnType, ForeignKey

XSD = "http://www.w3.org/2001/XMLSchema#"

XSD_TYPES: dict[ColumnType, str] = {
    ColumnType.INTEGER: "integer",
    ColumnType.NUMBER: "decimal",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "date",
    ColumnType.TIME: "time",
    ColumnType.DATETIME: "dateTime",
    ColumnType.YEAR: "gYear",
    ColumnType.YEARMONTH: "gYearMonth",
}
"""Datatype of a value; text has none."""


@dataclass(frozen=True)
class Link:
    """A property of a row that names another row; `iri` is SQL, null where the key is empty."""

    property: str
    iri: str


def row_prefix(export: TableExport) -> str:
    """Give what the IRIs of all rows of *export* begin with."""
    if not export.schema.primary_key:
        return safe_iri(f"{export.fixed_url}#row=")
    return _of_rows(export, export.dataset, export.table)


def row_rest(export: TableExport) -> list[str]:
    """Give parts of SQL for the IRI of a row of *export* behind `row_prefix`; there is no `/` in it."""
    return _key(export, export.schema.primary_key) if export.schema.primary_key else [export.number]


def property_iri(export: TableExport, column: Column) -> str:
    """Give the IRI of what *column* says."""
    return safe_iri(column.rdf_property or f"{export.url}#{quote(column.name, safe='')}")


def class_iri(export: TableExport) -> str:
    """Give the IRI of what a row is."""
    return safe_iri(export.rdf_type or f"{export.url}#Row")


def single_links(export: TableExport) -> dict[str, str]:
    """Give, by column name, the SQL of the row that a one-column foreign key names."""
    return {
        key.columns[0]: _target(export, key)
        for key in reversed(export.schema.foreign_keys)
        if len(key.columns) == len(key.referenced) == 1
    }


def joint_links(export: TableExport) -> list[Link]:
    """Give the links of foreign keys of several columns, whose texts stay properties of their own."""
    return [
        Link(joint_iri(export, key), _target(export, key))
        for key in export.schema.foreign_keys
        if len(key.columns) == len(key.referenced) > 1
    ]


def joint_iri(export: TableExport, key: ForeignKey) -> str:
    """Give the IRI of the link that a foreign key of several columns is."""
    return safe_iri(f"{export.url}#{','.join(quote(name, safe='') for name in key.columns)}")


def safe_iri(iri: str) -> str:
    """Percent-encode what no IRI may hold (RFC 3987; Turtle's IRIREF), leaving all else."""
    return re.sub(r'[\x00-\x20<>"{}|^`\\]', lambda found: quote(found[0], safe=""), iri)


def _target(export: TableExport, key: ForeignKey) -> str:
    filled = " AND ".join(f"{_cell(export, name).sql} IS NOT NULL" for name in key.columns)
    prefix = _of_rows(export, key.dataset or export.dataset, key.table or export.table)
    return f"CASE WHEN {filled} THEN {concat([literal(prefix), *_key(export, key.columns)])} END"


def _of_rows(export: TableExport, dataset: str, table: str) -> str:
    return safe_iri(f"{export.base_url}/id/{dataset}/{table}/")


def _key(export: TableExport, names: tuple[str, ...]) -> list[str]:
    parts: list[str] = []
    for index, name in enumerate(names):
        parts += [literal(",")] if index else []
        parts.append(_encoded(_cell(export, name)))
    return parts


def _encoded(cell: Cell) -> str:
    if cell.is_number or cell.column.type in (ColumnType.DATE, ColumnType.BOOLEAN, ColumnType.YEARMONTH):
        return cell.text
    return f"url_encode({cell.text})"


def _cell(export: TableExport, name: str) -> Cell:
    return export.cells[export.schema.names.index(name)]
