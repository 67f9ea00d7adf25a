"""Text as it is compared where case, umlauts and accents must not matter: one rule, once in Python and once in SQL.

    Straße, STRASSE, strasse   ──▶  strasse
    Köln, Koeln, KÖLN          ──▶  koeln
    Café, cafe                 ──▶  cafe

Lower case first, then ä ö ü ß as they are written without them (DIN 5007-2 sorts names so), then every other mark off.
"""

import unicodedata

_GERMAN: dict[str, str] = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
_TABLE = {ord(sign): written for sign, written in _GERMAN.items()}


def fold(text: str) -> str:
    """Give *text* as it is compared."""
    plain = unicodedata.normalize("NFC", text).lower().translate(_TABLE)
    marked = unicodedata.normalize("NFD", plain)
    return unicodedata.normalize(
        "NFC", "".join(sign for sign in marked if not unicodedata.category(sign).startswith("M"))
    )


def folded(text: str) -> str:
    """Give DuckDB's SQL that folds the text *text*, itself SQL; null stays null."""
    sql = f"lower(nfc_normalize({text}))"
    for sign, written in _GERMAN.items():
        sql = f"replace({sql}, '{sign}', '{written}')"
    return f"strip_accents({sql})"
