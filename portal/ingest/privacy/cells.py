"""What one cell holds. Some things are plain wherever they stand; others only where the column is full of them.

A number of eleven digits may be a tax id, and one file number in ten has the right check digit by chance. So such
forms are doubtful: they count when at least half of what has the form in that column also passes its check.
"""

from collections.abc import Callable, Iterable
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


@lru_cache(maxsize=50_000)
def looked_at(text: str) -> Cell:
    """Give what *text* holds; equal texts are looked at once."""
    return _looked_for(text, PLAIN)


def looked_for(text: str, kind: str) -> Cell:
    """Give what *text* holds of one *kind*, and nothing else: much cheaper where only that is asked."""
    return _looked_for(text, (kind,))


def _looked_for(text: str, kinds: Iterable[str]) -> Cell:
    plain: list[str] = []
    passed: list[str] = []
    failed: list[str] = []
    for kind in kinds:
        if any(holds(text) for holds in PLAIN.get(kind, ())):
            plain.append(kind)
        elif kind in DOUBTFUL:
            forms, passes = DOUBTFUL[kind]
            if found := forms(text):
                (passed if any(map(passes, found)) else failed).append(kind)
    return Cell(tuple(plain), tuple(passed), tuple(failed))


PLAIN_PATTERN = (
    r"\S@\S"
    r"|\+\d[\d /().–-]{6,}"  # telephone, international
    r"|\(?\b0[\d ]{1,6}\)? ?[/ .–-][\d /().–-]{3,}\d"  # telephone, national, in groups
    r"|(?i:tel|fon|phone|fax|mobil|handy)[^A-Za-z]{0,12}\d"
    r"|(?i:\b[A-Z]{2}\d{2} ?[\dA-Z]{4})"  # IBAN
    r"|\d{2,3}/\d{3,4}/\d{4,5}|\bDE ?\d{9}\b|\b\d{2} \d{3} \d{3} \d{3}\b"  # tax
    r"|(?i:steuer|idnr|tin|kvnr|versicher|kranken|ausweis|pass|card|karte|visa)[^A-Za-z]{0,12}\d"
    r"|\d{2} ?\d{6} ?[A-Z] ?\d{2} ?\d\b"  # social insurance
    r"|\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}|3[47]\d{2} \d{6} \d{5}"  # credit card
    r"|\p{Lu}-[A-Z]{1,2} ?\d{1,4}[EH]?\b"  # number plate
)
"""RE2; every text with something plain but a name matches it. It may match more."""

DOUBTFUL_PATTERN = (
    r"\b(?:\d{11}|\d{15,16}|[A-Z]\d{9}|[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d)\b"
    r"|\p{Lu}[ -][A-Z]{1,2}[ -]?\d{1,4}[EH]?\b"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){3,7}"
)
"""RE2; the same for what is doubtful."""


def plain_pattern() -> str:
    """Give the pattern that every text with something plain matches."""
    return f"{names.candidate()}|{PLAIN_PATTERN}"
