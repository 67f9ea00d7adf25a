"""RDF 1.1 Turtle: one block per row, one line per value, typed literals, links to other rows.

Empty cells are left out: RDF has no null. What the IRIs of all rows begin with is said once where whole numbers
follow. What the file is and who may use it stands in comments on top.
"""

import re
from collections.abc import Iterator

from portal.exports.cells import Cell, literal
from portal.exports.iris import (
    XSD,
    XSD_TYPES,
    class_iri,
    joint_links,
    property_iri,
    row_prefix,
    row_rest,
    safe_iri,
    single_links,
)
from portal.exports.lines import lines
from portal.exports.table import TableExport
from portal.foundation.tableschema import ColumnType

BARE = frozenset({ColumnType.INTEGER, ColumnType.BOOLEAN})
"""Types whose canonical text is a Turtle literal as it stands (RDF 1.1 Turtle, 2.5.2 and 2.5.3)."""


def turtle_pieces(export: TableExport) -> Iterator[bytes | memoryview]:
    """Give *export* as Turtle."""
    rows = f"@prefix r: <{row_prefix(export)}> .\n" if _is_numbered(export) else ""
    return lines(export, _block(export), head=head_of(export, rows))


def head_of(export: TableExport, prefixes: str = "") -> str:
    """Give the comments and prefixes on top, *prefixes* after those that every file has."""
    facts = (
        f"{export.dataset_title.de}: {export.title.de} (Version {export.version})",
        f"{export.licence_title.de} <{export.licence_url}>",
        export.attribution.de,
    )
    comments = "".join(f"# {' '.join(fact.split())}\n" for fact in facts)
    return f"{comments}@prefix t: <{_vocabulary(export)}> .\n@prefix xsd: <{XSD}> .\n{prefixes}\n"


def _vocabulary(export: TableExport) -> str:
    return safe_iri(f"{export.url}#")


def _block(export: TableExport) -> list[str]:
    links = single_links(export)
    start, end = ("r:", "") if _is_numbered(export) else (f"<{row_prefix(export)}", ">")
    parts = [literal(start), *row_rest(export), literal(f"{end} a {shortened(export, class_iri(export))}")]
    for cell in export.cells:
        link = links.get(cell.column.name)
        name = shortened(export, property_iri(export, cell.column))
        parts += cell.filled([_predicate(name), *(_link(link) if link else _value(cell))])
    for joint in joint_links(export):  # `||` makes both null, and so nothing, where the link is null
        parts.append(" || ".join([_predicate(shortened(export, joint.property)), *_link(joint.iri)]))
    return [*parts, literal(" .")]


def _is_numbered(export: TableExport) -> bool:
    """Tell whether rows are named by whole numbers, which may stand behind a prefix as they are (PN_LOCAL)."""
    key = [cell for cell in export.cells if cell.column.name in export.schema.primary_key]
    known = key[0].statistics if len(key) == 1 and key[0].column.type is ColumnType.INTEGER else None
    return known is not None and known.minimum is not None and not known.minimum.startswith("-")


def _predicate(name: str) -> str:
    return literal(f" ;\n  {name} ")


def _link(iri: str) -> list[str]:
    return [literal("<"), f"({iri})", literal(">")]


def _value(cell: Cell) -> list[str]:
    if cell.is_text:
        return cell.json  # every escape of a JSON string is one of Turtle's
    if cell.column.type in BARE:
        return [cell.text]
    return [literal('"'), cell.text, literal(f'"^^xsd:{XSD_TYPES[cell.column.type]}')]


def shortened(export: TableExport, iri: str) -> str:
    """Give *iri* with the prefix where Turtle's grammar (PN_LOCAL) allows it, else in full."""
    local = iri.removeprefix(_vocabulary(export))
    if local != iri and re.fullmatch(r"([A-Za-z0-9_]|%[0-9A-F]{2})([A-Za-z0-9_-]|%[0-9A-F]{2})*", local):
        return f"t:{local}"
    return f"<{iri}>"
