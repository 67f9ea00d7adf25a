"""The header of a file against the columns of its schema: every name once, in any order."""

from collections import Counter
from collections.abc import Iterator

from portal.foundation.text import LangString
from portal.ingest.report import Finding, Severity

RESERVED = frozenset({"_row", "file_row_number"})
"""Names that the row file and the Parquet reader give to the number of a row."""


def header_findings(found: tuple[str, ...], expected: tuple[str, ...]) -> Iterator[Finding]:
    """Give what is wrong with the names *found* in a file whose schema wants those *expected*."""
    if not found or found == ("",):
        yield _finding(
            "empty-file", "Die Datei ist leer; es fehlt die Kopfzeile.", "The file is empty; it has no header."
        )
        return
    for name, number in Counter(found).items():
        if number > 1:
            yield _finding(
                "duplicate-column",
                f"Die Spalte {name!r} steht {number}-mal in der Kopfzeile.",
                f"The header names the column {name!r} {number} times.",
                name,
            )
    for name in expected:
        if name not in found:
            yield _finding("missing-column", f"Die Spalte {name!r} fehlt.", f"The column {name!r} is missing.", name)
    for name in dict.fromkeys(found):
        if name not in expected:
            yield _finding(
                "unknown-column",
                f"Die Spalte {name!r} kennt das Schema nicht.",
                f"The schema does not know the column {name!r}.",
                name,
            )
    for name in expected:
        if name.lower() in RESERVED:
            yield _finding(
                "reserved-name",
                f"Keine Spalte darf {name!r} heißen; so heißt bei uns die Zeilennummer.",
                f"No column may be called {name!r}; that is our name for the number of a row.",
                name,
            )
    if found != expected and sorted(found) == sorted(expected):
        yield Finding(
            code="column-order",
            severity=Severity.NOTE,
            message=LangString(
                "Die Spalten stehen in anderer Reihenfolge als im Schema; veröffentlicht wird die des Schemas.",
                "The columns are in another order than in the schema; the schema's order is published.",
            ),
        )


def _finding(code: str, german: str, english: str, column: str | None = None) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, message=LangString(german, english), column=column)
