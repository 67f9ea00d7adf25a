"""No sentence of a finding quotes a cell: who sees that there is a finding need not be one who may see what it found.

Whatever a sentence is filled with stands below, with what it is. A new one is a question: is it a name, a number, a rule, or is it
something that stood in a cell? Then it belongs into `value`, which is veiled (portal.curation.details).
"""

import ast
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import portal

SAID_BY = frozenset({"add", "guess", "Unreadable", "Finding", "LangString", "_ask", "_finding"})
"""What makes findings and their sentences."""

NAMES = {"columns", "full", "lost.name", "name", "named", "text", "twice", "unique"}
"""Of columns and tables, which everybody may know, as they stand in the line of names, in the schema or in JSON."""

FILES_AND_SHEETS = {
    "', '.join(lists)", "', '.join(others)", "member.filename", "members", "missing", "names", "path", "source.list_name",
    "source.name", "taken.name", "there",
}  # fmt: skip
RULES_OF_THE_SCHEMA = {"', '.join(key.referenced)", "bound", "chars", "key.table", "listed", "pattern", "term"}
NUMBERS = {
    "blanks", "code_point", "expected", "facts.hidden_columns", "facts.hidden_rows", "found", "index + 1", "len(before)",
    "len(members)", "len(merged)", "len(record)", "line", "lines", "max_members", "number", "rows", "start + 1", "start + rows", "width",
}  # fmt: skip
OUR_OWN_WORDS = {
    "', '.join(ENCODINGS)", "DESCRIPTOR", "KEEP", "MAX_CELLS", "MAX_COLUMNS", "MAX_DIGITS", "MAX_LINE_BYTES // 1024 // 1024", "MAX_RATIO",
    "MAX_TOTAL_BYTES // 1024 ** 3", "NAMES.get(dialect.delimiter, dialect.delimiter)", "NAMES[best.dialect.delimiter]",
    "_GERMAN.get(dialect.delimiter, dialect.delimiter)", "_GERMAN[best.dialect.delimiter]", "chosen", "code", "column.type",
    "dialect.quote or 'keines'", "dialect.quote or 'none'", "encoding", "english", "footer", "german", "needed[0]", "needed[1]", "notations",
    "one.reading.notation", "one.reading.type", "one.wanted", "physical", "said.de", "said.in_language('en')", "seen.encoding", "setting", "unit",
}  # fmt: skip
"""Types, notations, encodings, delimiters, known units, limits, and words of other tables of sentences."""

KNOWN = NAMES | FILES_AND_SHEETS | RULES_OF_THE_SCHEMA | NUMBERS | OUR_OWN_WORDS


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Give every call that makes a sentence, with its file."""
    rooms = Path(portal.__file__).parent
    for path in sorted(chain((rooms / "ingest").rglob("*.py"), (rooms / "publishing").glob("p*.py"))):
        for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(one, ast.Call) and _name(one.func) in SAID_BY:
                yield path.name, one


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def fillings(call: ast.Call) -> Iterator[str]:
    """Give what its sentences are filled with."""
    sentences = [*call.args, *(one.value for one in call.keywords if one.arg == "message")]
    for part in chain.from_iterable(map(ast.walk, sentences)):
        if isinstance(part, ast.FormattedValue):
            yield ast.unparse(part.value)


def test_every_sentence_is_filled_with_what_everybody_may_know() -> None:
    unknown = [
        (name, one.lineno, filling) for name, one in calls() for filling in fillings(one) if filling not in KNOWN
    ]

    assert unknown == []


def test_every_filling_that_is_known_is_there() -> None:
    assert {filling for _, one in calls() for filling in fillings(one)} >= KNOWN


def test_sentences_are_not_put_together_by_halves() -> None:
    """A sum or a `format` would pass by the test above."""
    halves = [
        (name, one.lineno)
        for name, one in calls()
        for part in chain.from_iterable(map(ast.walk, one.args))
        if (isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mod))
        or (isinstance(part, ast.Call) and _name(part.func) in ("format", "replace"))
    ]

    assert halves == []
