"""What is said of a file as it is sent, held against what there is to say: a slip must not go unnoticed.

What was remembered from an earlier file is not asked (`Choices.of` reads it): it was, when it was said.
"""

from collections.abc import Collection, Mapping
from typing import Any

from portal.foundation.errors import InvalidInput
from portal.foundation.tableschema import ColumnType
from portal.ingest.receive.delivery import Choices, ColumnChoice
from portal.ingest.report import Remedy

ACCEPTABLE = frozenset(
    {
        "date-ambiguous", "dialect-unsure", "double-encoding", "duplicate-column", "encoding-unsure", "external-links",
        "forbidden-character", "formula-error", "guarded-text", "heading-row", "merged-cells", "misplaced-quote", "missing-marker",
        "mixed-encoding", "mixed-types", "multi-line-header", "nested-list", "no-header", "number-ambiguous", "number-or-date",
        "number-with-blanks", "not-a-number", "other-sheets", "outer-blanks", "ragged-row", "repeated-header",
        "replacement-character", "row-too-long", "several-lists", "swapped-coordinates", "total-row", "two-digit-year",
        "unknown-column", "unnamed-column", "unterminated-quote",
    }
    | {f"not-a-{kind}" for kind in ColumnType if kind is not ColumnType.STRING}
)  # fmt: skip
"""Codes of findings that may come with a remedy."""

REMEDIES: Mapping[str, tuple[str, ...]] = {
    "accept-external-links": (),
    "as-missing": ("column", "value"),
    "drop-column": ("column",),
    "drop-repeated-headers": (),
    "drop-rows": ("label",),
    "empty-formula-errors": (),
    "keep-apostrophes": (),
    "keep-double-encoding": (),
    "keep-merged-gaps": (),
    "keep-replacement-characters": (),
    "keep-rows": ("label",),
    "list-as-json": ("column",),
    "no-header": (),
    "one-list": (),
    "pad-rows": (),
    "read-as": ("column", "type"),
    "read-dialect": (),
    "read-encoding": ("encoding",),
    "read-header": ("rows",),
    "remove-apostrophes": ("column",),
    "rename-column": ("column", "name"),
    "repair-double-encoding": (),
    "repair-mixed-encoding": (),
    "strip-control-characters": (),
    "swap-coordinates": (),
    "take-sheet": ("sheet",),
    "trim-blanks": ("column",),
}
"""Remedy ↔ what it has to say: its column, or parameters."""

_PROPOSED = "proposed"
"""`portal receive` lists below it, beside the choices, what could be accepted."""


def require_acceptable(codes: Collection[str]) -> None:
    """Refuse codes of findings that no finding has, or none with a remedy.

    Raises:
        InvalidInput: with the codes there are.
    """
    if wrong := sorted(set(codes) - ACCEPTABLE):
        raise _unknown("accept", wrong, ACCEPTABLE)


def stated_choices(described: Any) -> Choices:  # Any: JSON
    """Read choices that somebody makes for this file.

    Raises:
        InvalidInput: they are none, or hold a key, a remedy or a type that is not known.
    """
    choices = Choices.of(described)
    _hold(described, choices)
    return choices


def _hold(described: Mapping[str, Any], choices: Choices) -> None:  # Any: JSON
    _require_keys("choices", described, {*Choices.__dataclass_fields__, _PROPOSED})
    for one in described.get("columns", {}).values():
        _require_keys("choices.columns", one, ColumnChoice.__dataclass_fields__)
    for one in described.get("accepted", ()):
        _require_keys("choices.accepted", one, Remedy.__dataclass_fields__)
    for remedy in choices.accepted:
        _require_remedy(remedy)
    for name, part in choices.parts.items():
        _hold(described["parts"][name], part)


def _require_keys(place: str, described: Mapping[str, Any], known: Collection[str]) -> None:  # Any: JSON
    if wrong := sorted(set(described) - set(known)):
        raise _unknown(place, wrong, known)


def _require_remedy(remedy: Remedy) -> None:
    if remedy.code not in REMEDIES:
        raise _unknown("choices.accepted", [remedy.code], REMEDIES)
    said = {*remedy.parameters, *(["column"] if remedy.column is not None else ())}
    if lacking := [one for one in REMEDIES[remedy.code] if one not in said]:
        raise InvalidInput(
            f"The remedy {remedy.code!r} has to say: {', '.join(lacking)}.",
            detail_de=f"Zu {remedy.code!r} gehört die Angabe: {', '.join(lacking)}.",
        )
    kind, rows = remedy.parameters.get("type"), remedy.parameters.get("rows")
    if remedy.code == "read-as" and kind not in set(ColumnType):
        raise _unknown("choices.accepted: type", [str(kind)], set(ColumnType))
    if remedy.code == "read-header" and not (rows and rows.isascii() and rows.isdigit() and len(rows) < _MANY_ROWS):
        raise InvalidInput(
            "The rows of a header are a whole number, 9999 at most.",
            detail_de="Die Zeilen der Spaltennamen sind eine ganze Zahl, höchstens 9999.",
        )


_MANY_ROWS = 5
"""Digits of a number that no table has rows of names for."""


def _unknown(place: str, wrong: Collection[str], known: Collection[str]) -> InvalidInput:
    shown, there = ", ".join(one[:80] for one in list(wrong)[:10]), ", ".join(sorted(known))
    return InvalidInput(
        f"{place}: unknown: {shown}. There are: {there}.",
        detail_de=f"{place}: unbekannt: {shown}. Es gibt: {there}.",
        known=sorted(known),
    )
