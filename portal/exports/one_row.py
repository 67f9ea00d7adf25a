"""One row as Turtle and as JSON-LD: the same statements that the table's files hold of it.

The files are written by DuckDB for millions of rows at once (turtle.py, jsonld.py); here a row is at hand as JSON, and
setting up an engine would cost more than the answer. Which IRIs there are is told by iris.py alone.
"""

import json
from collections.abc import Mapping
from urllib.parse import quote

from portal.exports.iris import XSD_TYPES, class_iri, joint_iri, property_iri, safe_iri
from portal.exports.json_text import dumped
from portal.exports.jsonld import context_of, terms_of
from portal.exports.table import TableExport
from portal.exports.turtle import BARE, head_of, shortened
from portal.foundation.tableschema import Column, ColumnType, ForeignKey


class Digits(str):
    """A number as it is written, with all its digits; a float would lose some."""

    __slots__ = ()


Value = str | bool | Digits | None
Row = Mapping[str, Value]
"""Column ↔ value; None: the cell is empty."""


def read_row_text(text: str) -> dict[str, Value]:
    """Read the JSON object of a row, keeping numbers as they are written."""
    row: dict[str, Value] = json.loads(text, parse_int=Digits, parse_float=Digits)
    return row


def canonical_text(column: Column, value: Value) -> str | None:
    """Give the one text of a value that all text formats write (portal/ingest/lexical.py); None: the cell is empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is not None and column.type is ColumnType.YEAR:
        return value.rjust(4, "0")
    return value


def thing_iri(export: TableExport, row: Row, number: int) -> str:
    """Give the IRI of row *number*, counted from 1; without a primary key it holds for this version only."""
    if not export.schema.primary_key:
        return safe_iri(f"{export.fixed_url}#row={number}")
    return _keyed(export, export.dataset, export.table, export.schema.primary_key, row)


def target_iri(export: TableExport, key: ForeignKey, row: Row) -> str | None:
    """Give the IRI of the row that *row* names by a foreign key; None: it names none."""
    if any(row[name] is None for name in key.columns):
        return None
    return _keyed(export, key.dataset or export.dataset, key.table or export.table, key.columns, row)


def turtle_of(export: TableExport, row: Row, number: int) -> str:
    """Write a row as Turtle, under the head of the table's file, but for the prefix of rows."""
    lines = [f"<{thing_iri(export, row, number)}> a {shortened(export, class_iri(export))}"]
    links = _single_links(export, row)
    for column in export.schema.columns:
        text = canonical_text(column, row[column.name])
        link = links.get(column.name)
        if text is not None:
            value = f"<{link}>" if link else _literal(column, text)
            lines.append(f"{shortened(export, property_iri(export, column))} {value}")
    lines += [f"{shortened(export, name)} <{link}>" for name, link in _joint_links(export, row)]
    return head_of(export) + " ;\n  ".join(lines) + " .\n"


def jsonld_of(export: TableExport, row: Row, number: int) -> str:
    """Write a row as a JSON-LD document with the context of the table's file."""
    terms = terms_of(export)
    links = _single_links(export, row)
    node: dict[str, object] = {
        "@context": context_of(export, terms),
        "@id": thing_iri(export, row, number),
        "@type": class_iri(export),
    }
    for term, column in zip(terms, export.schema.columns, strict=True):
        value = row[column.name]
        link = links.get(column.name)
        if value is not None:
            plain = value if isinstance(value, bool) else canonical_text(column, value)
            node[term] = {"@id": link} if link else plain
    node.update((name, {"@id": link}) for name, link in _joint_links(export, row))
    return json.dumps(node, ensure_ascii=False)


def _literal(column: Column, text: str) -> str:
    if column.type is ColumnType.STRING:
        return dumped(text)
    return text if column.type in BARE else f'"{text}"^^xsd:{XSD_TYPES[column.type]}'


def _single_links(export: TableExport, row: Row) -> dict[str, str]:
    found = {
        key.columns[0]: target_iri(export, key, row)
        for key in reversed(export.schema.foreign_keys)
        if len(key.columns) == len(key.referenced) == 1
    }
    return {name: iri for name, iri in found.items() if iri is not None}


def _joint_links(export: TableExport, row: Row) -> list[tuple[str, str]]:
    keys = [key for key in export.schema.foreign_keys if len(key.columns) == len(key.referenced) > 1]
    found = [(joint_iri(export, key), target_iri(export, key, row)) for key in keys]
    return [(name, iri) for name, iri in found if iri is not None]


def _keyed(export: TableExport, dataset: str, table: str, names: tuple[str, ...], row: Row) -> str:
    texts = [canonical_text(export.schema.column(name), row[name]) or "" for name in names]
    parts = ",".join(quote(text, safe="") for text in texts)
    return safe_iri(f"{export.base_url}/id/{dataset}/{table}/") + parts
