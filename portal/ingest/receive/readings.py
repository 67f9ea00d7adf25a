"""How people write values: per type and notation a pattern for the whole text and SQL for its canonical form.

    type      notation           as in                          canonical
    integer   plain              12 -3 +4                       12
    integer   german  english    1.234   1,234                  1234
    number    point   comma      1.5 .5  1,5 1.234,50 3,00-     1.5
    number    english spaced     1,234.5   1 234,5 1'234.5      1234.5
    date      iso german         2024-01-31  31.1.2024          2024-01-31
    date      day-first month-first day-first-2000              31/01/2024  01/31/2024  31.01.24
    datetime  iso german …       2024-01-31 09:30, 31.01.2024 09:30[:00] [Uhr]

Patterns are RE2 and match the whole text, blanks around it apart; `{0}` in `value` stands for the SQL of the text.
A number may bear one unit, the same in every row: `12,5 %`, `€ 5`, `5 EUR`; the unit goes to the column.
"""

from portal.foundation.tableschema import ColumnType
from portal.ingest.receive.moments import DATES, MOMENTS, clock
from portal.ingest.receive.numbers_read import NUMBERS
from portal.ingest.receive.reading import CLOCK, Reading

_TRUE = "'ja', 'j', 'wahr', 'true', 'yes', 'y'"
_BOOLEAN = r"(?i:ja|nein|j|n|wahr|falsch|true|false|yes|no|y)"

OTHERS = (
    Reading(
        type=ColumnType.BOOLEAN,
        notation="words",
        pattern=_BOOLEAN,
        value=f"CASE WHEN {{0}} IS NOT NULL THEN CAST(lower({{0}}) IN ({_TRUE}) AS VARCHAR) END",
    ),
    Reading(
        type=ColumnType.TIME, notation="clock", pattern=f"{CLOCK}(?: Uhr)?", value=clock("replace({0}, ' Uhr', '')")
    ),
    Reading(type=ColumnType.YEARMONTH, notation="iso", pattern="(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])", value="{0}"),
    Reading(
        type=ColumnType.YEARMONTH,
        notation="month-first",
        pattern="(?:0[1-9]|1[0-2])/(?:19|20)[0-9]{2}",
        value="{0}[4:] || '-' || {0}[:2]",
    ),
)
BITS = Reading(type=ColumnType.BOOLEAN, notation="bits", pattern="[01]", value="CAST({0} = '1' AS VARCHAR)")
YEAR = Reading(type=ColumnType.YEAR, notation="plain", pattern="[0-9]{4}", value="{0}")
TEXT = Reading(type=ColumnType.STRING, notation="text", pattern=".*", value="{0}")
ALL = (*NUMBERS, *DATES, *MOMENTS, *OTHERS, YEAR, BITS)


def reading_of(kind: ColumnType, notation: str) -> Reading | None:
    """Give the reading with this type and notation."""
    return next((one for one in (*ALL, TEXT) if one.type is kind and one.notation == notation), None)
