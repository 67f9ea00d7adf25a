"""The scan for personal data: names, mail addresses, telephone, bank and tax numbers in text columns.

It asks, it does not decide. A cheap pattern picks candidates inside the engine; libraries that know the numbers
(check digits, numbering plans) then say whether a candidate is one. Names are a German given name before a
capitalised word, or a form of address before one; the given names come from Faker's German list.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import phonenumbers
from faker.providers.person.de_DE import Provider
from stdnum import iban
from stdnum.de import idnr, vat

from portal.foundation.tableschema import ColumnType
from portal.ingest.engine import Engine, borrowed, parquet_rows, quote_name, quote_text
from portal.ingest.typed import TypedTable

MAX_ROWS = 10_000
"""Rows looked at closely; a table with more that match the pattern is personal as a whole, and these say so."""


@dataclass(frozen=True, kw_only=True)
class PersonalHit:
    """A value that looks personal."""

    kind: str
    """`name`, `email`, `phone`, `iban` or `tax`."""
    row: int
    column: str
    key: str
    """The row's primary key (parts joined by a comma), or its number where the table has none."""
    value: str


def scan(table: TypedTable, *, engine: Engine | None = None) -> list[PersonalHit]:
    """Give what looks personal in the text columns of *table*, row by row.

    One pattern over the whole row picks candidates, so that a table costs one pass however many columns it has.
    """
    columns = [column.name for column in table.schema.columns if column.type is ColumnType.STRING]
    if not columns:
        return []
    number = "CAST(file_row_number + 1 AS VARCHAR)"
    key = " || ',' || ".join(f"CAST({quote_name(name)} AS VARCHAR)" for name in table.schema.primary_key) or number
    texts = ", ".join(quote_name(name) for name in columns)
    with borrowed(engine, table.path.parent) as own:
        found = own.rows(
            f"SELECT file_row_number + 1, {key}, {texts} FROM {parquet_rows(table.path, numbered=True)} "  # noqa: S608 - names and texts are quoted
            f"WHERE regexp_matches(concat_ws(chr(31), {texts}), {quote_text(_candidate())}) "
            f"ORDER BY 1 LIMIT {MAX_ROWS}"
        )
    return [
        PersonalHit(kind=kind, row=row, column=column, key=row_key, value=value)
        for row, row_key, *values in found
        for column, value in zip(columns, values, strict=True)
        if value
        for kind, holds in _KINDS.items()
        if holds(value)
    ]


@cache
def _given_names() -> frozenset[str]:
    return frozenset(name for name in Provider.first_names if len(name) > 2)


@cache
def _candidate() -> str:
    """Give the pattern (RE2) that every value with something personal matches; it may match more."""
    given = "|".join(sorted(re.escape(name) for name in _given_names()))
    forms = "|".join(re.escape(form) for form in _FORMS_OF_ADDRESS)
    name = rf"(?:{forms}|(?:{given})(?:-\p{{L}}+)?)[{re.escape(_MARKS)}]*[\s\p{{Z}}]+\S"
    return rf"{name}|\S@\S|\d[\d /().–-]{{5,}}\d|(?i:[A-Z]{{2}}\d{{2}} ?[\dA-Z]{{4}})"


_FORMS_OF_ADDRESS = ("Herr", "Herrn", "Frau", "Dr.", "Prof.")
_PARTICLES = frozenset({"von", "van", "de", "zu", "zur", "der", "den", "ten", "Dr.", "Prof."})
_MARKS = "„“”\"'»«()[]/"


def _is_name(text: str) -> bool:
    """Tell whether a given name or a form of address stands before a capitalised word, particles aside."""
    words = text.split()
    for place, word in enumerate(words[:-1]):
        first = word.strip(_MARKS)
        if first not in _FORMS_OF_ADDRESS and first.split("-")[0] not in _given_names():
            continue
        following = next((one.strip(_MARKS) for one in words[place + 1 :] if one not in _PARTICLES), "")
        if re.match(r"[^\W\d_][^\W\d_]", following) and following[0].isupper():
            return True
    return False


def _is_email(text: str) -> bool:
    """Tell whether *text* holds a mail address; one whose last part has digits (`x@y.2025`) is none."""
    pattern = (
        r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-]|\.\w)"  # bounded: linear in the text
    )
    return re.search(pattern, text) is not None


def _is_phone(text: str) -> bool:
    """Tell whether *text* holds a telephone number. Bare digits are keys more often than numbers: they need a sign of it."""
    return any(
        not (match.raw_string.isdigit() or _is_date(match.raw_string.strip(" ()")))
        or re.search(r"(?i)\b(tel|fon|phone|fax|mobil)", text[: match.start])
        for match in phonenumbers.PhoneNumberMatcher(text, "DE")
    )


def _is_date(text: str) -> bool:
    return re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{2,4}|\d{4}-\d{2}-\d{2}", text) is not None


def _is_iban(text: str) -> bool:
    return any(iban.is_valid(found) for found in re.findall(r"(?i)\b[A-Z]{2}\d{2}(?: ?[\dA-Z]{1,4}){3,8}\b", text))


def _is_tax(text: str) -> bool:
    if re.search(r"(?<!\d)\d{2,3}/\d{3,4}/\d{4,5}(?!\d)", text):
        return True
    if any(vat.is_valid(found) for found in re.findall(r"\bDE ?\d{9}\b", text)):
        return True
    return any(idnr.is_valid(found) for found in re.findall(r"(?<!\d)\d{2} ?\d{3} ?\d{3} ?\d{3}(?!\d)", text))


_KINDS: dict[str, Callable[[str], bool]] = {
    "name": _is_name,
    "email": _is_email,
    "phone": _is_phone,
    "iban": _is_iban,
    "tax": _is_tax,
}
