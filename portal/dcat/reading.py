"""Read the descriptor of a dataset: lists that may be single values, texts in two languages, codes, addresses."""

from collections.abc import Mapping
from typing import Any

from portal.dcat.described import DescribedDataset
from portal.dcat.properties import CODED_BY_KEY, HVD_REGULATION, Coded
from portal.dcat.subject import web_address
from portal.foundation.errors import InvalidInput
from portal.foundation.text import LangString
from portal.vocabularies.concepts import Concept, concept
from portal.vocabularies.licences import Licence, licence, successor


def dcat_of(dataset: DescribedDataset) -> Mapping[str, Any]:  # Any: JSON, each value checked below
    """Give the `dcat` object of the descriptor, empty where there is none."""
    described = dataset.descriptor.get("dcat") or {}
    if not isinstance(described, Mapping):
        raise InvalidInput("`dcat` must be an object.", detail_de="`dcat` muss ein Objekt sein.")
    return described


def listed(described: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Give the values of *key*: none, a single one, or a list, as texts."""
    value = described.get(key)
    if value is None or value == "":
        return ()
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else (str(value),)


def coded(dataset: DescribedDataset, row: Coded) -> tuple[Concept, ...]:
    """Give the vocabulary terms the descriptor names for *row*, or the row's default.

    Raises:
        InvalidInput: a code is unknown, or there are several where DCAT-AP allows one.
    """
    codes = listed(dcat_of(dataset), row.key) or row.default
    if len(codes) > 1 and not row.many:
        raise InvalidInput(
            f"{row.key} takes one value, not {', '.join(codes)}.",
            detail_de=f"{row.key} nimmt einen Wert, nicht {', '.join(codes)}.",
            property=row.key,
        )
    return tuple(concept(row.scheme, code) for code in codes)


def coded_by_key(dataset: DescribedDataset, key: str) -> tuple[Concept, ...]:
    return coded(dataset, CODED_BY_KEY[key])


def legislation(dataset: DescribedDataset) -> tuple[str, ...]:
    """Give the acts that demand the data; a high-value dataset always names the regulation (DCAT-AP HVD 3.0)."""
    named = listed(dcat_of(dataset), "applicableLegislation")
    acts = [web_address(act, "applicableLegislation") for act in named]
    if listed(dcat_of(dataset), "hvdCategory") and HVD_REGULATION not in acts:
        acts.append(HVD_REGULATION)
    return tuple(acts)


def licence_of(dataset: DescribedDataset) -> Licence:
    """Give the licence of the dataset, in the spelling to publish under.

    Raises:
        InvalidInput: the descriptor names none, or one that the registry does not know.
    """
    named = dataset.descriptor.get("licenses") or ()
    first = named[0] if isinstance(named, list | tuple) and named else {}
    spelling = (first.get("name") or first.get("path")) if isinstance(first, Mapping) else None
    if not spelling:
        raise InvalidInput(
            f"Dataset {dataset.slug!r} names no licence.",
            detail_de=f"Der Datensatz {dataset.slug!r} nennt keine Lizenz.",
            property="licenses",
        )
    return successor(licence(str(spelling)))


def title_of(dataset: DescribedDataset) -> LangString:
    return LangString.of(dict(dataset.descriptor), "title")


def both_languages(value: object, what: str) -> LangString:
    """Read `{"de": …, "en": …}`; a plain text is German.

    Raises:
        InvalidInput: it is neither.
    """
    if isinstance(value, str):
        return LangString(value)
    if isinstance(value, Mapping) and value.get("de"):
        return LangString(str(value["de"]), str(value["en"]) if value.get("en") else None)
    raise InvalidInput(
        f"{what} needs a text under `de`.", detail_de=f"{what} braucht einen Text unter `de`.", property=what
    )
