"""Where values can be read in two ways that differ, or not all in one: resolved by the rest of the file, or asked.

1.234        1234 or 1.234?     asked, unless other columns show the decimal sign and this one has numbers below
                                1000 without dots (grouping), or none at all (decimals)
03/04/2024   March or April?    asked, unless some value of the column has a number above 12
31.01.24     1924 or 2024?      asked
k. A.        missing?           asked: in official statistics `-` is zero and `.` unknown
12, 13, elf                     stays text, with a finding per value that is no number
"""

import re

from portal.foundation.tableschema import ColumnType
from portal.ingest.receive.cells import MISSING
from portal.ingest.receive.columns import DATELIKE, GEOGRAPHIC, Seen
from portal.ingest.receive.inference import are_words, failures, named_otherwise
from portal.ingest.receive.misfits import ask_missing, list_odd, report_wrong
from portal.ingest.receive.numbers_read import COMMA_FAMILY, POINT_FAMILY
from portal.ingest.receive.reading import Reading
from portal.ingest.receive.readings import TEXT
from portal.ingest.receive.task import Grid, Task
from portal.ingest.report import MAX_LISTED, Remedy, Severity

_FEW = 5
"""Up to one value in so many that does not fit is worth a finding, and a single one among several; more, and the column is
simply text."""


def resolve(task: Task, grid: Grid, columns: list[Seen]) -> None:
    """Settle every column that has candidates, ask where that cannot be done."""
    doubtful = []
    for one in columns:
        if not one.candidates or not one.filled:
            _without_candidates(task, grid, one)
            continue
        fitting = _fitting(task, one)
        if not fitting:
            _misfit(task, grid, one)
        elif len(_families(fitting)) > 1 and not one.notation and one.kind != "number":
            one.reading = TEXT
            doubtful.append((one, fitting))
        else:
            one.reading = fitting[0]
            _second_thoughts(task, one, fitting)
    votes = {_family(one.reading) for one in columns if _has_decimals(one)} - {None}
    for one, fitting in doubtful:
        _by_context(task, one, fitting, votes)


def _fitting(task: Task, one: Seen) -> list[Reading]:
    """Give the candidates that fit every value; once one does, only those that mean something else are asked too."""
    if one.reading is TEXT:
        return [reading for number, reading in failures(task, one, one.fitting_sample) if number == 0]
    rivals = [reading for reading in one.fitting_sample if _means_another(one.reading, reading)]
    return [one.reading, *(reading for number, reading in failures(task, one, rivals) if number == 0)]


def _means_another(taken: Reading, other: Reading) -> bool:
    if (taken.type, taken.notation) == (ColumnType.INTEGER, "plain") or other is taken:
        return False
    if taken.type in (ColumnType.INTEGER, ColumnType.NUMBER):
        return _family(other) not in (None, _family(taken))
    return taken.type is other.type and other.notation != "iso-or-german"


def _family(reading: Reading) -> str | None:
    key = (str(reading.type), reading.notation)
    return "point" if key in POINT_FAMILY else "comma" if key in COMMA_FAMILY else None


def _families(fitting: list[Reading]) -> set[str | None]:
    """Give the decimal signs that fit; whole numbers without any sign have none and are no doubt."""
    if any((one.type, one.notation) == (ColumnType.INTEGER, "plain") for one in fitting):
        return set()
    return {_family(one) for one in fitting} - {None}


def _has_decimals(one: Seen) -> bool:
    return one.reading.type is ColumnType.NUMBER and not GEOGRAPHIC.search(one.name) and one.kind != "number"


def _by_context(task: Task, one: Seen, fitting: list[Reading], votes: set[str | None]) -> None:
    """Read by the decimal sign of the other columns, if this one bears it out; ask otherwise."""
    small = any(re.fullmatch(r"[+\-−]?[0-9]{1,3}", text.strip()) for text in one.sample)
    grouped = next((reading for reading in fitting if reading.type is ColumnType.INTEGER), fitting[0])
    decimal = next(
        (reading for reading in fitting if reading.type is ColumnType.NUMBER and _family(reading) != _family(grouped)),
        fitting[0],
    )
    likely = grouped if small else decimal
    one.reading = likely
    if votes == {_family(likely)} and not GEOGRAPHIC.search(one.name):
        return
    _ask(
        task,
        one,
        likely,
        "number-ambiguous",
        "Ein Punkt oder Komma vor drei Ziffern: Ist das eine Zahl mit Nachkommastellen oder über tausend?",
        "A point or comma before three digits: is this a number with decimals or above a thousand?",
    )


def _example(one: Seen) -> str:
    return next((text.strip() for text in sorted(one.sample) if re.search(r"[.,/-]", text)), one.sample[0])


def _ask(task: Task, one: Seen, reading: Reading, code: str, german: str, english: str) -> None:
    """Leave the column as text and propose *reading*."""
    remedy = Remedy(code="read-as", column=one.name, parameters={"type": reading.type, "notation": reading.notation})
    task.notes.add(code, Severity.ERROR, german, english, column=one.name, value=_example(one), remedy=remedy)
    one.reading = TEXT


def _second_thoughts(task: Task, one: Seen, fitting: list[Reading]) -> None:
    """Ask about a reading that fits alone but is known to mislead; let the name of the column have its say."""
    if one.notation:
        return
    notation = one.reading.notation
    if notation.startswith(("day-first", "month-first")) and one.reading.type in (ColumnType.DATE, ColumnType.DATETIME):
        if len({reading.notation for reading in fitting}) > 1:
            _ask(
                task,
                one,
                one.reading,
                "date-ambiguous",
                "Ist das Tag/Monat oder Monat/Tag? Kein Wert der Spalte verrät es.",
                "Is this day/month or month/day? No value of the column tells.",
            )
    elif notation.endswith("20yy"):
        _ask(
            task,
            one,
            one.reading,
            "two-digit-year",
            "In welchem Jahrhundert liegt das?",
            "In which century is this?",
        )
    elif notation.startswith("blanks"):
        _ask(
            task,
            one,
            one.reading,
            "number-with-blanks",
            "Leerzeichen in Zahlen: Sind das Tausendertrennungen?",
            "Blanks in numbers: do they group thousands?",
        )
    elif (
        one.reading.type is ColumnType.NUMBER
        and notation == "point"
        and DATELIKE.search(one.name)
        and one.wanted is None
        and one.kind is None
    ):
        _ask(
            task,
            one,
            one.reading,
            "number-or-date",
            "Ist das eine Zahl oder ein Datum?",
            "Is this a number or a date?",
        )
    elif otherwise := named_otherwise(task, one):
        one.reading, reason = otherwise
        if reason in ("identifier", "long-number"):
            task.notes.add(
                "kept-as-text",
                Severity.NOTE,
                "Die Zahlen sind Kennungen und bleiben Text.",
                "The numbers are identifiers and stay text.",
                column=one.name,
            )


def _without_candidates(task: Task, grid: Grid, one: Seen) -> None:
    if not one.filled:
        if one.wanted is None:
            task.notes.add(
                "no-values", Severity.NOTE, "Die Spalte hat keine Werte.", "The column has no values.", column=one.name
            )
        return
    if one.wanted not in (None, ColumnType.STRING):
        report_wrong(task, grid, one)
        return
    if any(re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+", text) for text in one.sample) and one.kind is None:
        task.notes.add(
            "scientific-notation",
            Severity.WARNING,
            "Werte wie 1,23E+11 bleiben Text; oft hat eine Tabellenkalkulation hier Ziffern verloren.",
            "Values such as 1.23E+11 stay text; often a spreadsheet has lost digits here.",
            column=one.name,
            value=_example(one),
        )


def _misfit(task: Task, grid: Grid, one: Seen) -> None:
    """No reading fits every value: text, with what stands in the way; or errors where a type is wanted."""
    ((number, best),) = failures(task, one, [one.likeliest])
    one.reading = best
    if one.wanted is not None:
        report_wrong(task, grid, one)
        return
    odd = [
        text
        for (text,) in task.engine.rows(
            f"SELECT DISTINCT {one.text} FROM cells WHERE {one.text} IS NOT NULL AND NOT {best.holds(one.text)} LIMIT {MAX_LISTED}"  # noqa: S608 - generated names, quoted texts
        )
    ]
    if best.type is ColumnType.BOOLEAN and not are_words([text for text in one.sample if text.strip() not in MISSING]):
        one.reading = TEXT
        return
    if all(text in MISSING for text in odd):
        ask_missing(task, grid, one, odd)
    elif best.type in (ColumnType.INTEGER, ColumnType.NUMBER) and all(re.fullmatch("0[0-9]+", text) for text in odd):
        task.notes.add(
            "kept-as-text",
            Severity.NOTE,
            "Werte mit führenden Nullen: Die Spalte bleibt Text.",
            "Values with leading zeros: the column stays text.",
            column=one.name,
            value=odd[0],
        )
    elif number <= one.filled // _FEW or (number == 1 and one.filled > number + 1):
        list_odd(task, grid, one, number)
    one.reading = TEXT
