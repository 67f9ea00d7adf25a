"""What one cell holds. Some things are plain wherever they stand; others only where the column is full of them.

A number of eleven digits may be a tax id, and one file number in ten has the right check digit by chance. So such
forms are doubtful: they count when at least half of what has the form in that column also passes its check.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from portal.ingest.privacy import names, numbers, traces

Holds = Callable[[str], bool]

PLAIN: dict[str, tuple[Holds, ...]] = {
    "name": (names.has_name,),
    "email": (traces.has_email,),
    "phone": (traces.has_phone,),
    "iban": (numbers.has_iban,),
    "tax": (numbers.has_tax_number,),
    "social": (numbers.has_social_number,),
    "health": (numbers.has_named_health_number,),
    "card": (numbers.has_card_number,),
    "identity": (numbers.has_named_identity_number,),
    "plate": (traces.has_plate,),
    "ip": (traces.has_named_ip_address,),
}
"""Kind ↔ what makes it plain."""

DOUBTFUL: dict[str, tuple[Callable[[str], list[str]], Holds]] = {
    "tax": (numbers.tax_ids, numbers.is_tax_id),
    "health": (numbers.health_numbers, numbers.is_health_number),
    "card": (numbers.card_numbers, numbers.is_card_number),
    "identity": (numbers.identity_numbers, numbers.is_identity_number),
    "plate": (traces.loose_plates, traces.is_plate),
    "ip": (traces.ip_addresses, traces.is_ip_address),
}
"""Kind ↔ what has its form, and whether that passes the check."""


@dataclass(frozen=True)
class Cell:
    """What a text holds."""

    plain: tuple[str, ...]
    passed: tuple[str, ...]
    """Doubtful kinds whose form and check it has."""
    failed: tuple[str, ...]
    """Doubtful kinds whose form it has, but not the check."""

    @property
    def is_empty(self) -> bool:
        return not (self.plain or self.passed or self.failed)


Search = frozenset[str]
"""What is looked for: kinds, and with a question mark their doubtful forms (`tax?`)."""


def doubtful(kind: str) -> str:
    """Give the name of the doubtful forms of *kind* in a `Search`."""
    return f"{kind}?"


EVERYTHING: Search = frozenset({*PLAIN, *(doubtful(kind) for kind in DOUBTFUL)})


@lru_cache(maxsize=50_000)
def looked_at(text: str, search: Search = EVERYTHING) -> Cell:
    """Give what *text* holds; equal texts are looked at once."""
    plain: list[str] = []
    passed: list[str] = []
    failed: list[str] = []
    for kind, signs in PLAIN.items():
        if kind in search and any(holds(text) for holds in signs):
            plain.append(kind)
        elif kind in DOUBTFUL and doubtful(kind) in search:
            forms, passes = DOUBTFUL[kind]
            if found := forms(text):
                (passed if any(map(passes, found)) else failed).append(kind)
    return Cell(tuple(plain), tuple(passed), tuple(failed))


def pattern(search: Search) -> str:
    """Give the pattern (RE2) that every text with something of *search* matches; it may match more."""
    return "|".join(names.candidate() if one == "name" else _PATTERNS[one] for one in sorted(search))


_PATTERNS: dict[str, str] = {
    "email": r"\S@\S",
    "phone": r"\+\d[\d /().–-]{6,}"
    r"|\(?\b0[\d ]{1,6}\)? ?[/ .–-][\d /().–-]{3,}\d"
    r"|(?i:tel|fon|phone|fax|mobil|handy)[^A-Za-z]{0,12}\d",
    "iban": r"(?i:\b[A-Z]{2}\d{2} ?[\dA-Z]{4})",
    "tax": r"\d{2,3}/\d{3,4}/\d{4,5}|\bDE ?\d{9}\b|\b\d{2} \d{3} \d{3} \d{3}\b|(?i:steuer|idnr|tax|tin)[^\x1f]*\d{11}",
    "social": r"\d{2} ?\d{6} ?[A-Z] ?\d{2} ?\d\b",
    "health": r"(?i:kvnr|versicher|kranken|health)[^\x1f]*[A-Z]\d{9}",
    "card": r"\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}|3[47]\d{2} \d{6} \d{5}|(?i:card|karte|visa|amex)[^\x1f]*\d{15}",
    "identity": r"(?i:ausweis|pass|identity)[^\x1f]*[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d",
    "plate": r"\p{Lu}-[A-Z]{1,2} ?\d{1,4}[EH]?\b",
    "ip": r"\bIP\b",
    "tax?": r"\b\d{11}\b",
    "card?": r"\b\d{15,16}\b",
    "health?": r"\b[A-Z]\d{9}\b",
    "identity?": r"\b[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d\b",
    "plate?": r"\p{Lu}[ -][A-Z]{1,2}[ -]?\d{1,4}[EH]?\b",
    "ip?": r"\b\d{1,3}(?:\.\d{1,3}){3}\b|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){3,7}",
}
"""What is looked for ↔ a quick RE2 pattern for it. Cells of a row are parted by the sign 31.

That of names (names.py) is made of lists, which are loaded when something is scanned, not when a server starts.
"""
