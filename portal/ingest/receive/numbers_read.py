"""Numbers as people write them, and the two decimal signs that make some of them doubtful."""

from portal.foundation.tableschema import ColumnType
from portal.ingest.receive.reading import Reading

SIGN = r"[+\-−]?"
WHOLE = r"(?:0|[1-9][0-9]{0,37})"
_PLAIN = "replace(replace({0}, '+', ''), '−', '-')"
_COMMA_WORDS = r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+"
_POINT_WORDS = r"[1-9][0-9]{0,2}(?:,[0-9]{3})+"
_SPACED = r"[1-9][0-9]{0,2}(?:[\x{00a0}\x{202f}'’][0-9]{3})+"
_BLANKED = r"[1-9][0-9]{0,2}(?: [0-9]{3})+"
_UNGAPPED = r"regexp_replace({0}, '[ \x{00a0}\x{202f}''’]', '', 'g')"


def _number(kind: ColumnType, notation: str, pattern: str, value: str) -> Reading:
    return Reading(type=kind, notation=notation, pattern=pattern, value=value)


def _pointed(text: str) -> str:
    """Give SQL that sets the sign and the zero in front where the text has them elsewhere or not at all."""
    signed = _PLAIN.replace("{0}", text)
    turned = f"CASE WHEN suffix({signed}, '-') THEN '-' || rtrim({signed}, '-') ELSE {signed} END"
    return f"regexp_replace({turned}, '^(-?)\\.', '\\10.')"


NUMBERS = (
    _number(ColumnType.INTEGER, "plain", f"{SIGN}{WHOLE}", _PLAIN),
    _number(ColumnType.NUMBER, "point", rf"{SIGN}(?:{WHOLE}|{WHOLE}?\.[0-9]+)", _pointed("{0}")),
    _number(
        ColumnType.INTEGER,
        "german",
        rf"{SIGN}(?:{WHOLE}|{_COMMA_WORDS})",
        _PLAIN.replace("{0}", "replace({0}, '.', '')"),
    ),
    _number(
        ColumnType.NUMBER,
        "comma",
        rf"{SIGN}(?:{WHOLE}|{_COMMA_WORDS}|{WHOLE}?,[0-9]+|{_COMMA_WORDS},[0-9]+)-?",
        _pointed("replace(replace({0}, '.', ''), ',', '.')"),
    ),
    _number(
        ColumnType.INTEGER,
        "english",
        f"{SIGN}(?:{WHOLE}|{_POINT_WORDS})",
        _PLAIN.replace("{0}", "replace({0}, ',', '')"),
    ),
    _number(
        ColumnType.NUMBER,
        "english",
        rf"{SIGN}(?:{WHOLE}|{_POINT_WORDS}|{WHOLE}?\.[0-9]+|{_POINT_WORDS}\.[0-9]+)",
        _pointed("replace({0}, ',', '')"),
    ),
    _number(
        ColumnType.INTEGER,
        "spaced",
        f"{SIGN}(?:{WHOLE}|{_SPACED})",
        _PLAIN.replace("{0}", _UNGAPPED),
    ),
    _number(
        ColumnType.NUMBER,
        "spaced-comma",
        f"{SIGN}(?:{WHOLE}|{_SPACED})(?:,[0-9]+)?",
        _pointed(f"replace({_UNGAPPED}, ',', '.')"),
    ),
    _number(
        ColumnType.NUMBER,
        "spaced-point",
        rf"{SIGN}(?:{WHOLE}|{_SPACED})(?:\.[0-9]+)?",
        _pointed(_UNGAPPED),
    ),
    _number(
        ColumnType.NUMBER,
        "blanks-comma",
        f"{SIGN}(?:{WHOLE}|{_BLANKED})(?:,[0-9]+)?",
        _pointed("replace(replace({0}, ' ', ''), ',', '.')"),
    ),
    _number(
        ColumnType.NUMBER,
        "blanks-point",
        rf"{SIGN}(?:{WHOLE}|{_BLANKED})(?:\.[0-9]+)?",
        _pointed("replace({0}, ' ', '')"),
    ),
)
"""In the order tried: the first that fits all values wins, unless one of the other decimal sign fits as well."""

POINT_FAMILY = frozenset({("number", "point"), ("integer", "english"), ("number", "english")})
COMMA_FAMILY = frozenset({("integer", "german"), ("number", "comma")})
