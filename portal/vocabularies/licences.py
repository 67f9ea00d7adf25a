"""The licence registry: every licence of the dcat-ap.de list, what it allows, and how to credit under it.

A licence is known by its code (`dl-zero-de/2.0`), its IRI, the address of its text, its SPDX identifier and the
spellings other portals use. Superseded spellings are known too and name their successor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from portal.foundation.errors import InvalidInput
from portal.foundation.text import LangString
from portal.vocabularies.tables import read_table


@dataclass(frozen=True, kw_only=True)
class Licence:
    """A licence and what it asks of a reader."""

    code: str
    iri: str
    """IRI in the list http://dcat-ap.de/def/licenses/ (DCAT-AP.de, convention K32)."""
    title: LangString
    url: str | None
    """Address of the licence's text; None for the `other-…` entries, which have none."""
    open: bool
    attribution: bool
    share_alike: bool
    non_commercial: bool
    no_derivatives: bool
    kind: str
    spdx_id: str | None
    other_iris: tuple[str, ...]
    replaced_by: str | None
    """Code of the licence to use instead."""
    superseded: bool
    recommended: int | None
    """Place among the few licences a publisher is offered first, from 1; None: not among them."""
    attribution_template: LangString


@cache
def licences() -> Mapping[str, Licence]:
    """Give every licence by its code: the current ones first, then the superseded spellings."""
    return MappingProxyType({row["code"]: _licence(row) for row in read_table("licences")})


def recommended_licences() -> list[Licence]:
    """Give the few licences to offer first, best first."""
    ranked = [(entry.recommended, entry) for entry in licences().values() if entry.recommended is not None]
    return [entry for _, entry in sorted(ranked, key=lambda pair: pair[0])]


def licence(code_or_iri: str) -> Licence:
    """Give the licence known as *code_or_iri*; http or https, `www.` and a closing slash make no difference.

    Raises:
        InvalidInput: it is not in the registry; the recommended codes are in the sentence.
    """
    found = licences().get(code_or_iri) or _spellings().get(_plain(code_or_iri))
    if found is None:
        advice = ", ".join(entry.code for entry in recommended_licences())
        raise InvalidInput(
            f"{code_or_iri!r} is not a known licence; recommended are {advice}.",
            detail_de=f"{code_or_iri!r} ist keine bekannte Lizenz; empfohlen sind {advice}.",
            licence=code_or_iri,
            known=list(licences()),
        )
    return found


def successor(entry: Licence) -> Licence:
    """Give the licence to publish under: *entry* itself, or the one that replaced its spelling."""
    return licences()[entry.replaced_by] if entry.replaced_by else entry


def attribution(entry: Licence, *, publisher: LangString, title: LangString, url: str) -> LangString:
    """Give the line that credits a dataset, ready to paste, whether the licence asks for one or not.

    Names provider, dataset, address and licence, as the Datenlizenz Deutschland (section 2) and CC BY 4.0
    (section 3 a) ask.
    """

    def line(language: str) -> str:
        return entry.attribution_template.in_language(language).format(
            publisher=publisher.in_language(language),
            title=title.in_language(language),
            url=url,
            licence=entry.title.in_language(language),
            licence_url=entry.url or "",
        )

    return LangString(de=line("de"), en=line("en"))


@cache
def _spellings() -> Mapping[str, Licence]:
    found: dict[str, Licence] = {}
    entries = licences().values()
    for entry in entries:
        found.setdefault(_plain(entry.iri), entry)
    for entry in entries:
        if not entry.superseded:
            for spelling in (entry.url, entry.spdx_id, *entry.other_iris):
                if spelling:
                    found.setdefault(_plain(spelling), entry)
    return MappingProxyType(found)


def _plain(spelling: str) -> str:
    return spelling.strip().split("://", 1)[-1].removeprefix("www.").rstrip("/").lower()


def _licence(row: dict[str, str]) -> Licence:
    return Licence(
        code=row["code"],
        iri=row["iri"],
        title=LangString(row["title_de"], row["title_en"]),
        url=row["url"] or None,
        open=row["open"] == "true",
        attribution=row["attribution"] == "true",
        share_alike=row["share_alike"] == "true",
        non_commercial=row["non_commercial"] == "true",
        no_derivatives=row["no_derivatives"] == "true",
        kind=row["kind"],
        spdx_id=row["spdx_id"] or None,
        other_iris=tuple(row["other_iris"].split()),
        replaced_by=row["replaced_by"] or None,
        superseded=row["status"] == "superseded",
        recommended=int(row["recommended"]) if row["recommended"] else None,
        attribution_template=LangString(row["attribution_de"], row["attribution_en"]),
    )
