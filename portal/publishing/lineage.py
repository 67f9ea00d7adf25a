"""What an answer was made of: datasets in their versions, the licence that their combination may have, and whom to credit.

    (dataset, version) …  ──input_of──▶  Input …  ──lineage_of──▶  Lineage ──as_dict──▶  member of JSON answers

An answer made of one dataset has a lineage too; its licence is then that of the dataset. What may be combined is decided in
portal/vocabularies/combining.py and told in docs/licences.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.catalogue.dataset import Dataset
from portal.catalogue.version import Version
from portal.foundation.config import Settings
from portal.foundation.text import LANGUAGES, LangString
from portal.publishing.descriptor import licence_of
from portal.publishing.documents import licence_object
from portal.vocabularies.combining import Combination, Verdict, combine
from portal.vocabularies.licences import Licence, attribution

_SUMMARIES = {
    Verdict.YES: LangString(
        "Ja. Das Ergebnis darf veröffentlicht werden unter: {}.", "Yes. The result may be published under: {}."
    ),
    Verdict.UNCLEAR: LangString(
        "Unklar. Was fehlt, sagen die Gründe; vielleicht geht: {}.",
        "Unclear. The reasons say what is missing; perhaps possible: {}.",
    ),
    Verdict.NO: LangString(
        "Nein. Eine Verbindung darf unter keiner Lizenz veröffentlicht werden.",
        "No. A combination may not be published under any licence.",
    ),
}
_CHANGED = LangString("Daten zusammengeführt und bearbeitet.", "Data combined and adapted.")
"""What the Datenlizenz Deutschland (section 3) and CC BY 4.0 (section 3 a 1 B) ask to be said of changes."""


@dataclass(frozen=True, kw_only=True)
class Input:
    """A version of a dataset that went into an answer."""

    dataset: str
    version: int
    title: LangString
    url: str
    """Address of just this version."""
    licence: Licence
    credit: LangString
    """The line that credits the dataset."""

    def as_dict(self) -> dict[str, object]:
        """Give the input as JSON answers show it."""
        return {
            "name": self.dataset,
            "version": self.version,
            "title": self.title.as_dict(),
            "licence": self.licence.code,
            "url": self.url,
        }


@dataclass(frozen=True)
class Lineage:
    """What went into an answer, and what follows for whoever passes it on."""

    inputs: tuple[Input, ...]
    """Each once, in the order in which they were named; at least one."""
    combination: Combination

    @property
    def answer(self) -> Verdict:
        """May the answer be published?"""
        return self.combination.answer

    @property
    def licence(self) -> Licence | None:
        """The licence to publish it under; None: there is none, or it is unclear."""
        return self.combination.suggested[0] if self.answer is Verdict.YES else None

    @property
    def summary(self) -> LangString:
        return told(self.combination)

    @property
    def credit(self) -> LangString:
        """The line to paste: all inputs, and that their data were changed."""
        return credit_line([one.credit for one in self.inputs])

    def as_dict(self) -> dict[str, object]:
        """Give the lineage as JSON answers show it: like the answer of `/api/v1/licences/combine?datasets=…`."""
        return {
            **verdict_object(self.combination),
            "credit": credit_object(self.combination, [one.credit for one in self.inputs]),
            "datasets": [one.as_dict() for one in self.inputs],
        }


def lineage_of(inputs: Iterable[Input]) -> Lineage:
    """Give the lineage of an answer made of *inputs*, of which the same may come more than once.

    Raises:
        InvalidInput: there are none, or more than a hundred licences.
    """
    own = tuple(dict.fromkeys(inputs))
    return Lineage(own, combine([one.licence for one in own]))


def combine_url(lineage: Lineage, settings: Settings) -> str:
    """Give the address that says whether the datasets of *lineage* may be combined, and why."""
    slugs = ",".join(dict.fromkeys(one.dataset for one in lineage.inputs))
    return f"{settings.public_url}/api/v1/licences/combine?datasets={slugs}"


def input_of(session: Session, version: Version, settings: Settings) -> Input:
    """Give a version of a dataset as an input."""
    dataset = session.get_one(Dataset, version.dataset_id)
    licence, title = licence_of(version.descriptor), LangString.of(version.descriptor, "title")
    url = f"{settings.public_url}/datasets/{dataset.slug}"
    return Input(
        dataset=dataset.slug,
        version=version.number,
        title=title,
        url=f"{url}/v/{version.number}",
        licence=licence,
        credit=attribution(licence, publisher=dataset.publisher.name, title=title, url=url),
    )


def verdict_object(found: Combination) -> dict[str, object]:
    """Give the answer to "may they be combined" as JSON answers show it."""
    return {
        "of": [one.code for one in found.parts],
        "answer": found.answer,
        "summary": told(found).as_dict(),
        "publishUnder": [licence_object(one) for one in found.suggested],
        "alsoPossible": [one.code for one in found.also_possible],
        "reasons": [
            {"licences": one.licences, "sentence": one.sentence.as_dict(), "source": one.source}
            for one in found.reasons
        ],
    }


def credit_object(found: Combination, lines: Sequence[LangString]) -> dict[str, object]:
    """Give whom to credit as JSON answers show it: a line for each part, and all in one."""
    return {
        "required": bool(found.credits),
        "lines": [line.as_dict() for line in lines],
        "line": credit_line(lines).as_dict(),
    }


def credit_line(lines: Sequence[LangString]) -> LangString:
    """Give all credit lines in one, with the note that the data were changed."""
    return LangString(
        *(f"{'; '.join(line.in_language(tag) for line in lines)}. {_CHANGED.in_language(tag)}" for tag in LANGUAGES)
    )


def told(found: Combination) -> LangString:
    """Say in a sentence whether a combination may be published, and under which licences."""
    said = _SUMMARIES[found.answer]
    return LangString(
        *(
            said.in_language(tag).format("; ".join(one.title.in_language(tag) for one in found.suggested))
            for tag in LANGUAGES
        )
    )
