"""Dates and moments as people write them; those with two meanings have a reading for each."""

from portal.foundation.tableschema import ColumnType
from portal.ingest.receive.reading import CLOCK, Reading


def _day(year: str, month: str, day: str, zeros: str = "") -> str:
    parts = f"{year} || '-' || lpad({month}, 2, '0') || '-' || lpad({day}, 2, '0')"
    return f"CAST(TRY_CAST({zeros}{parts} AS DATE) AS VARCHAR)"


def _piece(sign: str, number: int) -> str:
    return f"split_part({{0}}, '{sign}', {number})"


_ISO_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DAY, _MONTH, _YEAR = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])", "(?:1[0-9]|2[0-9])[0-9]{2}"
_MONTHS = (
    *(
        ("januar", "01"),
        ("jänner", "01"),
        ("january", "01"),
        ("jan", "01"),
        ("februar", "02"),
        ("february", "02"),
        ("feb", "02"),
    ),
    *(
        ("märz", "03"),
        ("march", "03"),
        ("mär", "03"),
        ("mar", "03"),
        ("mrz", "03"),
        ("april", "04"),
        ("apr", "04"),
        ("mai", "05"),
        ("may", "05"),
    ),
    *(
        ("juni", "06"),
        ("june", "06"),
        ("jun", "06"),
        ("juli", "07"),
        ("july", "07"),
        ("jul", "07"),
        ("august", "08"),
        ("aug", "08"),
    ),
    *(
        ("september", "09"),
        ("sept", "09"),
        ("sep", "09"),
        ("oktober", "10"),
        ("october", "10"),
        ("okt", "10"),
        ("oct", "10"),
    ),
    *(("november", "11"), ("nov", "11"), ("dezember", "12"), ("december", "12"), ("dez", "12"), ("dec", "12")),
)
_MONTH_NAME = "|".join(name for name, _ in _MONTHS)
_MONTH_MAP = "MAP {" + ", ".join(f"'{name}': '{number}'" for name, number in _MONTHS) + "}"
_NAMED = rf"{_DAY}\.?[ -](?i:{_MONTH_NAME})\.?[ -]{_YEAR}"
_NAMED_VALUE = _day(
    "right({0}, 4)",
    f"{_MONTH_MAP}[lower(regexp_extract({{0}}, '[^0-9. -]+'))]",
    "regexp_extract({0}, '^[0-9]+')",
)

_DATES = (
    ("iso", _ISO_DAY, "CAST(TRY_CAST({0} AS DATE) AS VARCHAR)"),
    ("german", rf"{_DAY}\.{_MONTH}\.{_YEAR}", _day(_piece(".", 3), _piece(".", 2), _piece(".", 1))),
    ("year-first", f"{_YEAR}/{_MONTH}/{_DAY}", _day(_piece("/", 1), _piece("/", 2), _piece("/", 3))),
    ("named", _NAMED, _NAMED_VALUE),
    ("day-first", f"{_DAY}/{_MONTH}/{_YEAR}", _day(_piece("/", 3), _piece("/", 2), _piece("/", 1))),
    ("month-first", f"{_MONTH}/{_DAY}/{_YEAR}", _day(_piece("/", 3), _piece("/", 1), _piece("/", 2))),
    ("day-first-dash", f"{_DAY}-{_MONTH}-{_YEAR}", _day(_piece("-", 3), _piece("-", 2), _piece("-", 1))),
    ("month-first-dash", f"{_MONTH}-{_DAY}-{_YEAR}", _day(_piece("-", 3), _piece("-", 1), _piece("-", 2))),
    (
        "german-20yy",
        rf"{_DAY}\.{_MONTH}\.[0-9]{{2}}",
        _day(f"'20' || {_piece('.', 3)}", _piece(".", 2), _piece(".", 1)),
    ),
    (
        "german-19yy",
        rf"{_DAY}\.{_MONTH}\.[0-9]{{2}}",
        _day(f"'19' || {_piece('.', 3)}", _piece(".", 2), _piece(".", 1)),
    ),
)


def _or_iso(pattern: str, value: str) -> tuple[str, str]:
    return f"(?:{pattern}|{_ISO_DAY})", f"CASE WHEN {{0}} LIKE '____-__-__' THEN {_DATES[0][2]} ELSE {value} END"


def clock(text: str) -> str:
    """Give SQL for hh:mm:ss of a time that may lack a zero in front or the seconds."""
    bare = f"replace({text}, ',', '.')"
    full = f"CASE WHEN {bare} LIKE '%:%:%' THEN {bare} ELSE {bare} || ':00' END"
    return f"CASE WHEN {bare} LIKE '_:%' THEN '0' || ({full}) ELSE {full} END"


def _moment(notation: str, day_pattern: str, day_value: str) -> Reading:
    day = r"regexp_extract({0}, '^(.*?),?[T ]+[0-9]{1,2}:', 1)"
    time = r"regexp_extract({0}, '[0-9]{1,2}:[0-9:.,]+')"
    zone = r"regexp_extract({0}, '(Z|[+-][0-9]{2}:?[0-9]{2})$')" if notation == "iso" else "''"
    coloned = f"CASE WHEN length({zone}) = 5 THEN {zone}[:3] || ':' || {zone}[4:] ELSE {zone} END"
    ending = "(?:Z|[+-][0-9]{2}:?[0-9]{2})?" if notation == "iso" else "(?: Uhr)?"
    value = f"{day_value.replace('{0}', day)} || 'T' || ({clock(time)}) || ({coloned})"
    return Reading(
        type=ColumnType.DATETIME, notation=notation, pattern=f"{day_pattern},?[T ] ?{CLOCK}{ending}", value=value
    )


DATES = (
    *(Reading(type=ColumnType.DATE, notation=name, pattern=pattern, value=value) for name, pattern, value in _DATES),
    Reading(
        type=ColumnType.DATE,
        notation="iso-or-german",
        pattern=_or_iso(*_DATES[1][1:])[0],
        value=_or_iso(*_DATES[1][1:])[1],
    ),
    Reading(
        type=ColumnType.DATE,
        notation="compact",
        pattern="(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9]",
        value=_day("{0}[:4]", "{0}[5:6]", "{0}[7:8]"),
    ),
)
MOMENTS = tuple(_moment(*one) for one in _DATES)
