"""What the EU file-type table and the quality assessment of data.europa.eu say about a format.

`machine_readable` and `non_proprietary` are the two format lists of the Metadata Quality Assessment (20 points
each): XLSX is on the first list only, TSV and GPKG on the second only, PDF on neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from portal.vocabularies.concepts import Concept, concept
from portal.vocabularies.tables import read_table


@dataclass(frozen=True)
class FileType:
    """A format of the EU file-type table."""

    concept: Concept
    media_type: str | None
    """The media type registered with IANA; None: there is none."""
    machine_readable: bool
    non_proprietary: bool


@cache
def file_types() -> Mapping[str, FileType]:
    """Give the file types an open data portal meets, by their code in the EU table."""
    return MappingProxyType(
        {
            row["code"]: FileType(
                concept=concept("file-type", row["code"]),
                media_type=row["media_type"] or None,
                machine_readable=row["machine_readable"] == "true",
                non_proprietary=row["non_proprietary"] == "true",
            )
            for row in read_table("file-type")
        }
    )
