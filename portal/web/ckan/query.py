"""Solr's query text, as far as CKAN's clients use it, as a condition on entries.

    words "a phrase" field:value field:"a value" field:(a OR b) +must -not NOT x a AND b OR c
    field:[2026-01-01T00:00:00Z TO *] field:[NOW-7DAYS TO NOW] wild*card *:* back\\:slash

    either  :=  both (OR both)*          both  :=  single ((AND)? single)*
    single  :=  (NOT | - | ! | +) single  |  (field :)? ( text | phrase | range | "(" either ")" )

Words stand for AND; whole values are compared with case, words of texts without.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import NoReturn

from portal.foundation.errors import UnreadableSearch
from portal.web.ckan.catalogue import Entry, words
from portal.web.ckan.ids import plain_time

Condition = Callable[[Entry], bool]

MAX_CHARACTERS = 4_000
MAX_DEPTH = 40
"""Brackets and negations in one another."""
MAX_WILDCARDS = 8
TEXT_FIELDS = frozenset(("title", "notes", "text", "maintainer", "author", "keywords"))
_MIN_INNER = 4
"""A word of so many letters is also found inside longer ones: Verkehr in Verkehrslenkung."""

_TOKEN = re.compile(
    r"""(?P<blank>\s+) | (?P<open>\() | (?P<close>\)) | (?P<phrase>"(?:\\.|[^"\\])*")
      | [\[{]\s*(?P<low>"[^"]*"|[^\s\]}]+)\s+TO\s+(?P<high>"[^"]*"|[^\s\]}]+)\s*[\]}]
      | (?P<and>AND\b|&&) | (?P<or>OR\b|\|\|) | (?P<not>NOT\b|-|!) | (?P<must>\+)
      | (?P<boost>[\^~][0-9.]*) | (?P<field>(?:\\.|[^\s()"\[\]{}:+!^~\\-])(?:\\.|[^\s()"\[\]{}:^~\\])*):
      | (?P<word>(?:\\.|[^\s()"\[\]{}:^~\\])+)""",
    re.VERBOSE,
)
_MOMENT = re.compile(r"NOW(?:/[A-Z]+)?(?:([+-])([0-9]{1,6})(MINUTE|HOUR|DAY|WEEK|MONTH|YEAR)S?(?:/[A-Z]+)?)?")
_UNIT_DAYS = {"MINUTE": 1 / 1440, "HOUR": 1 / 24, "DAY": 1.0, "WEEK": 7.0, "MONTH": 30.0, "YEAR": 365.0}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    high: str = ""
    """Upper end of a range, whose lower end is `text`."""


@dataclass
class Query:
    """A parsed query."""

    holds: Condition
    words: list[str] = field(default_factory=list)
    """The free words that make an entry fit better."""


def parse(text: str, *, at: datetime) -> Query:
    """Read a query; `NOW` is the time *at*.

    Raises:
        UnreadableSearch: it cannot be read.
    """
    if len(text) > MAX_CHARACTERS:
        _refuse(f"it is longer than {MAX_CHARACTERS} characters", f"länger als {MAX_CHARACTERS} Zeichen")
    parser = _Parser(_tokens(text), at)
    condition = parser.either("text", 0) if parser.tokens else _everything
    if parser.tokens:
        _refuse(f"{parser.tokens[0].text!r} is not expected", f"{parser.tokens[0].text!r} steht an falscher Stelle")
    return Query(condition, parser.words)


def plain_words(text: str) -> Query:
    """Read a text as nothing but words, for what somebody has typed that is no query."""
    found = list(words(text))
    return Query(lambda entry: all(_has_word(entry, "text", word) for word in found), found)


def _tokens(text: str) -> list[_Token]:
    found, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            _refuse(
                f"{text[position : position + 20]!r} cannot be read", f"{text[position : position + 20]!r} ist unlesbar"
            )
        position = match.end()
        kind = match.lastgroup or ""
        if match["low"] is not None:
            found.append(_Token("range", match["low"].strip('"'), match["high"].strip('"')))
        elif kind not in ("blank", "boost"):
            found.append(_Token(kind, match[kind]))
    return found


class _Parser:
    """Reads tokens from the front."""

    def __init__(self, tokens: list[_Token], at: datetime) -> None:
        self.tokens = tokens
        self.words: list[str] = []
        self._at = at

    def either(self, name: str, depth: int) -> Condition:
        parts = [self._both(name, depth)]
        while self._take("or"):
            parts.append(self._both(name, depth))
        return parts[0] if len(parts) == 1 else lambda entry: any(part(entry) for part in parts)

    def _both(self, name: str, depth: int) -> Condition:
        parts = [self._single(name, depth)]
        while self._take("and") or (self.tokens and self.tokens[0].kind not in ("or", "close")):
            parts.append(self._single(name, depth))
        return parts[0] if len(parts) == 1 else lambda entry: all(part(entry) for part in parts)

    def _single(self, name: str, depth: int) -> Condition:  # noqa: PLR0911 - one return per kind of token
        if depth > MAX_DEPTH:
            _refuse(f"it is nested deeper than {MAX_DEPTH} levels", f"tiefer als {MAX_DEPTH} Ebenen verschachtelt")
        if not self.tokens:
            _refuse("it ends too early", "zu früh zu Ende")
        token = self.tokens.pop(0)
        match token.kind:
            case "not":
                inner = self._single(name, depth + 1)
                return lambda entry: not inner(entry)
            case "must":
                return self._single(name, depth + 1)
            case "field":
                return self._single(_plain(token.text), depth + 1)
            case "open":
                found = self.either(name, depth + 1)
                if not self._take("close"):
                    _refuse("a bracket is not closed", "eine Klammer ist nicht geschlossen")
                return found
            case "range":
                return self._range(name, token)
            case "phrase":
                return self._value(name, _plain(token.text[1:-1]), phrase=True)
        if token.kind != "word":
            _refuse(f"{token.text!r} is not expected", f"{token.text!r} steht an falscher Stelle")
        return self._value(name, token.text, phrase=False)

    def _take(self, kind: str) -> bool:
        if self.tokens and self.tokens[0].kind == kind:
            self.tokens.pop(0)
            return True
        return False

    def _value(self, name: str, text: str, *, phrase: bool) -> Condition:
        if text == "*" and not phrase:
            return _everything if name in ("*", "text") else lambda entry: bool(_values(entry, name))
        if name in TEXT_FIELDS:
            return self._text(name, text, phrase=phrase)
        if not phrase and re.search(r"(?<!\\)[*?]", text):
            return _wild(name, text)
        wanted = text if phrase else _plain(text)
        return lambda entry: wanted in _values(entry, name)

    def _text(self, name: str, text: str, *, phrase: bool) -> Condition:
        if not phrase and re.search(r"(?<!\\)[*?]", text):
            return _wild(name, text)
        wanted = words(text if phrase else _plain(text))
        self.words += wanted
        if phrase and len(wanted) > 1:
            return lambda entry: f" {' '.join(wanted)} " in f" {' '.join(entry.texts.get(name, ()))} "
        return lambda entry: all(_has_word(entry, name, word) for word in wanted)

    def _range(self, name: str, token: _Token) -> Condition:
        low, high = self._bound(token.text), self._bound(token.high)

        def within(entry: Entry) -> bool:
            return any((low is None or low <= one) and (high is None or one <= high) for one in _values(entry, name))

        return within

    def _bound(self, text: str) -> str | None:
        """Give an end of a range as the fields are written; None: open."""
        if text == "*":
            return None
        if found := _MOMENT.fullmatch(text):
            sign, number, unit = found.groups()
            days = (int(number) * _UNIT_DAYS[unit] if number else 0) * (-1 if sign == "-" else 1)
            try:
                return plain_time(self._at + timedelta(days=days))
            except OverflowError:
                _refuse(f"{text!r} is no time", f"{text!r} ist keine Zeit")
        if not re.match(r"[0-9]{4}-", text):
            return _plain(text)
        try:
            moment = datetime.fromisoformat(text)
            return plain_time(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        except (ValueError, OverflowError):
            _refuse(f"{text!r} is no time", f"{text!r} ist keine Zeit")


def _everything(_entry: Entry) -> bool:
    return True


def _values(entry: Entry, name: str) -> tuple[str, ...]:
    found = entry.fields.get(name)
    return entry.fields.get(f"extras_{name}", entry.texts.get(name, ())) if found is None else found


def _has_word(entry: Entry, name: str, word: str) -> bool:
    there = entry.texts.get(name, ())
    return word in there or (len(word) >= _MIN_INNER and any(word in one for one in there))


def _wild(name: str, text: str) -> Condition:
    if len(re.findall(r"[*?]", text)) > MAX_WILDCARDS:
        _refuse(f"there are more than {MAX_WILDCARDS} wildcards", f"mehr als {MAX_WILDCARDS} Platzhalter")
    folds = name in TEXT_FIELDS
    pattern = (text.casefold() if folds else text).replace("[", "[[]")
    return lambda entry: any(fnmatchcase(one, pattern) for one in _values(entry, name))


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _refuse(why: str, german: str) -> NoReturn:
    raise UnreadableSearch(f"The query cannot be parsed: {why}.", detail_de=f"Die Suche ist nicht lesbar: {german}.")
