"""A statement read into SQLite's tokens: is it one question, which tables does it name, where in it is what.

Safety does not hang on this file (sandbox.py sees to it); it is here so that refusals can say the place, so that tables
are found by their names, and so that a slip does not become a value: SQLite takes a name in double quotes that it does not
know for a text, which turns a misspelt column into a column of constants. Names are therefore handed on in backquotes,
which it never reads as text (sqlite.org/quirks.html, 8).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from portal.foundation.errors import InvalidInput
from portal.foundation.strict_json import is_readable

MAX_CHARACTERS = 10_000
"""Nobody types more; SQLite's own parser is given at most twice as much, as names change their quotes."""

_SIGNS = r"""
  (?P<blank>[ \t\n\r\f]+ | --[^\n]* | /\*(?:[^*]|\*(?!/))*+(?:\*/|\Z))
| (?P<text>'(?:[^']|'')*+')
| (?P<name>"(?:[^"]|"")*+" | `(?:[^`]|``)*+` | \[[^\]]*+\])
| (?P<word>[A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*+)
| (?P<number>\.?[0-9][0-9A-Za-z_.]*+)
| (?P<end>;)
| (?P<sign>.)
"""
_QUESTIONS = frozenset({"select", "with", "values"})
_FOREIGN_SIGNS = re.compile("[\u00a0\u2018-\u201f\u00ab\u00bb\u2007\u202f\u3000\ufeff\u200b-\u200d\u2060]")
"""Quotes and blanks that word processors and web pages put in place of SQL's own."""
_CLOCKS = frozenset(
    {"date", "time", "datetime", "julianday", "strftime", "unixepoch", "current_date", "current_time", "current_timestamp"}
)  # fmt: skip
_OPEN = "'\"`["


@dataclass(frozen=True)
class Token:
    """A piece of a statement."""

    kind: str
    text: str
    start: int

    @property
    def name(self) -> str:
        """What a name in quotes is called."""
        if self.kind != "name":
            return self.text
        mark = self.text[-1]
        return self.text[1:-1] if mark == "]" else self.text[1:-1].replace(mark * 2, mark)


@dataclass(frozen=True)
class Statement:
    """One question in SQL."""

    text: str
    tokens: tuple[Token, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names in quotes, each once: of tables, columns and whatever it gives names to."""
        return tuple(dict.fromkeys(token.name for token in self.tokens if token.kind == "name"))

    @cached_property
    def sql(self) -> str:
        """The statement as it is carried out: names in backquotes, comments left out, nothing after its end."""
        return self._written(lambda token: f"`{token.name.replace('`', '``')}`")

    @property
    def is_timeless(self) -> bool:
        """Whether the same rows always give the same answer: it asks for no date that could be today's."""
        return not any(token.kind == "word" and token.text.lower() in _CLOCKS for token in self.tokens)

    @property
    def is_union(self) -> bool:
        """Whether a column of the answer may come from several tables."""
        return any(token.kind == "word" and token.text.lower() == "union" for token in self.tokens)

    def renamed(self, others: dict[str, str]) -> str:
        """Give the statement with *others* in place of some names in quotes."""
        return self._written(lambda token: f'"{others[token.name]}"' if token.name in others else token.text)

    def place_of(self, name: str) -> dict[str, int]:
        """Give line and column of the first token that is *name*; nothing if there is none."""
        last = name.rsplit(".", 1)[-1].lower()
        for token in self.tokens:
            if token.text.lower() == name.lower() or token.name.lower() in (name.lower(), last):
                return place(self.text, token.start)
        return {}

    def _written(self, named: Callable[[Token], str]) -> str:
        kept = [token for token in self.tokens if token.kind != "end"]
        return "".join(named(one) if one.kind == "name" else " " if one.kind == "blank" else one.text for one in kept)


def read_statement(text: str) -> Statement:
    """Read one SELECT.

    Raises:
        InvalidInput: it is none, or more than one, or holds what SQL has no sign for.
    """
    if len(text) > MAX_CHARACTERS:
        raise _wrong(
            text, 0, f"A statement has at most {MAX_CHARACTERS} characters.", f"Höchstens {MAX_CHARACTERS} Zeichen."
        )
    if not is_readable(text):
        raise _wrong(
            text, 0, "It holds a control character or half a character.", "Sie enthält ein Steuerzeichen oder ein halbes Zeichen."
        )  # fmt: skip
    tokens = tuple(_tokens(text))
    meant = [token for token in tokens if token.kind != "blank"]
    if not meant or meant[0].text.lower() not in _QUESTIONS:
        raise _wrong(
            text,
            meant[0].start if meant else 0,
            "One SELECT is answered (also WITH … SELECT, and VALUES); nothing else.",
            "Beantwortet wird ein SELECT (auch WITH … SELECT und VALUES), sonst nichts.",
        )
    ends = [place for place, token in enumerate(meant) if token.kind == "end"]
    if ends and ends[0] != len(meant) - 1:
        raise _wrong(
            text, meant[ends[0] + 1].start, "Only one statement at a time.", "Nur eine Anweisung auf einmal."
        )  # fmt: skip
    return Statement(text, tokens)


def place(text: str, start: int) -> dict[str, int]:
    """Give line and column, from 1."""
    before = text[:start]
    return {"line": before.count("\n") + 1, "column": start - (before.rfind("\n") + 1) + 1}


@cache
def _grammar() -> re.Pattern[str]:
    """Give `_SIGNS` ready for use; made when first asked for, as a server's start should not wait for it."""
    return re.compile(_SIGNS, re.VERBOSE | re.DOTALL)


def _tokens(text: str) -> Iterator[Token]:
    """Give the tokens of a statement.

    Raises:
        InvalidInput: a quote has no end, or a sign only looks like one of SQL's.
    """
    for found in _grammar().finditer(text):
        token = Token(found.lastgroup or "", found[0], found.start())
        if token.kind == "sign" and token.text in _OPEN:
            raise _wrong(text, token.start, f"This {token.text} has no end.", f"Dieses {token.text} hat kein Ende.")
        strange = _FOREIGN_SIGNS.search(token.text) if token.kind in ("word", "sign") else None
        if strange:
            raise _wrong(
                text,
                token.start + strange.start(),
                f"The sign {strange[0]!r} is none of SQL's: texts stand in '…', names in \"…\".",
                f"Das Zeichen {strange[0]!r} gehört nicht zu SQL: Texte stehen in '…', Namen in \"…\".",
            )
        yield token


def _wrong(text: str, start: int, sentence: str, german: str) -> InvalidInput:
    where = place(text, start)
    return InvalidInput(
        f"SQL, line {where['line']}, column {where['column']}: {sentence}",
        detail_de=f"SQL, Zeile {where['line']}, Spalte {where['column']}: {german}",
        parameter="q",
        **where,
    )
