"""Tables with planted persons, and tables that look alike and have none. Everybody in them is invented.

A planted table has 24 rows with something personal of one kind in about every second row: alone in its column, in the
middle of a remark, or behind its name. Numbers get their check digits here, by code of its own.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from faker import Faker
from faker.providers.person.de_DE import Provider as German
from faker.providers.person.en_GB import Provider as British
from faker.providers.person.fr_FR import Provider as French
from faker.providers.person.nl_NL import Provider as Dutch
from faker.providers.person.ro_RO import Provider as Romanian
from stdnum import luhn
from stdnum.iso7064 import mod_11_10

ROWS = 24
TABLES_OF_A_FORM = 4

Made = Callable[[random.Random], str]


@dataclass(frozen=True)
class Planted:
    """A table, and what is personal in it."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: str = ""
    """Kind of what is planted; empty: nothing."""
    group: str = ""
    """Name under which it is counted; several groups may be of one kind."""
    places: frozenset[tuple[int, str]] = frozenset()
    """Row (from 1) and column of everything planted."""


def planted_tables() -> Iterator[Planted]:
    """Give the tables with persons: every group in every form, several times."""
    for group, (kind, forms) in GROUPS.items():
        for form, (column, make) in enumerate(forms):
            for number in range(TABLES_OF_A_FORM):
                yield _planted(f"{group}-{form}-{number}", kind, group, column, make)


def clean_tables() -> Iterator[Planted]:
    """Give the tables that look alike: each look in several sizes of a column."""
    for column, make in CLEAN:
        for number in range(TABLES_OF_A_FORM):
            chance = random.Random(f"{column}{number}")
            rows = tuple((f"k-{row}", _topic(chance), make(chance)) for row in range(1, ROWS + 1))
            yield Planted(f"clean-{column}-{number}", ("id", "thema", column), rows)


def _planted(name: str, kind: str, group: str, column: str, make: Made) -> Planted:
    chance = random.Random(name)
    columns = tuple(column.split("|"))
    rows, places = [], set()
    for row in range(1, ROWS + 1):
        is_personal = len(columns) > 1 or column not in ("bemerkung", "text") or row % 2 == 0
        told = make(chance) if is_personal else _topic(chance)
        rows.append((f"k-{row}", _topic(chance), *told.split("|")))
        places |= {(row, one) for one in columns if is_personal}
    return Planted(name, ("id", "thema", *columns), tuple(rows), kind, group, frozenset(places))


def _topic(chance: random.Random) -> str:
    return chance.choice(TOPICS)


TOPICS = (
    "Radweg am Hafen", "Digitale Verwaltung", "Offene Daten", "Ausbau Glasfaser 2025", "Spielplatz Nord", "Baustelle A 57",
    "Bürgerbeteiligung", "Wochenmarkt", "Lärmschutz", "Stadtgrün und Klima", "Haushalt 2024", "Neue Mitte Altstadt",
)  # fmt: skip


def _given(chance: random.Random, people: type = German) -> str:
    return str(chance.choice(sorted(name for name in people.first_names if len(name) > 2)))


def _last(chance: random.Random, people: type = German) -> str:
    return str(chance.choice(sorted(people.last_names)))


def _full(chance: random.Random) -> str:
    return f"{_given(chance)} {_last(chance)}"


def _foreign(chance: random.Random) -> str:
    people = chance.choice((British, French, Dutch, Romanian))
    return f"{_given(chance, people)} {_last(chance, people)}"


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def _iban(chance: random.Random) -> str:
    account = _digits(chance, 18)
    return f"DE{98 - int(account + '131400') % 97:02}{account}"


def _grouped(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _tax_id(chance: random.Random) -> str:
    digits = chance.sample("0123456789", 9)
    body = [*digits, digits[chance.randrange(9)]]
    chance.shuffle(body)
    if body[0] == "0":
        body[0], body[1] = (body[1], body[0]) if body[1] != "0" else (body[2], body[0])
        if body[0] == body[2] and len(set(body)) < 9:
            return _tax_id(chance)
    return "".join(body) + str(mod_11_10.calc_check_digit("".join(body)))


def _social(chance: random.Random) -> str:
    born = f"{chance.randint(1, 28):02}{chance.randint(1, 12):02}{chance.randint(30, 99)}"
    letter, area, serial = (
        chance.choice("ABCDEFGHIJKLMNOPRSTUVWZ"),
        chance.choice(("12", "15", "53", "65")),
        _digits(chance, 2),
    )
    weighed = zip(f"{area}{born}{ord(letter) - 64:02}{serial}", (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True)
    return f"{area}{born}{letter}{serial}{sum(sum(map(int, str(int(one) * weight))) for one, weight in weighed) % 10}"


def _health(chance: random.Random) -> str:
    letter, digits = chance.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), _digits(chance, 8)
    weighed = zip(f"{ord(letter) - 64:02}{digits}", (1, 2) * 5, strict=True)
    return f"{letter}{digits}{sum(sum(map(int, str(int(one) * weight))) for one, weight in weighed) % 10}"


def _identity(chance: random.Random) -> str:
    serial = (
        chance.choice("CFGHJKLMNPRTVWXYZ")
        + "".join(chance.choices("CFGHJKLMNPRTVWXYZ0123456789", k=4))
        + _digits(chance, 4)
    )
    return f"{serial}{sum(int(one, 36) * (7, 3, 1)[place % 3] for place, one in enumerate(serial)) % 10}"


def _card(chance: random.Random) -> str:
    body = chance.choice(("4", "51", "53", "55")) + _digits(chance, 15)
    return body[:15] + luhn.calc_check_digit(body[:15])


def _phone(chance: random.Random) -> str:
    return chance.choice(("0203 283", "02151 86", "0221 221", "0151 234", "0172 555")) + _digits(chance, 5)


def _mail(chance: random.Random) -> str:
    return re.sub(r"[^a-z.@]", "x", f"{_given(chance)}.{_last(chance)}".lower()) + chance.choice(
        ("@stadt.example", "@mail.example.org")
    )


def _plate(chance: random.Random) -> str:
    return f"{chance.choice(('DU', 'KR', 'MO', 'K', 'D', 'VIE', 'B', 'HH', 'M'))}-{chance.choice('ABCDEHKLM')}{chance.choice('ABCXYZ')} {chance.randint(1, 9999)}"


def _street(chance: random.Random) -> str:
    return f"{chance.choice(('Rheinstraße', 'Am Markt', 'Königsallee', 'Feldweg', 'Lindenring', 'Hauptstr.'))} {chance.randint(1, 199)}"


def _day(chance: random.Random) -> str:
    return f"{chance.randint(1935, 2012)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"


def _ip(chance: random.Random) -> str:
    return f"{chance.choice((84, 91, 185, 217))}.{chance.randint(10, 250)}.{chance.randint(0, 255)}.{chance.randint(1, 254)}"


def in_text(make: Made, before: str = "") -> Made:
    """Put what *make* gives into the middle of a remark."""
    return lambda chance: f"{_topic(chance)}: {before}{make(chance)}, bitte melden"


GROUPS: dict[str, tuple[str, tuple[tuple[str, Made], ...]]] = {
    "name": ("name", (
        ("text", _full), ("bemerkung", in_text(_full)), ("bemerkung", in_text(_full, "Frau ")),
        ("bemerkung", lambda chance: f"{_full(chance)} von der Beispiel Netz GmbH"),
        ("text", lambda chance: f"{_last(chance)}, {_given(chance)}"), ("text", lambda chance: _full(chance).upper()),
        ("text", lambda chance: f"Dr. {_last(chance)}"), ("text", lambda chance: f"{_given(chance)} von {_last(chance)}"),
        ("vorname|nachname", lambda chance: f"{_given(chance)}|{_last(chance)}"),
        ("a|b", lambda chance: f"{_given(chance)}|{_last(chance)}"),
        ("ansprechpartner", _last), ("nachname", _last),
    )),
    "name, elsewhere": ("name", (
        ("text", _foreign), ("ansprechpartner", _foreign), ("bemerkung", in_text(_foreign, "Herr ")),
        ("vorname|name", lambda chance: _foreign(chance).replace(" ", "|", 1)),
    )),
    "email": ("email", (("kontakt", _mail), ("bemerkung", in_text(_mail)), ("text", lambda chance: f"<{_mail(chance)}>"))),
    "phone": ("phone", (
        ("kontakt", _phone), ("bemerkung", in_text(_phone, "Tel. ")), ("text", lambda chance: f"+49 {_phone(chance)[1:]}"),
        ("telefon", lambda chance: _phone(chance).replace(" ", "")), ("text", lambda chance: _phone(chance).replace(" ", "/")),
    )),
    "iban": ("iban", (("konto", _iban), ("text", lambda chance: _grouped(_iban(chance))), ("bemerkung", in_text(_iban)))),
    "tax": ("tax", (
        ("nummer", _tax_id), ("bemerkung", in_text(_tax_id, "Steuer-ID ")),
        ("text", lambda chance: f"{(number := _tax_id(chance))[:2]} {number[2:5]} {number[5:8]} {number[8:]}"),
        ("text", lambda chance: f"{_digits(chance, 3)}/{_digits(chance, 4)}/{_digits(chance, 4)}"),
    )),
    "social": ("social", (
        ("nummer", _social), ("bemerkung", in_text(_social)),
        ("text", lambda chance: f"{(number := _social(chance))[:2]} {number[2:8]} {number[8]} {number[9:]}"),
    )),
    "health": ("health", (("nummer", _health), ("bemerkung", in_text(_health, "KVNR ")), ("versichertennummer", _health))),
    "identity": ("identity", (("nummer", _identity), ("bemerkung", in_text(_identity, "Ausweis ")), ("ausweisnummer", _identity))),
    "card": ("card", (("nummer", _card), ("text", lambda chance: _grouped(_card(chance))), ("bemerkung", in_text(_card, "Kreditkarte ")))),
    "plate": ("plate", (("text", _plate), ("bemerkung", in_text(_plate)), ("kennzeichen", lambda chance: _plate(chance).replace("-", " ")))),
    "ip": ("ip", (("client", _ip), ("ip_adresse", _ip), ("bemerkung", in_text(_ip, "IP ")))),
    "birth": ("birth", (("geburtsdatum", _day), ("geb_am", lambda chance: ".".join(reversed(_day(chance).split("-")))), ("date_of_birth", _day))),
    "address": ("address", (
        ("vorname|nachname|anschrift", lambda chance: f"{_given(chance)}|{_last(chance)}|{_street(chance)}, 47051 Duisburg"),
        ("antragsteller|wohnt", lambda chance: f"{_full(chance)}|{_street(chance)}"),
    )),
}  # fmt: skip
"""Group ↔ kind, and its forms: column (several parted by `|`) and what stands there."""

_FAKE = Faker("de_DE")


def _faked(what: str) -> Made:
    def make(chance: random.Random) -> str:
        _FAKE.seed_instance(chance.random())
        return str(getattr(_FAKE, what)())

    return make


def _chosen(*texts: str) -> Made:
    return lambda chance: chance.choice(texts)


CLEAN: tuple[tuple[str, Made], ...] = (
    ("strasse", _faked("street_name")), ("standort", _street), ("firma", _faked("company")),
    ("projekt", _chosen("Projekt Karl der Kühne", "Anna nimmt Bus", "Max-Planck-Institut Mülheim", "Smart City Krefeld", "Otto Motor 2030")),
    ("schule", _chosen("Albert-Einstein-Gymnasium Duisburg", "Käthe-Kollwitz-Gesamtschule", "Anne-Frank-Schule Moers", "Grundschule Am Park")),
    ("platz", _chosen("Theodor-Heuss-Platz", "Willy-Brandt-Allee 5", "Friedrich-Ebert-Brücke", "Konrad Adenauer Ring")),
    ("aktenzeichen", lambda chance: f"{chance.randint(10, 70)}-{_digits(chance, 2)}/{chance.randint(2015, 2025)}"),
    ("aktenzeichen2", lambda chance: f"{chance.choice('ABCDK')}{chance.choice('ABC')} {_digits(chance, 4)}/{chance.randint(10, 25)}"),
    ("nummer", lambda chance: _digits(chance, 11)), ("objekt", lambda chance: chance.choice("AGX") + _digits(chance, 9)),
    ("ean", _faked("ean13")), ("zaehler", lambda chance: _digits(chance, 16)), ("isbn", _faked("isbn13")), ("uuid", _faked("uuid4")),
    ("ags", lambda chance: "05" + _digits(chance, 6)), ("nuts", _chosen("DEA12", "DEA14", "DEA1F", "DE")),
    ("koordinate", lambda chance: f"51.{_digits(chance, 5)}, 6.{_digits(chance, 5)}"),
    ("utm", lambda chance: f"32U 3{_digits(chance, 5)} 57{_digits(chance, 5)}"),
    ("flughafen", _chosen("DUS", "CGN", "NRN", "DTM", "FMO")), ("flug", lambda chance: f"{chance.choice(('LH', 'EW', 'DE'))} {_digits(chance, 4)}"),
    ("norm", _chosen("DIN EN ISO 9001", "DIN A 4", "DIN-EN 1234", "VDI 2067", "EN-ISO 50001")), ("version", lambda chance: f"{chance.randint(0, 9)}.{chance.randint(0, 9)}.{chance.randint(0, 9)}.{chance.randint(0, 9)}"),
    ("uhrzeit", lambda chance: f"{chance.randint(10, 20)}:{chance.randint(10, 59)}:00"), ("mac", lambda chance: ":".join(f"{chance.randint(0, 255):02x}" for _ in range(6))),
    ("stichtag", lambda chance: ".".join(reversed(_day(chance).split("-")))), ("geburten", lambda chance: str(chance.randint(1, 900))),
    ("vorname", _given), ("beruf", _faked("job")), ("farbe", _faked("color_name")), ("ort", _faked("city")), ("land", _chosen("Polen", "Frankreich", "Niederlande")),
    ("dienststelle", _chosen("Amt für Statistik", "Fachbereich 61", "Stadt Krefeld", "Ordnungsamt")), ("ansprechpartner", _chosen("Amt 61", "Pressestelle", "Team Daten", "Bürgerbüro Mitte")),
    ("betrag", lambda chance: f"{chance.randint(1, 999)}.{_digits(chance, 3)},{_digits(chance, 2)} Euro"), ("zeitraum", lambda chance: f"2019-{chance.randint(10, 12)} bis 2024-{chance.randint(10, 12)}"),
    ("linie", _chosen("U 79", "RE 10", "SB 30", "NE 8", "B 288")), ("gemarkung", lambda chance: f"Flur {chance.randint(1, 30)}, Flurstück {chance.randint(1, 400)}"),
    ("ueberschrift", _faked("catch_phrase")), ("satz", _faked("sentence")),
    ("baum", _chosen("Linde, Winter", "Ahorn, Berg", "Rose, Iris", "Erle, Schwarz")),
)  # fmt: skip
"""Column and what stands there: nothing of it is a person."""
