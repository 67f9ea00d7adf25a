"""Names of persons: a given name of Faker's lists beside a word that can be a surname, or a form of address before one.

    Erika Mustermann · Anna-Lena von der Heide · MUSTERMANN, ERIKA · Mustermann, Erika · Frau Dr. Muster

A street, a school or a company that bears a person's name is no person: what follows the name says so.
"""

import re
from functools import cache
from importlib import import_module
from typing import Any

_LOCALES = ("de_DE", "de_AT", "de_CH", "pl_PL", "it_IT", "tr_TR", "hr_HR")
"""Faker's lists that are used: the names that people in Germany have most often. They are loaded when first needed."""

FORMS_OF_ADDRESS = ("Herr", "Herrn", "Frau", "Dr.", "Prof.", "Dipl.-Ing.")
MARKS = "„“”\"'»«()[]/:;–-"
_PARTICLES = frozenset(
    {"von", "van", "de", "zu", "zur", "der", "den", "ten", "vom", "zum", "Dr.", "Prof.", "Dipl.-Ing."}
)

_NO_GIVEN_NAMES = frozenset({
    "Adria", "Alma", "Aller", "Angelica", "Aria", "Aura", "Bahn", "Bar", "Beat", "Bella", "Bora", "Can",
    "Christ", "Dam", "Dolce", "Ende", "Evde", "Fee", "Gala", "Gerade", "Gut", "Hall", "Iris", "Isar", "Jade",
    "Jasmin", "Kai", "Lang", "Laser", "Linde", "Luna", "Mare", "Marina", "Mark", "Merkur", "Mira", "Montag",
    "Nord", "Oase", "Ocean", "Ost", "Otter", "Pan", "Paris", "Pro", "Rosa", "Rose", "Sofort", "Sole", "Sommer",
    "Stern", "Sun", "Toy", "Ural", "Viola", "Vita", "Volga", "West", "Wolf",
})  # fmt: skip
"""Words of the lists that are other words far more often, unless a known surname follows them."""

_THING = re.compile(
    r"(?i)(stra(ß|ss)e|str\.|weg|platz|allee|ring|gasse|ufer|damm|park|brücke|markt|hof|haus|heim|halle|bad|turm|tor|"
    r"schule|gymnasium|kolleg|kita|kindergarten|universität|hochschule|akademie|institut|klinik|krankenhaus|hospital|"
    r"kirche|stift|stiftung|museum|theater|bibliothek|archiv|stadion|siedlung|viertel|denkmal|preis|medaille|"
    r"gesellschaft|verein|verlag|zentrum|center|forum|werk|werke|gruppe|group|brauerei|apotheke|bäckerei|"
    r"projekt|programm|initiative|tag|platzes|straßen)$"
)
_LEGAL_FORM = re.compile(
    r"(?<!\w)(g?GmbH|mbH|AG|KG|KGaA|SE|UG|OHG|eG|e\. ?V\.|eV|Inc\.?|Ltd\.?|LLC|S\.A\.|B\.V\.|Co\.|GbR|PartG|Stiftung|Verlag)(?=\W|$)"
)


@cache
def given_names() -> frozenset[str]:
    return frozenset(name for people in _people() for name in people.first_names if len(name) > 2 and name[0].isupper())


@cache
def surnames() -> frozenset[str]:
    return frozenset(name for people in _people() for name in people.last_names if len(name) > 2)


@cache
def _shouted(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name.upper() for name in names)


def has_name(text: str) -> bool:
    """Tell whether *text* holds the name of a person."""
    return _is_surname_first(text) or _has_given_name_first(text.split())


def is_given_name(word: str) -> bool:
    """Tell whether *word* (also Anna-Lena or ANNA) is a given name and nothing else more often."""
    parts = word.split("-")
    return all(part in given_names() or part in _shouted(given_names()) for part in parts)


def is_known_surname(word: str) -> bool:
    return word in surnames() or word in _shouted(surnames()) or any(part in surnames() for part in word.split("-"))


def _has_given_name_first(words: list[str]) -> bool:
    for place, word in enumerate(words[:-1]):
        first = word.strip(MARKS)
        is_form = first in FORMS_OF_ADDRESS
        if not is_form and (word[-1] in ".;:,)" or not is_given_name(first)):
            continue
        following, after = _following(words[place + 1 :])
        if not _may_be_surname(following, first) or _is_thing(following) or _THING.fullmatch(after):
            continue
        if is_form or (
            not _is_company(words[place + 1 :]) and (first not in _NO_GIVEN_NAMES or is_known_surname(following))
        ):
            return True
    return False


def _is_company(words: list[str]) -> bool:
    """Tell whether a legal form follows a name without a break: `Karl Muster & Söhne GmbH`."""
    for word in words[:_LONGEST_COMPANY]:
        if _LEGAL_FORM.match(word):
            return True
        if word[-1] in ",;:." or not (word[0].isupper() or word in ("&", "+", "und")):
            return False
    return False


_LONGEST_COMPANY = 5


def _following(words: list[str]) -> tuple[str, str]:
    """Give the first word that is no particle and no initial (the surname, if it is one) and the word after it."""
    for place, word in enumerate(words):
        if word.strip(MARKS) not in _PARTICLES and not re.fullmatch(r"[^\W\d_]\.", word):
            after = "" if word[-1] in ".,;:" else "".join(words[place + 1 : place + 2])
            return word.strip(MARKS).rstrip(",."), after.strip(MARKS + ",.")
    return "", ""


def _is_thing(word: str) -> bool:
    """Tell whether *word* is a street, a school or the like; Döring and Neuhaus are surnames."""
    return _THING.search(word) is not None and not is_known_surname(word)


def _may_be_surname(word: str, given: str) -> bool:
    """Tell whether *word* looks like a surname; beside GIVEN in capitals it is in capitals or a word, as ever."""
    if not re.fullmatch(r"[^\W\d_]{2,}(?:['’-][^\W\d_]{2,})*", word) or not word[0].isupper():
        return False
    return not given.isupper() or word.isupper() or is_known_surname(word)


_LAST = r"(?:(?:von|van|de|zu|der|den|ten|vom|zum) ){0,2}[^\W\d_a-z][^\W\d_]+(?:-[^\W\d_]{2,})?"
_REVERSED = re.compile(
    rf"\s*({_LAST}),\s*(?:(?:Prof\.|Dr\.|Dipl\.-Ing\.)\s*)*([^\W\d_]+(?:-[^\W\d_]+)?)(?:\s+\S+){{0,2}}\s*"
)


def _is_surname_first(text: str) -> bool:
    """Tell whether a part of *text* between semicolons or slashes is `Surname, Given`."""
    for part in re.split(r"[;/|\n]", text.rsplit(":", maxsplit=1)[-1]):
        found = _REVERSED.fullmatch(part)
        if found is None or not is_given_name(found[2]) or _is_thing(found[1]) or _LEGAL_FORM.search(part):
            continue
        if found[2] not in _NO_GIVEN_NAMES or is_known_surname(found[1]):
            return True
    return False


@cache
def candidate() -> str:
    """Give the pattern (RE2) that every text with a name matches; it may match more.

    Only the first letters of given names stand in it: a longer pattern costs every small table its compilation. And no
    `\\p{L}{0,n}` may: repeated Unicode classes are too large for RE2's fast automaton (100 × slower).
    """
    starts = "|".join(sorted({re.escape(name[:_STARTS_CHARS]) for name in given_names()}))
    forms = "|".join(re.escape(form) for form in FORMS_OF_ADDRESS)
    end = r"\s*(?:$|[\x1f;/|\n])"
    return (
        rf"(?:{starts}|{forms})[^\s\x1f]*[\s\p{{Z}}]+\S"
        r"|[A-ZÀ-ÖØ-Þ]{3,},?[\s\p{Z}]+[A-ZÀ-ÖØ-Þ]{2,}"
        rf"|\pL,[\s\p{{Z}}]*(?:[A-Z][a-z.-]+\. ?)*\p{{Lu}}[^\s\x1f]+(?: [^\s\x1f]+){{0,2}}{end}"
    )


_STARTS_CHARS = 5


_OFFICE = re.compile(
    r"(?i)\b(abteilung|fachbereich|referat|team|stadt|kreis|land|dezernat|firma|unbekannt|nicht|keine|alle|bund)\b"
    r"|(amt|stelle|büro|verwaltung|dienst|dienste|ministerium|service|zentrum|center|hotline|leitung|zentrale)\b"
)
"""What stands in a column for persons when no person is meant."""


def looks_like_person(text: str) -> bool:
    """Tell whether *text*, of a column that says it has persons, can be a name at all: one to five words of letters."""
    if _LEGAL_FORM.search(text) or _OFFICE.search(text):
        return False
    words = text.replace(",", " ").split()
    bare = [word for word in words if word not in _PARTICLES and word not in FORMS_OF_ADDRESS]
    return 0 < len(bare) <= _MOST_WORDS and all(_NAME_WORD.fullmatch(word) and not _is_thing(word) for word in bare)


_MOST_WORDS = 4
_NAME_WORD = re.compile(r"[^\W\d_a-zäöüß](?:\.|[^\W\d_]*(?:['’-][^\W\d_]+)*)")


def _people() -> list[Any]:  # Any: Faker ships no types
    return [import_module(f"faker.providers.person.{locale}").Provider for locale in _LOCALES]
