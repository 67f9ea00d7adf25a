"""One way to read a text: the pattern it matches, and the SQL of its canonical form; numbers may bear a unit."""

import re
from dataclasses import dataclass, replace
from functools import cache

from portal.foundation.tableschema import ColumnType

GAP = r"[ \x{00a0}\x{202f}]?"
CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,6})?)?"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One way to read a text."""

    type: ColumnType
    notation: str
    pattern: str
    value: str
    """SQL of the canonical text; null where the text matches but is none (31.02.)."""
    unit: str | None = None

    def holds(self, text: str) -> str:
        """Give SQL that is true where *text* can be read so."""
        matches = f"regexp_full_match({text}, '{self.pattern.replace(chr(39), chr(39) * 2)}')"
        return f"({matches} AND {self.canonical(text)} IS NOT NULL)" if self.type in DATED else matches

    def matches(self, text: str) -> bool:
        """Tell whether the text looks so; that 31.02. is no day only the engine tells."""
        return _compiled(self.pattern).fullmatch(text) is not None

    def canonical(self, text: str) -> str:
        """Give SQL for the canonical text."""
        bare = text
        if self.unit:
            bare = f"trim(replace({text}, '{self.unit.replace(chr(39), chr(39) * 2)}', ''), ' \u00a0\u202f')"
        return self.value.replace("{0}", bare)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\x\{([0-9a-f]{4})\}", r"\\u\1", pattern))


DATED = frozenset({ColumnType.DATE, ColumnType.DATETIME})


UNITS = (
    "%",
    "€",
    "EUR",
    "$",
    "USD",
    "CHF",
    "£",
    "km²",
    "km",
    "m²",
    "m³",
    "m",
    "ha",
    "kg",
    "t",
    "kWh",
    "MWh",
    "°C",
    "km/h",
    "µg/m³",
    "dB",
    "‰",
)


def with_unit(reading: Reading, unit: str) -> Reading:
    """Give *reading* for numbers that bear *unit* before or after."""
    escaped = "".join(f"\\{sign}" if sign in "$.^|()[]*+?/" else sign for sign in unit)
    pattern = f"(?:{escaped}{GAP}(?:{reading.pattern})|(?:{reading.pattern}){GAP}{escaped})"
    return replace(reading, pattern=pattern, unit=unit)
