"""What the bytes of a text file say of its encoding, from one pass over all of them.

A byte order mark decides; then valid UTF-8 with anything above ASCII; then NULs in every second place (UTF-16).
What remains is one byte a sign: candidates are scored by the signs they give, those inside words apart, because an
umlaut stands between letters and a quotation mark does not. Only Windows-1252 is taken without asking, and only if it
wins; in the rest of its range Latin-1 is the same (WHATWG Encoding, section 9).
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK_BYTES = 4 * 1024 * 1024
LEGACY = ("windows-1252", "iso-8859-15", "cp850", "mac-roman", "windows-1250", "windows-1254")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", *LEGACY)
"""What can be chosen; the names are Python's and IANA's alike."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ASCII = bytes(range(128))
_CONTROLS = bytes(number for number in (*range(32), 127) if number not in b"\t\n\r")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_INSIDE = re.compile(rb"(?<=[A-Za-z])[\x80-\xff](?=[A-Za-z])")
_LETTERS = frozenset("äöüÄÖÜßéèêëàâçñóáíúôîïøåæ")
_OTHERS = _LETTERS | frozenset("ÉØÅÆ€§°²³µ½¼¾–—„“”‚‘’…•·×®©™«»±\u00a0´")
_MAX_SCORED = 200_000


@dataclass(frozen=True, kw_only=True)
class Sniffed:
    """What one pass over the bytes tells."""

    size_bytes: int
    encoding: str
    mark_bytes: int = 0
    confidence: float = 1.0
    alternatives: tuple[str, ...] = ()
    is_mixed: bool = False
    """Most of it is UTF-8, some bytes are not."""
    is_cut: bool = False
    """It ends in the middle of a character."""
    has_control: bool = False
    has_replacement: bool = False
    """Holds U+FFFD: some program has lost signs before us."""
    has_doubled: bool = False
    """Holds what UTF-8 read as Windows-1252 and saved again looks like: Ã¼ for ü."""
    quotes: int = 0
    ends_with_line_end: bool = False


def sniff(path: Path) -> Sniffed:
    """Look at every byte of *path*."""
    with path.open("rb") as stream:
        head = stream.read(65536)
    for mark, encoding in _MARKS:
        if head.startswith(mark) and not head.startswith(codecs.BOM_UTF32_LE):
            return _looked_through(path, encoding, len(mark))
    if wide := _wide(head):
        return _looked_through(path, wide, 0)
    return _looked_through(path, "utf-8", 0)


def _wide(head: bytes) -> str | None:
    """Give UTF-16 in the byte order whose high bytes are mostly NUL."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    most = len(head) // 2 or 1
    if odd > most * 0.4 and even < most * 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > most * 0.4 and odd < most * 0.05 else None


def _looked_through(path: Path, encoding: str, mark_bytes: int) -> Sniffed:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    size, quotes, last = 0, 0, b""
    marks = _Marks()
    try:
        for chunk in _chunks(path):
            size, last = size + len(chunk), chunk
            quotes += chunk.count(b'"')
            text = decoder.decode(chunk)
            if encoding == "utf-8":
                marks.look_at_bytes(chunk)
            else:
                marks.look_at_text(text)
        is_cut = decoder.getstate()[0] != b""
    except UnicodeDecodeError:
        if encoding != "utf-8":
            return Sniffed(size_bytes=path.stat().st_size, encoding=encoding, mark_bytes=mark_bytes, is_cut=True)
        return _legacy(path, mark_bytes)
    return Sniffed(
        size_bytes=size,
        encoding=encoding,
        mark_bytes=mark_bytes,
        is_cut=is_cut,
        has_control=marks.control or (marks.upper_control and not marks.doubled),
        has_replacement=marks.replacement,
        has_doubled=marks.doubled,
        quotes=quotes,
        ends_with_line_end=last.endswith((b"\n", b"\r")),
    )


DOUBLED = re.compile("[ÂÃ][\u0080-\u00bfŒœŠšŸŽžƒ„…†‡ˆ‰‹›‘’“”•–—˜™€‚]|â€[\u0080-\u00bf“”™œ\u009d¢¦ž˜]|â‚¬")


_UPPER_CONTROL = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]|\xef\xbf[\xbe\xbf]")
_LOWER_SIGNS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass
class _Marks:
    """Signs of damage; what lies across two chunks is found by their seam."""

    control: bool = False
    upper_control: bool = False
    replacement: bool = False
    doubled: bool = False
    _seam: bytes = b""

    def look_at_bytes(self, chunk: bytes) -> None:
        """Look at UTF-8: bytes are searched faster than texts."""
        self.control = self.control or len(chunk.translate(None, _CONTROLS)) != len(chunk)
        if chunk.isascii():
            self._seam = b""
            return
        whole = self._seam + chunk
        self.replacement = self.replacement or b"\xef\xbf\xbd" in whole
        self.upper_control = self.upper_control or (
            (b"\xc2" in whole or b"\xef\xbf" in whole) and _UPPER_CONTROL.search(whole) is not None
        )
        if not self.doubled and any(start in whole for start in (b"\xc3\x82", b"\xc3\x83", b"\xc3\xa2")):
            self.doubled = DOUBLED.search(whole.decode("utf-8", "ignore")) is not None
        self._seam = whole[-8:]

    def look_at_text(self, text: str) -> None:
        self.control = self.control or _LOWER_SIGNS.search(text) is not None
        self.replacement = self.replacement or "\ufffd" in text
        self.doubled = self.doubled or DOUBLED.search(text) is not None


def _legacy(path: Path, mark_bytes: int) -> Sniffed:
    """Score the one-byte encodings; a file with valid UTF-8 sequences is mixed instead."""
    inside: Counter[int] = Counter()
    outside: Counter[int] = Counter()
    seen: set[int] = set()
    multibyte, control = 0, False
    for chunk in _chunks(path):
        high = chunk.translate(None, _ASCII)
        seen.update(high)
        control = control or len(chunk.translate(None, _CONTROLS)) != len(chunk)
        multibyte += len(_MULTIBYTE.findall(chunk))
        if outside.total() + inside.total() < _MAX_SCORED:
            words = Counter(found[0] for found in _INSIDE.findall(chunk))
            inside += words
            outside += Counter(high) - words
    size = path.stat().st_size
    if mark_bytes or (multibyte and multibyte * 2 >= outside.total() + inside.total() - 3 * multibyte):
        return Sniffed(
            size_bytes=size, encoding="utf-8", mark_bytes=mark_bytes, is_mixed=True, has_control=control, confidence=0.5
        )
    scores = {name: _score(name, inside, outside, seen) for name in LEGACY}
    best = max(LEGACY, key=lambda name: scores[name])
    others = tuple(name for name in sorted(LEGACY, key=lambda name: -scores[name]) if name != best)
    fair = best == "windows-1252" and scores[best] >= 0.7 and multibyte == 0
    return Sniffed(
        size_bytes=size,
        encoding=best,
        confidence=0.95 if fair else 0.4,
        alternatives=("utf-8", *others),
        has_control=control,
    )


def _score(encoding: str, inside: Counter[int], outside: Counter[int], seen: set[int]) -> float:
    """Give from -1 to 1 how likely the signs are that *encoding* makes of the bytes."""
    try:
        bytes(sorted(seen)).decode(encoding)
    except UnicodeDecodeError:
        return -2.0
    good = 0.0
    for counter, likely in ((inside, _LETTERS), (outside, _OTHERS)):
        for number, times in counter.items():
            good += times if bytes([number]).decode(encoding) in likely else -times
    return good / (inside.total() + outside.total())


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
