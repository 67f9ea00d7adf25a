"""Pieces of code that read a table: every language there is, for the whole table and for a query.

A language is one file and one line in `LANGUAGES`. The addresses are permanent, each piece names licence and source.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from portal.foundation.errors import NotFound
from portal.foundation.text import LangString
from portal.publishing.manual.curl import write_curl
from portal.publishing.manual.duckdb import write_duckdb
from portal.publishing.manual.facts import TableManual, Told
from portal.publishing.manual.javascript import write_javascript
from portal.publishing.manual.power_query import write_power_query
from portal.publishing.manual.python import write_python
from portal.publishing.manual.r import write_r
from portal.publishing.manual.reading import Reading, Writer, question_of

LANGUAGES: dict[str, tuple[LangString, Writer]] = {
    "curl": (LangString("curl", "curl"), write_curl),
    "python": (LangString("Python (pandas)", "Python (pandas)"), write_python),
    "r": (LangString("R", "R"), write_r),
    "javascript": (LangString("JavaScript (Node, Browser)", "JavaScript (Node, browser)"), write_javascript),
    "duckdb": (LangString("DuckDB (SQL)", "DuckDB (SQL)"), write_duckdb),
    "power-query": (LangString("Excel (Power Query)", "Excel (Power Query)"), write_power_query),
}
"""Name ↔ what people call it, and what writes it."""

WHOLE = LangString("Die ganze Tabelle, jede Spalte mit ihrem Typ.", "The whole table, each column with its type.")
ASKED = LangString(
    "Nur Zeilen, die eine Bedingung erfüllen, und einige Spalten.", "Only rows that meet a condition, and some columns."
)
_QUERY = "-query"
NAMES = tuple(f"{language}{kind}" for language in LANGUAGES for kind in ("", _QUERY))


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """A piece of code."""

    name: str
    """`python`, or `python-query` for the one that asks."""
    language: str
    label: LangString
    shows: LangString
    code: str

    @property
    def asks(self) -> bool:
        return self.name != self.language


def whole_snippets(manual: TableManual, told: Told) -> Iterator[Snippet]:
    """Give the pieces of code that read all of a table; comments are told by *told*."""
    reading = Reading(manual=manual, question=None, told=told)
    for language, (label, write) in LANGUAGES.items():
        yield Snippet(name=language, language=language, label=label, shows=WHOLE, code=write(reading))


def snippets_of(manual: TableManual, told: Told) -> Iterator[Snippet]:
    """Give every piece of code for a table; comments are told by *told*."""
    reading = Reading(manual=manual, question=question_of(manual), told=told)
    for whole in whole_snippets(manual, told):
        yield whole
        _, write = LANGUAGES[whole.language]
        yield replace(whole, name=f"{whole.language}{_QUERY}", shows=ASKED, code=write(reading))


def snippet_of(manual: TableManual, name: str, told: Told) -> Snippet:
    """Give one piece of code.

    Raises:
        NotFound: there is none of this name; the names there are stand among the facts.
    """
    for snippet in snippets_of(manual, told):
        if snippet.name == name:
            return snippet
    raise NotFound(
        f"There is no code {name[:40]!r}; there is {', '.join(NAMES)}.",
        detail_de=f"Es gibt keinen Code {name[:40]!r}; es gibt {', '.join(NAMES)}.",
        snippets=list(NAMES),
    )
