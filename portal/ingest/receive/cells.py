"""What a single text looks like, roughly: enough to tell names from values and one delimiter from another."""

import re

MISSING = frozenset(
    (
        *(
            "-",
            "--",
            "–",
            "—",
            ".",
            "..",
            "...",
            "…",
            "/",
            "x",
            "X",
            "?",
            "k.A.",
            "k. A.",
            "k.a.",
            "kA",
            "k. a.",
            "keine Angabe",
        ),
        *(
            "n/a",
            "N/A",
            "NA",
            "n.a.",
            "n. a.",
            "n.v.",
            "NULL",
            "null",
            "None",
            "NaN",
            "nan",
            "unbekannt",
            "geheim",
            "entfällt",
        ),
        *(
            "#N/A",
            "#NV",
            "#N/V",
            "#WERT!",
            "#VALUE!",
            "#DIV/0!",
            "#REF!",
            "#BEZUG!",
            "#NAME?",
            "#NUM!",
            "#ZAHL!",
            "#NULL!",
        ),
    )
)
"""What people write for a missing value; official statistics use `-`, `.`, `/`, `x` with meanings of their own."""

FOOTER = re.compile(
    r"(?i)\s*(quellen?\b|stand\b|datenstand|hinweise?\b|anmerkung|fu(ß|ss)note|copyright|\(c\)|©|\*|¹|\d\)|source\b|notes?\b|"
    r"legende|erstellt|exportiert|abgerufen|letzte aktualisierung|alle angaben|datenquelle|lizenz|license|licence|generated)"
)
TOTAL = re.compile(r"(?i)\s*(zwischensumme|gesamtsumme|summen?|sub-?total|grand total|∑|Σ)\b.*")
LAST_TOTAL = re.compile(
    r"(?i)\s*(gesamt|insgesamt|total|totals|sum|zusammen|alle|mittelwert|durchschnitt|average|mean)\s*:?\s*"
)

_VALUE = re.compile(
    r"""\s*(?:
        [+\-−]?(?:EUR|USD|CHF|[€$£])?\s?[0-9]{1,3}(?:[.,'’\u00a0\u202f\s][0-9]{3})*(?:[.,][0-9]+)?-?   # a number, grouped or not
      | [+\-−]?(?:EUR|USD|CHF|[€$£])?\s?(?:[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?-?
      | [0-9]{1,4}[.\-/][0-9]{1,2}[.\-/][0-9]{1,4}(?:[T\s].*)?                           # a date, perhaps with a time
      | [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?
      | [0-9]{4}-[0-9]{2}
    )\s?(?:%|€|EUR|USD|CHF|£|\$|km²?|m²?|ha|kg|kWh|°C|Uhr)?\s*""",
    re.VERBOSE,
)


def is_value(text: str) -> bool:
    """Tell whether *text* is a number, a date or a time in any notation: values are, names of columns hardly ever."""
    return len(text) < 60 and _VALUE.fullmatch(text) is not None


def is_empty(text: str) -> bool:
    return not text or text.isspace()
