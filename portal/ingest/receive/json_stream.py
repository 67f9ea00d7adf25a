"""JSON in bounded memory: the records of an array, of an object's one list, or of JSON Lines, one after the other.

Numbers keep the digits they are written with, names that come twice in an object are refused (RFC 8259, section 4:
what a reader makes of them is unpredictable), and one record may have 16 MiB.
"""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.ingest.receive.sniffed import sniff
from portal.ingest.receive.task import Unreadable

MAX_RECORD_CHARS = 16 * 1024 * 1024
_PIECE_CHARS = 1024 * 1024
_SPACE = re.compile(r"[ \t\r\n\ufeff]*")


class Number(str):
    """A number as it is written."""

    __slots__ = ()


@dataclass
class Source:
    """Where the records lie in a JSON file, and what else stands in it."""

    members: dict[str, Any] = field(default_factory=dict)  # Any: JSON
    """Members of the top object beside the list."""
    list_name: str | None = None
    """Name of the list that holds the records; None: the file itself is the list, or lines."""


def records(path: Path, source: Source) -> Iterator[Any]:  # Any: JSON
    """Give the records of *path*, and fill *source* on the way.

    Raises:
        Unreadable: it is no JSON, cut off, nested too deeply, or has no list of records or several.
    """
    seen = sniff(path)
    if seen.is_mixed or seen.is_cut or seen.confidence < 1:
        raise Unreadable("not-utf-8", "JSON muss UTF-8 sein (RFC 8259, 8.1).", "JSON must be UTF-8 (RFC 8259, 8.1).")
    with path.open(encoding=seen.encoding, newline="") as stream:
        text = _Text(stream)
        try:
            yield from _records(text, source)
        except RecursionError:
            raise Unreadable(
                "too-deep", "Das JSON ist zu tief verschachtelt.", "The JSON is nested too deeply."
            ) from None


class _Text:
    """A window on the text that reads on when it is asked for more."""

    def __init__(self, stream: codecs.StreamReaderWriter | Any) -> None:  # Any: a text file
        self._stream, self.buffer, self.place, self.ended, self.line = stream, "", 0, False, 1

    def peek(self) -> str:
        """Give the next sign that is no blank; empty at the end."""
        while True:
            found = _SPACE.match(self.buffer, self.place)
            self.place = found.end() if found else self.place
            if self.place < len(self.buffer):
                return self.buffer[self.place]
            if not self.more():
                return ""

    def more(self) -> bool:
        """Read on; False at the end."""
        piece = self._stream.read(max(_PIECE_CHARS, len(self.buffer) - self.place))
        self.line += self.buffer.count("\n", 0, self.place)
        self.buffer, self.place = self.buffer[self.place :] + piece, 0
        self.ended = not piece
        return bool(piece)

    def value(self) -> Any:  # Any: JSON
        """Take the next value."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.buffer, self.place)
            except json.JSONDecodeError as error:
                near_end = error.pos > len(self.buffer) - 20 or error.msg.startswith(
                    ("Unterminated", "Invalid \\", "Invalid control")
                )
                if self.ended or not (near_end and self.more()):
                    raise self.broken() from None
            else:
                if end == len(self.buffer) and not self.ended and self.more():
                    continue  # a number may go on
                self.place = end
                return value
            if len(self.buffer) - self.place > MAX_RECORD_CHARS:
                raise Unreadable("row-too-long", "Ein Datensatz hat mehr als 16 MiB.", "A record has more than 16 MiB.")

    def expect(self, signs: str) -> str:
        sign = self.peek()
        if not sign or sign not in signs:
            raise self.broken()
        self.place += 1
        return sign

    def broken(self) -> Unreadable:
        line = self.line + self.buffer.count("\n", 0, self.place)
        if self.ended and self.peek() == "":
            return Unreadable("truncated-file", "Das JSON bricht vorzeitig ab.", "The JSON breaks off.")
        return Unreadable(
            "broken-json",
            f"Ab Zeile {line} ist die Datei kein JSON.",
            f"From line {line} on the file is no JSON.",
            value=self.buffer[self.place : self.place + 80],
        )


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:  # Any: JSON
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable("duplicate-name", f"Ein Objekt nennt {twice!r} zweimal.", f"An object names {twice!r} twice.")
    return made


def _constant(name: str) -> Any:  # Any: never returns
    raise Unreadable("not-a-number", f"{name} ist kein JSON.", f"{name} is no JSON.", value=name)


def _float(text: str) -> Number:
    if "e" in text or "E" in text:
        number = Decimal(text)
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int) or abs(exponent) > 60:
            return Number(text)
        return Number(format(number, "f"))
    return Number(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=_float, parse_int=Number, parse_constant=_constant)


def _records(text: _Text, source: Source) -> Iterator[Any]:  # Any: JSON
    start = text.peek()
    if start == "[":
        text.place += 1
        yield from _items(text)
        _finish(text)
    elif start == "{":
        yield from _of_object(text, source)
    elif not start:
        raise Unreadable("empty-file", "Die Datei ist leer.", "The file is empty.")
    else:
        raise text.broken()


def _items(text: _Text) -> Iterator[Any]:  # Any: JSON
    if text.peek() == "]":
        text.place += 1
        return
    while True:
        yield text.value()
        if text.expect(",]") == "]":
            return


def _finish(text: _Text) -> None:
    if text.peek():
        raise text.broken()


def _of_object(text: _Text, source: Source) -> Iterator[Any]:  # Any: JSON
    """Give the items of the one list of objects in the top object; an object without one is a line or a record."""
    text.place += 1
    if text.peek() == "}":
        text.place += 1
    else:
        while True:
            name = text.value()
            text.expect(":")
            if text.peek() == "[" and source.list_name is None and _holds_records(text):
                source.list_name = name
                text.place += 1
                yield from _items(text)
            else:
                if name in source.members:
                    raise Unreadable(
                        "duplicate-name", f"Ein Objekt nennt {name!r} zweimal.", f"An object names {name!r} twice."
                    )
                source.members[str(name)] = text.value()
            if text.expect(",}") == "}":
                break
    if source.list_name is not None:
        _finish(text)
        return
    first, source.members = source.members, {}
    yield first
    while text.peek():
        yield text.value()


def _holds_records(text: _Text) -> bool:
    """Tell whether a list begins with an object."""
    while True:
        found = re.compile(r"\[\s*(\S)").match(text.buffer, text.place)
        if found:
            return found[1] == "{"
        if not text.more():
            return False
