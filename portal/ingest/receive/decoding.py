"""A text file in whatever encoding becomes one in UTF-8, with what had to be asked or repaired on the way."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from portal.ingest.receive.sniffed import DOUBLED, ENCODINGS, Sniffed, sniff
from portal.ingest.receive.task import Task, Unreadable
from portal.ingest.report import Remedy, Severity

PIECE_CHARS = 1024 * 1024
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
"""No format carries them all (XML 1.0, 2.2), and none of them means anything in a table."""

_RUN = re.compile("[\u0080-\u00ffŒœŠšŸŽžƒ„…†‡ˆ‰‹›‘’“”•–—˜™€‚\u0081\u008d\u008f\u0090\u009d]{2,}")
_BACK = {chr(number): number for number in range(128, 256)}
_BACK |= {bytes([number]).decode("cp1252", "ignore") or chr(number): number for number in range(128, 160)}


def as_utf8(task: Task, path: Path) -> tuple[Path, Sniffed]:
    """Give *path* itself where it is clean UTF-8, otherwise a work file that is; and what was seen of the result.

    Raises:
        Unreadable: it is in an encoding nobody can guess.
    """
    seen = sniff(path)
    if seen.size_bytes - seen.mark_bytes == 0:
        raise Unreadable("empty-file", "Die Datei ist leer.", "The file is empty.")
    encoding = _encoding(task, seen)
    _note_damage(task, seen)
    repairs = list(_repairs(task, seen))
    if encoding == "utf-8" and not (seen.mark_bytes or seen.is_mixed or seen.is_cut or repairs):
        return path, seen
    errors = _errors(task, seen, encoding)
    target = task.work_file("utf-8.txt")
    with target.open("w", encoding="utf-8", newline="") as out:
        for piece in _pieces(path, encoding, errors, seen.mark_bytes):
            text = piece
            for repair in repairs:
                text = repair(text)
            out.write(text)
    after = sniff(target)
    if after.has_replacement and not seen.has_replacement and not seen.has_control and not seen.is_cut:
        task.notes.add(
            "not-in-encoding",
            Severity.ERROR,
            f"Die Datei enthält Zeichen, die es in {encoding} nicht gibt.",
            f"The file holds signs that {encoding} does not have.",
        )
    return target, after


def _encoding(task: Task, seen: Sniffed) -> str:
    """Give the encoding to read with: chosen, accepted or guessed; a guess that is none is asked."""
    accepted = task.choices.accepts("read-encoding")
    chosen = task.choices.encoding or (accepted.parameters.get("encoding") if accepted else None)
    if chosen is not None and chosen not in ENCODINGS:
        raise Unreadable(
            "unknown-encoding",
            f"Die Kodierung {chosen!r} kennen wir nicht; bekannt sind {', '.join(ENCODINGS)}.",
            f"The encoding {chosen!r} is not known; known are {', '.join(ENCODINGS)}.",
        )
    encoding = chosen or seen.encoding
    task.notes.guess(
        "encoding",
        encoding,
        1.0 if chosen else seen.confidence,
        f"Die Datei ist als {encoding} gelesen.",
        f"The file was read as {encoding}.",
        alternatives=tuple(name for name in seen.alternatives if name != encoding),
    )
    if not chosen and seen.confidence < 0.9 and not seen.is_mixed:
        task.notes.add(
            "encoding-unsure",
            Severity.ERROR,
            f"Die Kodierung ist nicht sicher zu erkennen; vermutlich {encoding}. Bitte die Umlaute in der Vorschau prüfen.",
            f"The encoding cannot be told for sure; presumably {encoding}. Please check the umlauts in the preview.",
            remedy=Remedy(code="read-encoding", parameters={"encoding": encoding}),
        )
    return encoding


def _note_damage(task: Task, seen: Sniffed) -> None:
    notes, choices = task.notes, task.choices
    if seen.is_cut:
        notes.add(
            "truncated-file",
            Severity.ERROR,
            "Die Datei endet mitten in einem Zeichen; sie ist wohl unvollständig.",
            "The file ends in the middle of a character; it is probably incomplete.",
        )
    if seen.is_mixed and not choices.accepts("repair-mixed-encoding"):
        notes.add(
            "mixed-encoding",
            Severity.ERROR,
            "Die Datei ist teils UTF-8, teils Windows-1252.",
            "The file is partly UTF-8, partly Windows-1252.",
            remedy=Remedy(code="repair-mixed-encoding"),
        )
    if seen.has_control and not choices.accepts("strip-control-characters"):
        notes.add(
            "forbidden-character",
            Severity.ERROR,
            "Die Datei enthält Steuerzeichen (etwa NUL), die nicht veröffentlicht werden können.",
            "The file holds control characters (such as NUL) that cannot be published.",
            remedy=Remedy(code="strip-control-characters"),
        )
    if seen.has_replacement and not choices.accepts("keep-replacement-characters"):
        notes.add(
            "replacement-character",
            Severity.ERROR,
            "Die Datei enthält das Ersatzzeichen U+FFFD: Ein Programm hat hier schon Zeichen verloren.",
            "The file holds the replacement character U+FFFD: some program has lost characters already.",
            remedy=Remedy(code="keep-replacement-characters"),
        )
    if seen.has_doubled and not (choices.accepts("repair-double-encoding") or choices.accepts("keep-double-encoding")):
        notes.add(
            "double-encoding",
            Severity.ERROR,
            "Umlaute sind doppelt kodiert (Ã¼ statt ü).",
            "Umlauts are encoded twice (Ã¼ for ü).",
            remedy=Remedy(code="repair-double-encoding"),
        )


def _repairs(task: Task, seen: Sniffed) -> Iterator[Callable[[str], str]]:
    if seen.has_doubled and task.choices.accepts("repair-double-encoding"):
        yield repaired
    if seen.has_control:
        # Python's csv and DuckDB both stumble over NUL: it is taken out either way, and the finding says so
        yield _without_controls if task.choices.accepts("strip-control-characters") else _marked_controls


def repaired(text: str) -> str:
    """Undo UTF-8 that was read as Windows-1252, wherever it is that; all else stays."""
    return _RUN.sub(_undone, text) if DOUBLED.search(text) else text


def _undone(found: re.Match[str]) -> str:
    try:
        return bytes(_BACK[sign] for sign in found[0]).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return found[0]


def _without_controls(text: str) -> str:
    return FORBIDDEN.sub("", text)


def _marked_controls(text: str) -> str:
    return FORBIDDEN.sub("\ufffd", text)


def _errors(task: Task, seen: Sniffed, encoding: str) -> str:
    """Give how undecodable bytes are read: only a file that has been found faulty has any."""
    if encoding == "utf-8" and seen.is_mixed:
        return "surrogateescape"
    if encoding != seen.encoding:
        task.notes.add(
            "encoding-chosen",
            Severity.NOTE,
            f"Gelesen als {encoding}, wie festgelegt; erkannt war {seen.encoding}.",
            f"Read as {encoding}, as chosen; {seen.encoding} was recognised.",
        )
    return "replace" if seen.is_cut or encoding != seen.encoding else "strict"


def _pieces(path: Path, encoding: str, errors: str, mark_bytes: int) -> Iterator[str]:
    with path.open(encoding=encoding, errors=errors, newline="") as stream:
        if mark_bytes:
            stream.read(1)
        for lines in iter(lambda: stream.readlines(PIECE_CHARS), []):
            text = "".join(lines)
            yield _as_windows(text) if errors == "surrogateescape" else text


def _as_windows(text: str) -> str:
    """Read the bytes that were no UTF-8 as Windows-1252."""
    return re.sub(
        "[\udc80-\udcff]+",
        lambda found: found[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace"),
        text,
    )
