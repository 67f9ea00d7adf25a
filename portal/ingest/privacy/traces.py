"""What leads to a person: mail and IP addresses, telephone numbers, number plates."""

import re
from functools import cache
from importlib import import_module
from ipaddress import ip_address

from portal.foundation.lazily import phonenumbers

_MORE_DISTRICTS = frozenset(
    [
        "DU",
        "KR",
        "MO",
        "WES",
        "KLE",
        "GEL",
        "DIN",
        "D",
        "DO",
        "E",
        "EN",
        "BO",
        "GE",
        "GLA",
        "BOT",
        "OB",
        "MH",
        "RE",
        "RS",
        "SG",
        "W",
        "ME",
        "NE",
        "VIE",
        "MG",
        "AC",
        "DN",
        "HS",
        "BM",
        "K",
        "LEV",
        "GL",
        "GM",
        "SU",
        "BN",
        "EU",
    ]
)
"""District codes of number plates: Faker's, and those around Rhine and Ruhr that its list lacks."""


_STANDARDS = frozenset({("DIN", letters) for letters in ("A", "B", "C", "EN", "V", "VDE", "SO")})
"""Paper sizes and standards; Dinslaken has the same letters."""


def has_email(text: str) -> bool:
    """Tell whether *text* holds a mail address; one whose last part has digits (`x@y.2025`) is none."""
    pattern = (
        r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-]|\.\w)"  # bounded: linear in the text
    )
    return re.search(pattern, text) is not None


def has_phone(text: str) -> bool:
    """Tell whether *text* holds a telephone number. Bare digits are keys more often than numbers: they need a sign of it."""
    if not _PHONE_FORM.search(text):
        return False
    return any(
        _is_written_as_phone(text, match.start, match.raw_string)
        or re.search(r"(?i)\b(tel|fon|phone|fax|mobil|handy)", text[: match.start])
        for match in phonenumbers.PhoneNumberMatcher(text, "DE")
    )


def _is_written_as_phone(text: str, start: int, number: str) -> bool:
    """Tell whether a number begins as a telephone number does, is written in groups, and is no part of something longer."""
    begins = number.lstrip("( ").startswith(("+", "0")) and not re.search(r"[\w-]$", text[:start])
    return begins and not number.isdigit() and not _is_date(number.strip(" ()"))


_PHONE_FORM = re.compile(
    r"\+\d[\d /().–-]{6,}|\(?\b0[\d ]{1,6}\)? ?[/ .–-][\d /().–-]{3,}\d|(?i:tel|fon|phone|fax|mobil|handy)[^A-Za-z]{0,12}\d"
)
"""What a telephone number begins like; the library takes a hundred times longer to say no."""


def is_bare_phone(text: str) -> bool:
    """Tell whether *text*, of a column that says it has telephone numbers, is one."""
    try:
        number = phonenumbers.parse(text if text.startswith(("+", "0")) else f"0{text}", "DE")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number)


def _is_date(text: str) -> bool:
    return re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{2,4}|\d{4}-\d{2}-\d{2}", text) is not None


def has_plate(text: str) -> bool:
    """Tell whether a number plate is written as on the car: `DU-AB 1234`."""
    return any(
        found[0] in _districts() and found not in _STANDARDS
        for found in re.findall(r"(?<![\w-])([A-ZÄÖÜ]{1,3})-([A-Z]{1,2}) ?[1-9]\d{0,3}[EH]?(?![\w-])", text)
    )


def loose_plates(text: str) -> list[str]:
    """Give what has the form of a number plate with a space for the hyphen, if that is all of *text*."""
    return re.findall(r"^\s*[A-ZÄÖÜ]{1,3}[ -][A-Z]{1,2}[ -]?[1-9]\d{0,3}[EH]?\s*$", text)


def is_plate(plate: str) -> bool:
    district, letters = re.split(r"[ -]", re.sub(r"\d.*", "", plate.strip()))[:2]
    return district in _districts() and (district, letters) not in _STANDARDS


def ip_addresses(text: str) -> list[str]:
    """Give what has the form of an IP address."""
    return re.findall(
        r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){3,7})(?![\w.:])", text
    )


def is_ip_address(text: str) -> bool:
    """Tell whether *text* is the address of a machine; `1.2.3.4` is a section more often."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        return False
    return address.version == 6 or sum(int(part) >= 10 for part in text.split(".")) >= 2


def has_named_ip_address(text: str) -> bool:
    return re.search(r"\bIP\b", text) is not None and any(map(is_ip_address, ip_addresses(text)))


@cache
def _districts() -> frozenset[str]:
    """Give the codes of German registration districts; Faker is loaded when they are first needed."""
    cars = import_module("faker.providers.automotive.de_DE").Provider
    return _MORE_DISTRICTS.union(cars.license_plate_prefix)
