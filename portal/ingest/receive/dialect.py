"""Which delimiter and quote a text file uses: the one that gives records of one width with names on top.

Judged on the first 256 KB; the whole file is then read with it and every record that does not fit is a finding.
Two delimiters that fit equally well are asked.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.ingest.receive.cells import is_empty, is_value
from portal.ingest.receive.task import Task, Unreadable
from portal.ingest.report import Remedy, Severity

SAMPLE_CHARS = 256 * 1024
UNIT_SEPARATOR = "\x1f"
"""Is in no file here (control characters are taken out before): as a delimiter it splits nothing."""
DELIMITERS = (";", "\t", "|", ",")
NAMES = {";": "semicolon", "\t": "tab", "|": "pipe", ",": "comma", "": "none"}
_GERMAN = {";": "Semikolon", "\t": "Tabulator", "|": "senkrechter Strich", ",": "Komma", "": "keines"}
QUOTES = {'"': '"', "'": "'", "none": ""}


@dataclass(frozen=True)
class Dialect:
    """How records are written."""

    delimiter: str
    """Empty: one column."""
    quote: str = '"'
    """Empty: quotation marks are ordinary signs."""
    skipped_lines: int = 0
    """Lines before the first record: Excel's `sep=;`."""


@dataclass(frozen=True)
class _Trial:
    dialect: Dialect
    width: int
    share: float
    named: bool
    """The first record of full width holds no values."""
    values: int
    """Cells of the first 200 records that are values."""
    cells: int = 0


def find_dialect(task: Task, path: Path) -> tuple[Dialect, list[list[str]]]:
    """Give the dialect of the UTF-8 file *path* and its first records.

    Raises:
        Unreadable: the columns are set apart by blanks, or the chosen dialect is none.
    """
    with path.open(encoding="utf-8", errors="replace", newline="") as stream:
        sample = stream.read(SAMPLE_CHARS)
        whole = not stream.read(1)
    if not whole and "\n" in sample:
        sample = sample[: sample.rindex("\n") + 1]
    hint = re.match(r'"?sep=(.)"?\r?\n', sample)
    if hint:
        task.notes.add(
            "separator-line",
            Severity.NOTE,
            "Die Zeile „sep=“ ist für Excel und wurde befolgt.",
            "The line “sep=” is for Excel and was followed.",
            value=hint[0].strip(),
        )
        sample = sample[hint.end() :]
    dialect = _chosen(task, hint[1] if hint else None, sample)
    if dialect is None:
        dialect = _guessed(task, sample)
    dialect = Dialect(dialect.delimiter, dialect.quote, 1 if hint else 0)
    task.notes.guess(
        "dialect",
        NAMES.get(dialect.delimiter, dialect.delimiter),
        0.95,
        f"Trennzeichen: {_GERMAN.get(dialect.delimiter, dialect.delimiter)}; Anführungszeichen: {dialect.quote or 'keines'}.",
        f"Delimiter: {NAMES.get(dialect.delimiter, dialect.delimiter)}; quote: {dialect.quote or 'none'}.",
        alternatives=tuple(NAMES[one] for one in DELIMITERS if one != dialect.delimiter),
    )
    return dialect, _records(sample, dialect)


def _chosen(task: Task, hinted: str | None, sample: str) -> Dialect | None:
    accepted = task.choices.accepts("read-dialect")
    parameters = accepted.parameters if accepted else {}
    delimiter = task.choices.delimiter or parameters.get("delimiter") or hinted
    quote = task.choices.quote or parameters.get("quote")
    if (delimiter is not None and len(delimiter) != 1) or (quote is not None and quote not in QUOTES):
        raise Unreadable(
            "unknown-dialect",
            "Das Trennzeichen muss ein einzelnes Zeichen sein, das Anführungszeichen \", ' oder none.",
            "The delimiter must be one character, the quote \", ' or none.",
        )
    if delimiter is None and quote is None:
        return None
    if delimiter is None:
        delimiter = _best(_trials(sample, (QUOTES[quote or '"'],))).dialect.delimiter
    return Dialect(delimiter, QUOTES[quote] if quote else _quote(sample, delimiter))


def _guessed(task: Task, sample: str) -> Dialect:
    trials = _trials(sample, ('"', "'") if _is_single_quoted(sample) else ('"',))
    best = _best(trials)
    others = [one for one in trials if one.dialect.delimiter != best.dialect.delimiter]
    rivals = [one for one in others if one.width > 1 and _rank(one)[0] >= _rank(best)[0] - 0.05]
    if best.width == 1:
        _refuse_fixed_width(sample)
        rivals += [one for one in trials if one.width > 1 and one.share > 0.3]
    if rivals:
        task.notes.add(
            "dialect-unsure",
            Severity.ERROR,
            f"Zwei Trennzeichen passen gleich gut; vermutlich: {_GERMAN[best.dialect.delimiter]}.",
            f"Two delimiters fit equally well; presumably {NAMES[best.dialect.delimiter]}.",
            remedy=Remedy(code="read-dialect", parameters={"delimiter": best.dialect.delimiter or UNIT_SEPARATOR}),
        )
    return best.dialect


def _trials(sample: str, quotes: tuple[str, ...]) -> list[_Trial]:
    found = []
    for quote in quotes:
        for delimiter in DELIMITERS:
            if delimiter in sample:
                found.append(_trial(sample, Dialect(delimiter, quote)))
    return [*found, _Trial(Dialect("", quotes[-1]), 1, 0.0, named=True, values=0)]


def _trial(sample: str, dialect: Dialect) -> _Trial:
    records = [record for record in _records(sample, dialect) if any(not is_empty(cell) for cell in record)]
    widths = Counter(len(record) for record in records)
    width, times = max(widths.items(), key=lambda one: (one[1] if one[0] > 1 else 0, one[0]), default=(1, 0))
    if width == 1:
        return _Trial(dialect, 1, 0.0, named=False, values=0)
    full = [record for record in records if len(record) == width]
    wider = sum(number for other, number in widths.items() if other > width)
    # a preamble or footer is narrower than the table; a wider record speaks against the delimiter
    share = times / (times + wider + min(len(records) - times - wider, times))
    values = sum(is_value(cell) for record in full[:200] for cell in record)
    named = not any(is_value(cell) for cell in full[0])
    return _Trial(dialect, width, share, named, values, width * min(len(full), 200))


def _best(trials: list[_Trial]) -> _Trial:
    return max(trials, key=_rank)


def _rank(trial: _Trial) -> tuple[float, int, int]:
    """Give what a trial is worth: records of one width, names on top, values in the cells."""
    if trial.width == 1:
        return (0.4, 0, 0)
    if trial.share < 0.5:
        return (0.0, 0, 0)
    score = trial.share + 0.3 * trial.named + 0.5 * trial.values / max(1, trial.cells)
    return (round(score, 3), trial.values, -DELIMITERS.index(trial.dialect.delimiter))


def _quote(sample: str, delimiter: str) -> str:
    return "'" if _is_single_quoted(sample) and f"{delimiter}'" in sample else '"'


def _is_single_quoted(sample: str) -> bool:
    """Tell whether cells open and close with ' and hardly any with "."""
    closed = len(re.findall(r"(?:^|[;,\t|])'[^'\r\n]*'(?=[;,\t|\r\n]|$)", sample, re.MULTILINE))
    return closed > 1 and closed > len(re.findall(r'(?:^|[;,\t|])"', sample, re.MULTILINE))


def _refuse_fixed_width(sample: str) -> None:
    lines = [line for line in sample.splitlines()[:200] if line.strip()]
    if len(lines) > 1 and sum(bool(re.search(r"\S {2,}\S", line)) for line in lines) > 0.8 * len(lines):
        raise Unreadable(
            "fixed-width",
            "Die Spalten sind mit Leerzeichen ausgerichtet; bitte als CSV mit Trennzeichen speichern.",
            "The columns are set apart by blanks; please save the file as CSV with a delimiter.",
        )


def _records(sample: str, dialect: Dialect) -> list[list[str]]:
    reader = reader_of(io.StringIO(sample, newline=""), dialect, strict=False)
    try:
        return [record for _, record in zip(range(3000), reader, strict=False)]
    except csv.Error:
        return [line.split(dialect.delimiter or None, -1 if dialect.delimiter else 0) for line in sample.splitlines()]


def reader_of(lines: Iterable[str], dialect: Dialect, *, strict: bool) -> Iterator[list[str]]:
    """Give the records of *lines*."""
    delimiter = dialect.delimiter or UNIT_SEPARATOR
    if not dialect.quote:
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=strict)
    return csv.reader(lines, delimiter=delimiter, quotechar=dialect.quote, strict=strict)
