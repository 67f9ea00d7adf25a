"""RDF 1.1 Turtle: one block per row, one line per value, typed literals, links to other rows.

Empty cells are left out: RDF has no null. What the file is and who may use it stands in comments on top.
"""

import re
from collections.abc import Iterator

from portal.exports.cells import Cell, literal
from portal.exports.iris import XSD, XSD_TYPES, class_iri, joint_links, property_iri, row_iri, safe_iri, single_links
from portal.exports.lines import lines
from portal.exports.table import TableExport
from portal.foundation.tableschema import ColumnType

BARE = frozenset({ColumnType.INTEGER, ColumnType.BOOLEAN})
"""Types whose canonical text is a Turtle literal as it stands (RDF 1.1 Turtle, 2.5.2 and 2.5.3)."""


def turtle_pieces(export: TableExport) -> Iterator[bytes | memoryview]:
    """Give *export* as Turtle."""
    return lines(export, _block(export), head=head_of(export))


def head_of(export: TableExport) -> str:
    facts = (
        f"{export.dataset_title.de}: {export.title.de} (Version {export.version})",
        f"{export.licence_title.de} <{export.licence_url}>",
        export.attribution.de,
    )
    comments = "".join(f"# {' '.join(fact.split())}\n" for fact in facts)
    return f"{comments}@prefix t: <{_vocabulary(export)}> .\n@prefix xsd: <{XSD}> .\n\n"


def _vocabulary(export: TableExport) -> str:
    return safe_iri(f"{export.url}#")


def _block(export: TableExport) -> list[str]:
    links = single_links(export)
    parts = [literal("<"), row_iri(export), literal(f"> a {shortened(export, class_iri(export))}")]
    for cell in export.cells:
        link = links.get(cell.column.name)
        name = shortened(export, property_iri(export, cell.column))
        parts += cell.filled([_predicate(name), *(_link(link) if link else _value(cell))])
    for joint in joint_links(export):  # `||` makes both null, and so nothing, where the link is null
        parts.append(" || ".join([_predicate(shortened(export, joint.property)), *_link(joint.iri)]))
    return [*parts, literal(" .")]


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
