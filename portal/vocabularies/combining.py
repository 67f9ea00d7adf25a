"""May works under these licences be combined, and under which licence may the result be published?

Each licence says under which licences an adaptation of its works may be published. A combination is an adaptation of all
its parts, so it may be published under what all of them allow:

                      result:   any open licence   one that asks for credit   the same, or as its text says   none
    no condition                       yes                  yes                          yes
    attribution                        no                   yes                          yes
    non-commercial                     no            only a non-commercial one
    share-alike                        no                   no                           yes
    no derivatives, closed             no                   no                           no                    ×

`schemas/vocabularies/licence-adaptations.csv` holds what a licence's text says beyond this, with its source. A verdict is
yes, unclear or no; several verdicts together are as good as the worst of them. That makes the answer independent of order and
grouping. It is about publishing a derived work or database; using data together inside a house asks for less.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import combinations
from types import MappingProxyType

from portal.foundation.errors import InvalidInput
from portal.foundation.text import LangString
from portal.vocabularies.licences import Licence, licences, successor
from portal.vocabularies.tables import read_table

MAX_LICENCES = 100
"""Nobody combines more; the question is one line."""


class Verdict(StrEnum):
    """Whether something is allowed, the best first."""

    YES = "yes"
    UNCLEAR = "unclear"
    NO = "no"


_WORSE = {Verdict.YES: 0, Verdict.UNCLEAR: 1, Verdict.NO: 2}

_GRANTABLE = frozenset(("data", "documentation", "software", "unversioned"))
"""Kinds of licence that a publisher can choose for a work; not laws, marks, terms of an authority, or unknown terms."""


@dataclass(frozen=True)
class Reason:
    """Why the answer is what it is."""

    licences: tuple[str, ...]
    sentence: LangString
    source: str | None = None
    """Address of the text that says so; None: it follows from the licences' own conditions."""


@dataclass(frozen=True)
class Combination:
    """The answer for some licences."""

    parts: tuple[Licence, ...]
    """The licences asked for, each once, superseded spellings replaced, in the order given."""
    answer: Verdict
    suggested: tuple[Licence, ...]
    """Licences to publish the result under, best first; where the answer is unclear, those that may turn out possible."""
    also_possible: tuple[Licence, ...]
    """Further licences with the same verdict."""
    reasons: tuple[Reason, ...]

    @property
    def credits(self) -> tuple[Licence, ...]:
        """The parts whose publishers must be named."""
        return tuple(part for part in self.parts if part.attribution)


@dataclass(frozen=True)
class _Adaptation:
    allowed: Verdict
    source: str
    note: LangString


def combine(given: Sequence[Licence]) -> Combination:
    """Tell whether works under the *given* licences may be combined and published.

    Raises:
        InvalidInput: no licence is given, or more than `MAX_LICENCES`.
    """
    if not 1 <= len(given) <= MAX_LICENCES:
        raise InvalidInput(
            f"One to {MAX_LICENCES} licences can be combined, not {len(given)}.",
            detail_de=f"Eine bis {MAX_LICENCES} Lizenzen lassen sich verbinden, nicht {len(given)}.",
        )
    parts = tuple(dict.fromkeys(successor(one) for one in given))
    results = verdicts(parts)
    answer = min(results.values(), key=_WORSE.__getitem__)
    fitting = [licences()[code] for code, verdict in results.items() if verdict is answer is not Verdict.NO]
    suggested = [one for one in fitting if one in parts or one.recommended] or fitting
    also = [one for one in fitting if one not in suggested and one.kind == "data"]
    return Combination(
        parts, answer, _ranked(suggested, parts), _ranked(also, parts), tuple(_reasons(parts, answer, suggested))
    )


def verdicts(parts: Iterable[Licence]) -> Mapping[str, Verdict]:
    """Give, for every licence a publisher can choose, whether a work made of all *parts* may be published under it."""
    own = tuple(parts)
    return MappingProxyType(
        {
            result.code: max((verdict(part, result) for part in own), key=_WORSE.__getitem__, default=Verdict.YES)
            for result in _grantable()
        }
    )


def verdict(part: Licence, result: Licence) -> Verdict:
    """Tell whether an adaptation of a work under *part* may be published under *result*."""
    known = _adaptations().get((part.code, result.code))
    if known is not None:
        return known.allowed
    if part.no_derivatives or not (part.open or part.non_commercial):
        return Verdict.NO
    if part.kind == "other":
        return Verdict.UNCLEAR
    if part == result:
        return Verdict.YES
    meets = (
        not part.share_alike
        and (result.attribution or not part.attribution)
        and (result.non_commercial or not part.non_commercial)
    )
    return Verdict.YES if meets else Verdict.NO


@cache
def _grantable() -> tuple[Licence, ...]:
    return tuple(
        one for one in licences().values() if not one.superseded and not one.no_derivatives and one.kind in _GRANTABLE
    )


@cache
def _adaptations() -> Mapping[tuple[str, str], _Adaptation]:
    return MappingProxyType(
        {
            (row["licence"], row["result"]): _Adaptation(
                Verdict(row["allowed"]), row["source"], LangString(row["note_de"], row["note_en"])
            )
            for row in read_table("licence-adaptations")
        }
    )


def _ranked(found: Sequence[Licence], parts: Sequence[Licence]) -> tuple[Licence, ...]:
    """Put open licences first, then those the parts are under already, then recommended ones."""
    return tuple(
        sorted(found, key=lambda one: (not one.open, one not in parts, one.recommended or len(licences()), one.code))
    )


def _reasons(parts: Sequence[Licence], answer: Verdict, suggested: Sequence[Licence]) -> list[Reason]:
    reasons = [Reason((part.code,), _asks(part), part.url) for part in parts]
    if answer is Verdict.NO:
        reasons += _conflicts(parts)
    wanted = [(part.code, result.code) for part in parts for result in suggested]
    notes = [(pair, _adaptations()[pair]) for pair in wanted if pair in _adaptations()]
    return reasons + [Reason(tuple(dict.fromkeys(pair)), one.note, one.source) for pair, one in notes]


def _conflicts(parts: Sequence[Licence]) -> list[Reason]:
    """Say which licences shut each other out; those that shut out everything have said so themselves."""
    alive = [part for part in parts if set(verdicts((part,)).values()) != {Verdict.NO}]
    found = [
        Reason((one.code, other.code), _shut_out(one, other))
        for one, other in combinations(sorted(alive, key=lambda part: part.code), 2)
        if set(verdicts((one, other)).values()) == {Verdict.NO}
    ]
    if found or len(alive) < len(parts):
        return found
    sentence = LangString(
        "Je zwei dieser Lizenzen vertragen sich, aber keine Lizenz genügt allen zugleich.",
        "Any two of these licences go together, but no licence meets all of them at once.",
    )
    return [Reason(tuple(sorted(part.code for part in parts)), sentence)]


def _shut_out(one: Licence, other: Licence) -> LangString:
    return LangString(
        f"Keine Lizenz genügt zugleich „{one.title.de}“ und „{other.title.de}“: "
        "was die eine für das Ergebnis verlangt, lässt die andere nicht zu.",
        f"No licence meets both “{one.title.in_language('en')}” and “{other.title.in_language('en')}”: "
        "what the one asks of the result the other does not allow.",
    )


_CONDITIONS: tuple[tuple[str, LangString], ...] = (
    (
        "closed",
        LangString(
            "erlaubt keine Weiterverwendung; sie muss beim Rechteinhaber erfragt werden",
            "allows no reuse; ask whoever holds the rights",
        ),
    ),
    (
        "no_derivatives",
        LangString(
            "erlaubt keine Bearbeitung: eine Verbindung mit anderen Daten darf nicht veröffentlicht werden",
            "allows no adaptation: a combination with other data may not be published",
        ),
    ),
    (
        "unknown",
        LangString(
            "nennt ihre Bedingungen hier nicht; sie müssen beim Herausgeber gelesen werden",
            "does not say its terms here; read them at the publisher's",
        ),
    ),
    (
        "share_alike",
        LangString(
            "verlangt, das Ergebnis unter dieselbe oder eine ausdrücklich verträgliche Lizenz zu stellen",
            "asks that the result is under the same or an expressly compatible licence",
        ),
    ),
    (
        "non_commercial",
        LangString(
            "verlangt, dass auch das Ergebnis nur nicht kommerziell genutzt wird",
            "asks that the result too is used non-commercially only",
        ),
    ),
    (
        "attribution",
        LangString(
            "verlangt, die Quelle zu nennen und Änderungen kenntlich zu machen",
            "asks to name the source and to say what was changed",
        ),
    ),
)


def _asks(part: Licence) -> LangString:
    """Say in a sentence what a licence asks of a combination."""
    holds = {
        "closed": not part.open and not part.non_commercial and not part.no_derivatives,
        "unknown": part.kind == "other" and part.open,
        "no_derivatives": part.no_derivatives,
        "share_alike": part.share_alike,
        "non_commercial": part.non_commercial,
        "attribution": part.attribution,
    }
    said = [text for name, text in _CONDITIONS if holds[name]]
    nothing = LangString("stellt keine Bedingung", "sets no condition")
    german = "; ".join(text.de for text in said or [nothing])
    english = "; ".join(text.in_language("en") for text in said or [nothing])
    return LangString(f"„{part.title.de}“ {german}.", f"“{part.title.in_language('en')}” {english}.")
