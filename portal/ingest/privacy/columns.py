"""What no single cell tells: columns that say by their name or as a whole that they are about persons.

vorname + nachname              two columns that together are a name, by their names or by what they hold
ansprechpartner, sachbearbeiter a column for persons whose values look like names
geburtsdatum                    dates in a column of this name
telefon                         bare numbers in a column of this name
street and house number         in a table that is about persons anyway
age, sex, postcode …            fewer than K rows have the same traits (k-anonymity): a warning
"""

import re
from collections.abc import Callable, Iterable, Iterator, Set
from datetime import date

from portal.foundation.tableschema import Column, ColumnType, DataProtection
from portal.ingest.engine import Engine, parquet_rows, quote_name
from portal.ingest.privacy.hits import PersonalHit
from portal.ingest.privacy.names import is_given_name, is_known_surname, looks_like_person
from portal.ingest.privacy.traces import is_bare_phone
from portal.ingest.typed import TypedTable

K = 5
"""A group of fewer rows with the same traits is small: its members can be recognised."""

_SAMPLE_ROWS = 1_000
_ENOUGH = 0.5
"""Share of a column's different values that must look like what its name says."""
_FEWEST = 3
"""A column is told by what it holds only from so many different values on."""
_EXAMPLES = 3

_SAID: dict[str, str] = {
    "given": r"^(ruf|vor|ge)_?namen?$|first_?name|given_?name|^vorname",
    "surname": r"(nach|familien|geburts)_?namen?|sur_?name|last_?name|family_?name",
    "name": r"ansprech|kontakt_?person|contact_?(person|name)|sachbearbeit|bearbeiter|teilnehmer(_?name)?$|antragsteller"
    r"|eigent(ü|ue)mer|inhaber|mitarbeiter(_?name)?$|^person(en)?(_?name)?$|person_?name|halter$|bewohner(_?name)?$|mieter(_?name)?$|patient|sch(ü|ue)ler(_?name)?$|kunden?_?name|employee(_?name)?$|owner(_?name)?$|author_?name|voller_?name|full_?name",
    "phone": r"telefon|^tel(_|$)|_tel$|phone|mobil(_?nr|_?nummer|telefon|$)|handy|^fax",
    "birth": r"geb(oren|urts?)?_?(am|datum|dat|tag)$|birth_?(date|day)|date_?of_?birth|^dob$",
    "tax": r"steuer_?(id|nummer|nr)|idnr|tax_?(id|number)|^tin$",
    "health": r"kvnr|versicherten|krankenvers|health_?ins",
    "identity": r"ausweis|pass_?(nr|nummer)|passport|identity_?card",
    "card": r"kredit_?karte|karten_?(nr|nummer)|credit_?card|card_?number",
    "plate": r"^kfz|kennzeichen$|number_?plate|licen[cs]e_?plate",
    "ip": r"(^|_)ip(_|$|v4|v6|adress|addr)",
    "address": r"adresse|anschrift|stra(ß|ss)e|street|address",
}
"""Kind ↔ what columns of it are called (German and English, in lower case)."""


def says(column: str, kind: str) -> bool:
    """Tell whether the name of a column says that it holds *kind*."""
    return kind in _SAID and re.search(_SAID[kind], re.sub(r"[\s.-]+", "_", column.lower())) is not None


def column_hits(table: TypedTable, engine: Engine, found: Set[str]) -> list[PersonalHit]:
    """Give the columns of *table* that are personal as a whole; *found* are the kinds that its cells have."""
    samples = _samples(table, engine)
    hits = [*_names(samples), *_phones(samples), *_births(table, samples)]
    declared = any(column.data_protection is not DataProtection.NONE for column in table.schema.columns)
    if declared or hits or found & _OF_PERSONS:
        hits += _addresses(samples)
    return [*hits, *_small_groups(table, engine)]


_OF_PERSONS = frozenset({"name", "email", "social", "health", "identity"})


def _samples(table: TypedTable, engine: Engine) -> dict[str, list[str]]:
    """Give different values of each text or number column, from rows all over the table."""
    columns = [one for one in table.schema.columns if _is_sampled(one)]
    if not columns:
        return {}
    step = max(1, table.row_count // _SAMPLE_ROWS)
    texts = [
        f"list_slice(list_distinct(list(CAST({quote_name(one.name)} AS VARCHAR))), 1, {_SAMPLE_ROWS})"
        for one in columns
    ]
    rows = f"{parquet_rows(table.path, numbered=True)} WHERE file_row_number % {step} = 0"
    values = engine.facts(texts, rows)
    return {one.name: sorted(listed or []) for one, listed in zip(columns, values, strict=True)}


def _is_sampled(column: Column) -> bool:
    if column.type is ColumnType.STRING:
        return True
    return says(column.name, "phone" if column.type is ColumnType.INTEGER else "birth")


def _names(samples: dict[str, list[str]]) -> Iterator[PersonalHit]:
    given = [name for name, values in samples.items() if _is_given(name, values)]
    last = [name for name, values in samples.items() if _is_last(name, values, bool(given))]
    for name, values in samples.items():
        is_split = (name in given and bool(last)) or name in last
        if is_split or (says(name, "name") and _share(values, looks_like_person) >= _ENOUGH):
            yield _hit("name", name, values)


def _is_given(name: str, values: list[str]) -> bool:
    """Tell whether a column holds given names; alone it is a statistic of names, and nobody's name."""
    if says(name, "given"):
        return bool(values)
    return len(values) >= _FEWEST and _share(values, is_given_name) >= _MOST


def _is_last(name: str, values: list[str], beside_given: bool) -> bool:
    if says(name, "surname"):
        return _share(values, looks_like_person) >= _ENOUGH
    if not beside_given:
        return False
    if re.fullmatch(r"name|zuname", name.lower()):
        return _share(values, looks_like_person) >= _ENOUGH
    return (
        len(values) >= _FEWEST and _share(values, is_known_surname) >= _ENOUGH and _share(values, is_given_name) < _MOST
    )


_MOST = 0.7


def _phones(samples: dict[str, list[str]]) -> Iterator[PersonalHit]:
    for name, values in samples.items():
        if says(name, "phone") and _share(values, is_bare_phone) >= _ENOUGH:
            yield _hit("phone", name, values)


def _births(table: TypedTable, samples: dict[str, list[str]]) -> Iterator[PersonalHit]:
    for column in table.schema.columns:
        if says(column.name, "birth") and _share(samples.get(column.name, []), _is_birthday) >= _ENOUGH:
            yield _hit("birth", column.name, samples[column.name])


def _is_birthday(text: str) -> bool:
    found = re.match(r"(?:(\d{4})-\d{2}(?:-\d{2})?|\d{1,2}\.\d{1,2}\.(\d{4}))", text)
    return found is not None and 1900 <= int(found[1] or found[2]) <= date.max.year


_STREET = re.compile(
    r"^[^\W\d_][\w .'-]*?(?:stra(?:ß|ss)e|str\.|weg|platz|allee|ring|gasse|ufer|damm|chaussee|steig|markt|hof|berg|feld|stieg|pfad)\s+"
    r"\d{1,4}\s?[a-zA-Z]?(?:\s?[-/+]\s?\d{1,4}\s?[a-z]?)?(?:,?\s+(?:D-)?\d{5}\s+[^\W\d_].*)?$",
    re.IGNORECASE,
)


def _addresses(samples: dict[str, list[str]]) -> Iterator[PersonalHit]:
    for name, values in samples.items():
        if _share(values, lambda text: _STREET.match(text.strip()) is not None) >= _ENOUGH:
            yield _hit("address", name, values)


_TRAITS: dict[str, str] = {
    "age": r"^alter(_|$)|^age(_|$)|lebensalter|geburtsjahr|birth_?year|jahrgang|geb(urts)?_?datum",
    "sex": r"geschlecht|^sex$|gender",
    "place": r"^plz$|postleitzahl|post_?code|^zip|wohnort|stadtteil|ortsteil",
    "origin": r"staatsangeh|nationalit|herkunft|migration|geburtsland",
    "life": r"^beruf|profession|occupation|familienstand|marital|religion|konfession|diagnose|behinderung|schulabschluss",
}
"""Traits by which persons are recognised when several come together (Sweeney: birth, sex, postcode)."""

_COUNTS = re.compile(
    r"anzahl|zahl$|summe|gesamt|insgesamt|bev(ö|oe)lkerung|einwohner|f(ä|ae)lle|wert|count|total|number|population|anteil|prozent|quote|personen"
)


def _small_groups(table: TypedTable, engine: Engine) -> Iterator[PersonalHit]:
    """Give the first trait where fewer than `K` rows have the same ones; a table of counts has no persons in its rows."""
    names = [column.name for column in table.schema.columns]
    traits = [name for name in names if any(re.search(one, name.lower()) for one in _TRAITS.values())]
    kinds = {kind for kind, said in _TRAITS.items() for name in traits if re.search(said, name.lower())}
    counted = any(_COUNTS.search(name.lower()) for name in names)
    if len(kinds) < 2 or counted or (table.schema.primary_key and set(table.schema.primary_key) <= set(traits)):
        return
    listed = ", ".join(quote_name(name) for name in traits)
    small, rows = engine.row(
        f"SELECT count(*), coalesce(sum(size), 0) FROM (SELECT count(*) AS size FROM {parquet_rows(table.path)} "  # noqa: S608 - quoted
        f"GROUP BY {listed} HAVING count(*) < {K})"
    )
    if small:
        yield PersonalHit(kind="group", row=None, column=", ".join(traits), key="", value=f"{small} × < {K} ({rows})")


def _hit(kind: str, column: str, values: Iterable[str]) -> PersonalHit:
    return PersonalHit(kind=kind, row=None, column=column, key="", value="; ".join([*values][:_EXAMPLES]))


def _share(values: list[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, values)) / len(values) if values else 0.0
