"""Numbers that persons are known by, told from other numbers by their check digits.

IBAN                    ISO 13616, python-stdnum
tax id, VAT id          BZSt, python-stdnum; a tax number (12/345/67890) has no check digit that all states share
social insurance        § 147 SGB VI; VKVV, § 4: area, birthday, letter, serial, check digit
health insurance        § 290 SGB V: letter and nine digits, the last one by Luhn
identity card, passport ICAO 9303-1, 4.9: weights 7, 3, 1; without vowels, as in Germany
credit card             ISO/IEC 7812-1: Luhn, prefixes of the large networks
"""

import re

from stdnum import iban, luhn
from stdnum.de import idnr, vat

_DAYS_OF_AUGUST_ETC = 31


def has_iban(text: str) -> bool:
    return any(iban.is_valid(found) for found in re.findall(r"(?i)\b[A-Z]{2}\d{2}(?: ?[\dA-Z]{1,4}){3,8}\b", text))


def has_tax_number(text: str) -> bool:
    """Tell whether a tax number is written as one: with strokes, with DE, in groups, or behind its name."""
    if re.search(r"(?<![\d/])\d{2,3}/\d{3,4}/\d{4,5}(?![\d/])", text):
        return True
    if any(vat.is_valid(found) for found in re.findall(r"\bDE ?\d{9}\b", text)):
        return True
    if any(idnr.is_valid(found) for found in re.findall(r"(?<!\d)\d{2} \d{3} \d{3} \d{3}(?!\d)", text)):
        return True
    return _is_named(r"steuer|idnr|tax|\btin\b", text) and any(idnr.is_valid(one) for one in tax_ids(text))


def tax_ids(text: str) -> list[str]:
    """Give the bare numbers of *text* that are as long as a tax id."""
    return re.findall(r"(?<![\w.,/-])\d{11}(?![\w/-]|[.,]\d)", text)


def is_tax_id(number: str) -> bool:
    return bool(idnr.is_valid(number))


def has_social_number(text: str) -> bool:
    """Tell whether *text* holds a social insurance number, in one piece or in groups."""
    return any(_is_social(*found) for found in _SOCIAL.findall(text))


_SOCIAL = re.compile(r"(?<![\w])(\d{2}) ?(\d{2})(\d{2})(\d{2}) ?([A-Z]) ?(\d{2}) ?(\d)(?!\w)")
_SOCIAL_WEIGHTS = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)


def _is_social(area: str, day: str, month: str, year: str, letter: str, serial: str, check: str) -> bool:
    born = int(day) % 50 if int(day) > _DAYS_OF_AUGUST_ETC else int(day)  # 50 is added when numbers run out
    if not (0 <= int(month) <= 12 and 0 <= born <= 31):
        return False
    digits = f"{area}{day}{month}{year}{ord(letter) - 64:02}{serial}"
    total = sum(_cross_sum(int(one) * weight) for one, weight in zip(digits, _SOCIAL_WEIGHTS, strict=True))
    return total % 10 == int(check)


def health_numbers(text: str) -> list[str]:
    """Give what has the form of a health insurance number."""
    return re.findall(r"(?<![\w-])[A-Z]\d{9}(?![\w-])", text)


def is_health_number(number: str) -> bool:
    digits = f"{ord(number[0]) - 64:02}{number[1:9]}"
    total = sum(_cross_sum(int(one) * (1 + place % 2)) for place, one in enumerate(digits))
    return total % 10 == int(number[9])


def has_named_health_number(text: str) -> bool:
    return _is_named(r"kvnr|versicher|kranken|health", text) and any(map(is_health_number, health_numbers(text)))


def identity_numbers(text: str) -> list[str]:
    """Give what has the form of a card's number with its check digit."""
    found = re.findall(r"(?<![\w-])[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d(?![\w-])", text)
    return [one for one in found if sum(sign.isdigit() for sign in one) > _FEWEST_DIGITS]


_FEWEST_DIGITS = 3


def is_identity_number(number: str) -> bool:
    values = (int(sign) if sign.isdigit() else ord(sign) - 55 for sign in number[:9])
    return sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10 == int(number[9])


def has_named_identity_number(text: str) -> bool:
    return _is_named(r"ausweis|\bpass|identity|passport", text) and any(map(is_identity_number, identity_numbers(text)))


def card_numbers(text: str) -> list[str]:
    """Give bare numbers as long as a credit card's, with the prefix of a network."""
    return [one for one in re.findall(r"(?<![\w.,/-])\d{15,16}(?![\w/-]|[.,]\d)", text) if _NETWORK.match(one)]


def has_card_number(text: str) -> bool:
    """Tell whether a credit card number is written as one: in groups, or behind its name."""
    grouped = (re.sub(r"\D", "", one) for one in re.findall(_GROUPED, text))
    if any(is_card_number(one) for one in grouped if _NETWORK.match(one)):
        return True
    return _is_named(r"card|karte|visa|amex", text) and any(map(is_card_number, card_numbers(text)))


_NETWORK = re.compile(r"4|5[1-5]|2[2-7]|3[47]|6(?:011|5)")
_GROUPED = r"(?<![\d-])(?:\d{4}(?: \d{4}){3}|\d{4}(?:-\d{4}){3}|3[47]\d{2} \d{6} \d{5})(?![\d-])"


def is_card_number(number: str) -> bool:
    return bool(luhn.is_valid(number)) and len(set(number)) > _FEWEST_DIGITS


def _cross_sum(number: int) -> int:
    return number // 10 + number % 10


def _is_named(words: str, text: str) -> bool:
    return re.search(rf"(?i){words}", text) is not None
