"""Which reading fits a column: candidates from a sample, the verdict from all values.

    sample (3,000 rows) ─▶ readings that fit at least half of it, in the order of readings.py
    all values          ─▶ the first candidate is asked of every value; where it fails, all candidates are
    doubts.py           ─▶ two readings that fit and differ, missing-value words, mixed columns

Nothing becomes a number or a date unless every value of the column is one in a single notation.
"""

import re

from portal.foundation.tableschema import ColumnType
from portal.ingest.receive.cells import MISSING, is_value
from portal.ingest.receive.columns import BLANKS, CLOCKLIKE, DATELIKE, IDENTIFIER, YEARLY, Seen
from portal.ingest.receive.moments import DATES, MOMENTS
from portal.ingest.receive.numbers_read import NUMBERS
from portal.ingest.receive.reading import UNITS, Reading, with_unit
from portal.ingest.receive.readings import BITS, OTHERS, TEXT, YEAR, reading_of
from portal.ingest.receive.task import Task

SAMPLE_ROWS = 3000
MAX_INTEGER_DIGITS = 15
"""Longer numbers are identifiers; spreadsheets cannot even hold them."""

_PADDED = (
    Reading(type=ColumnType.INTEGER, notation="padded", pattern="-?[0-9]{1,38}", value="{0}"),
    Reading(type=ColumnType.NUMBER, notation="padded", pattern=r"-?[0-9]{1,38}(?:\.[0-9]+)?", value="{0}"),
)
_WORDS = re.compile(r"(?i)ja|nein|j|n|wahr|falsch|true|false|yes|no|y")
_ISO_ONLY = tuple(one for one in (*DATES, *MOMENTS) if one.notation == "iso")


def infer(task: Task, columns: list[Seen]) -> None:
    """Find the candidates of all *columns* and set the reading of each that one fits without doubt."""
    _take_sample(task, columns)
    for one in columns:
        _find_candidates(one)
    _ask_all(task, columns)


def _take_sample(task: Task, columns: list[Seen]) -> None:
    (rows,) = task.engine.row("SELECT count(*) FROM cells")
    step = max(1, rows // SAMPLE_ROWS)
    task.engine.run(
        f"CREATE OR REPLACE TEMP TABLE sample AS SELECT * FROM cells WHERE rowid % {step} = 0 OR rowid < 200"  # noqa: S608 - generated names, quoted texts
    )
    for one in columns:
        one.sample = [
            text
            for (text,) in task.engine.rows(f"SELECT DISTINCT r{one.index} FROM sample WHERE r{one.index} IS NOT NULL")  # noqa: S608 - generated names, quoted texts
        ]


def _find_candidates(one: Seen) -> None:
    """Set the readings that fit at least half of the sample, best order first, and those that fit all of it."""
    texts = [text for text in (cell.strip() for cell in one.sample) if text and text not in one.missing]
    needed = max(1.0, len(texts) * (0.3 if any(text in MISSING for text in texts) else 0.5))
    found = [(reading, sum(map(reading.matches, texts))) for reading in _possible(one)]
    one.candidates = [reading for reading, number in found if number >= needed]
    one.likeliest = max(found, key=lambda pair: pair[1], default=(TEXT, 0))[0]
    one.fitting_sample = [reading for reading, number in found if number == len(texts)]


def _possible(one: Seen) -> list[Reading]:  # noqa: PLR0911 - one return per source of knowledge
    """Give the readings that may be asked of this column at all."""
    if one.wanted is not None and one.notation:
        chosen = reading_of(one.wanted, one.notation)
        return [] if chosen is None else [chosen, *_units(one, [chosen])]
    if one.kind == "number" and one.wanted in (None, ColumnType.INTEGER, ColumnType.NUMBER):
        return [NUMBERS[0], NUMBERS[1]]
    if one.wanted is not None:
        typed = [
            one_reading
            for one_reading in (*NUMBERS, *DATES, *MOMENTS, *OTHERS, *_PADDED, YEAR, BITS)
            if one_reading.type is one.wanted
        ]
        if one.wanted is ColumnType.NUMBER:
            typed = [reading for reading in (*NUMBERS, _PADDED[1])]  # noqa: C416 - integers are numbers too
        return [*typed, *_units(one, typed)]
    if one.kind == "text":
        return []
    if one.kind == "json-text":
        return list(_ISO_ONLY)
    values = sum(is_value(text) or _WORDS.fullmatch(text.strip()) is not None or _dated(text) for text in one.sample)
    if not one.sample or values < 0.3 * len(one.sample):
        return []
    auto = [*NUMBERS, *DATES[:-1], *MOMENTS, *OTHERS]
    if DATELIKE.search(one.name):
        auto.insert(0, DATES[-1])
    return [*auto, *_units(one, list(NUMBERS))]


def _dated(text: str) -> bool:
    return re.search(r"[A-Za-zä]{3,}\.?[ -][12]\d{3}\b", text) is not None and len(text) < 25


def _units(one: Seen, readings: list[Reading]) -> list[Reading]:
    """Give the number readings with the unit that most sampled values bear."""
    numbers = [reading for reading in readings if reading in NUMBERS]
    texts = [text.strip() for text in one.sample] if numbers else []
    marked = [text for text in texts if text.endswith(UNITS) or text.startswith(UNITS)]  # most columns bear none
    for unit in UNITS if marked else ():
        bearing = sum(text.endswith(unit) or text.startswith(unit) for text in marked)
        if bearing and bearing >= 0.5 * len(one.sample):
            return [with_unit(reading, unit) for reading in numbers]
    return []


def _ask_all(task: Task, columns: list[Seen]) -> None:
    """Ask the first candidate of every column of all its values, in one pass; where it fails, all its candidates."""
    parts = []
    for one in columns:
        cell = f"r{one.index}"
        # trim() with a set of signs costs thirteen times these two; other blanks are looked for where a reading fails
        around = f"prefix({cell}, ' ') OR suffix({cell}, ' ')"
        parts += [f"count({cell})", f"coalesce(bool_or({around}), false)", _number_failing(one)]
    facts = task.engine.facts(parts, "cells")
    for one, filled, blanks, fails in zip(columns, facts[0::3], facts[1::3], facts[2::3], strict=True):
        one.filled, one.blanks, left = filled, blanks, fails
        if fails and not blanks:
            cell = f"r{one.index}"
            (one.blanks,) = task.engine.row(
                f"SELECT coalesce(bool_or({cell} <> trim({cell}, {BLANKS})), false) FROM cells"  # noqa: S608 - generated names, quoted texts
            )
        if fails and one.blanks:
            (left,) = task.engine.row(f"SELECT {_number_failing(one)} FROM cells")  # noqa: S608 - generated names
        one.reading = one.candidates[0] if one.candidates and not left and filled else TEXT


def _number_failing(one: Seen) -> str:
    """Give SQL for how many values the first candidate does not fit."""
    if not one.candidates:
        return "0"
    return f"count(*) FILTER (WHERE {one.text} IS NOT NULL AND NOT {one.candidates[0].holds(one.text)})"


def failures(task: Task, one: Seen, asked: list[Reading]) -> list[tuple[int, Reading]]:
    """Ask readings of all values of a column: how many do not fit each."""
    if not asked:
        return []
    counts = ", ".join(f"count(*) FILTER (WHERE NOT {reading.holds(one.text)})" for reading in asked)
    numbers = task.engine.row(f"SELECT {counts} FROM cells WHERE {one.text} IS NOT NULL")  # noqa: S608 - generated names, quoted texts
    return list(zip(numbers, asked, strict=True))


def named_otherwise(task: Task, one: Seen) -> tuple[Reading, str] | None:  # noqa: PLR0911 - one return per custom
    """Give the reading that the name of a column, or the look of its values, asks for instead; and why."""
    if one.wanted is not None or one.kind is not None:
        return None
    kind = one.reading.type
    if kind in (ColumnType.INTEGER, ColumnType.NUMBER) and not one.reading.unit:
        if IDENTIFIER.search(one.name):
            return TEXT, "identifier"
        longest, lowest, highest = task.engine.row(
            f"SELECT max(length({one.text})), min(length({one.text})), max(TRY_CAST({one.text} AS DOUBLE)) FROM cells"  # noqa: S608 - generated names, quoted texts
        )
        if kind is ColumnType.INTEGER and one.reading.notation == "plain":
            if longest > MAX_INTEGER_DIGITS:
                return TEXT, "long-number"
            if YEARLY.search(one.name) and longest == 4 and lowest == 4 and highest < 3000:
                return YEAR, "year"
    if kind is ColumnType.TIME and not CLOCKLIKE.search(one.name):
        return (TEXT, "score") if any(re.match(r"\d:\d\d$", text.strip()) for text in one.sample) else None
    if kind is ColumnType.YEARMONTH:
        if one.reading.notation == "month-first" and not DATELIKE.search(one.name):
            return TEXT, "number-with-year"
        seasons = [text.strip() for text in one.sample if re.fullmatch(r"\d{4}-\d{2}", text.strip())]
        if seasons and all((int(text[:4]) + 1) % 100 == int(text[5:]) for text in seasons):
            return TEXT, "season"
    if kind is ColumnType.BOOLEAN and not are_words(one.sample):
        return TEXT, "letters"
    return None


_PAIRS = (
    ({"ja", "nein"}, False),
    ({"wahr", "falsch"}, False),
    ({"true", "false"}, False),
    ({"yes", "no"}, True),
    ({"j", "n"}, True),
    ({"y", "n"}, True),
)


def are_words(sample: list[str]) -> bool:
    """Tell whether the words are of one pair; `no` or `n` alone is rather a country or a compass direction."""
    words = {text.strip().lower() for text in sample}
    return any(words <= pair and (words == pair or not both) for pair, both in _PAIRS)
