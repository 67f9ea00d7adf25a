"""JSON-LD 1.1: a context made from the columns, and the rows as `@graph`.

Typed values stand as strings, so that no reader turns 12.50 into a double; the context gives them their type back.
Empty cells are left out: RDF has no null. What the IRI of every row begins with, and its class, are said once: they would
be a third of the file (compact IRIs: JSON-LD 1.1, 4.1.5).
"""

import json
import re
from collections.abc import Iterator

from portal.exports.cells import Cell, literal
from portal.exports.iris import XSD, XSD_TYPES, class_iri, joint_links, property_iri, row_prefix, row_rest, single_links
from portal.exports.json_text import dumped
from portal.exports.lines import rows_between
from portal.exports.table import TableExport
from portal.foundation.tableschema import ColumnType

ROW, CLASS = "_row", "_class"
"""Terms of the file for the beginning of a row's IRI and for the class of rows; no term of a column begins like that and goes on so."""


def jsonld_pieces(export: TableExport) -> Iterator[bytes | memoryview]:
    """Give *export* as one JSON-LD document."""
    terms = terms_of(export)
    of_rows = {ROW: {"@id": row_prefix(export), "@prefix": True}, CLASS: class_iri(export)}
    context = json.dumps({**of_rows, **context_of(export, terms)}, ensure_ascii=False)
    head = f'{{"@context": {context}, "@graph": [\n'
    return rows_between(export, _node(export, terms), head=head, separator=",\n", tail="\n]}\n")


def terms_of(export: TableExport) -> list[str]:
    """Give the key of each column: its name, unless JSON-LD would read that as an IRI or a keyword."""
    names = export.schema.names
    return [
        name if re.fullmatch(r"[^\W\d_][\w .-]*", name) else f"_column_{index}_" for index, name in enumerate(names)
    ]


def context_of(export: TableExport, terms: list[str]) -> dict[str, object]:
    links = single_links(export)
    context: dict[str, object] = {}
    for term, column in zip(terms, export.schema.columns, strict=True):
        meaning = {"@id": property_iri(export, column)}
        if column.type in XSD_TYPES and column.name not in links:
            meaning["@type"] = XSD + XSD_TYPES[column.type]
        context[term] = meaning
    return context


def _node(export: TableExport, terms: list[str]) -> list[str]:
    links = single_links(export)
    parts = [literal(f'{{"@id":"{ROW}:'), *row_rest(export), literal(f'","@type":"{CLASS}"')]
    for term, cell in zip(terms, export.cells, strict=True):
        link = links.get(cell.column.name)
        parts += cell.filled([_key(term), *(_link(link) if link else _value(cell))])
    # `||` makes the pair null, and so nothing, where the link is null
    parts += [" || ".join([_key(joint.property), *_link(joint.iri)]) for joint in joint_links(export)]
    return [*parts, literal("}")]


def _key(term: str) -> str:
    return literal(f",{dumped(term)}:")


def _link(iri: str) -> list[str]:
    return [literal('{"@id":"'), f"({iri})", literal('"}')]


def _value(cell: Cell) -> list[str]:
    if cell.is_text or cell.column.type is ColumnType.BOOLEAN:
        return cell.json
    return [literal('"'), cell.text, literal('"')]
