"""`package_search`: which entries fit, in which order, counted by which fields."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.foundation.errors import InvalidSearch, UnreadableSearch
from portal.web.ckan.arguments import Arguments
from portal.web.ckan.catalogue import Entry, words
from portal.web.ckan.query import Query, parse, plain_words

MAX_ROWS = 1_000
"""As CKAN's: a larger number is capped."""

_DEFAULT_SORT = "score desc, metadata_modified desc"
_WEIGHTS = (("title", 4), ("keywords", 2), ("text", 1))
"""A word counts more where it stands in the title."""

_PARAMETERS = frozenset(
    (
        "q", "fq", "fq_list", "rows", "start", "sort", "facet", "facet.field", "facet.limit", "facet.mincount", "fl",
        "include_private", "include_drafts", "include_deleted", "use_default_schema", "qf", "bf", "boost", "tie",
        "defType", "mm", "df", "q.op", "wt", "qt", "callback",
    )
)  # fmt: skip

_Key = Callable[[Entry, Query], Any]  # Any: whatever can be ordered


def _score(entry: Entry, query: Query) -> int:
    return sum(
        weight for name, weight in _WEIGHTS for word in query.words if any(word in one for one in entry.texts[name])
    )


SORTS: Mapping[str, _Key] = {
    "score": _score,
    "name": lambda entry, _: entry.name,
    "id": lambda entry, _: entry.id,
    "title": lambda entry, _: words(entry.title),
    "title_string": lambda entry, _: words(entry.title),
    "metadata_created": lambda entry, _: entry.created,
    "metadata_modified": lambda entry, _: entry.modified,
    "organization": lambda entry, _: entry.fields["organization"],
    "license_id": lambda entry, _: entry.fields["license_id"],
    "views_recent": lambda _entry, _: 0,
}
"""What can be sorted by; nobody counts views here."""


@dataclass(frozen=True)
class Search:
    """What was asked for."""

    query: Query
    filters: Sequence[Query]
    sort: str
    keys: Sequence[tuple[_Key, bool]]
    """The order: what by, and whether descending."""
    start: int
    rows: int
    facet_fields: Sequence[str]
    facet_limit: int
    facet_min: int
    fields: Sequence[str]
    """Of packages to give; empty: all."""


@dataclass(frozen=True)
class Found:
    """The entries that fit: a page of them, and counts over all."""

    page: Sequence[Entry]
    total: int
    facets: Mapping[str, Mapping[str, int]]


def read_search(arguments: Arguments, *, at: datetime) -> Search:
    """Read the parameters of `package_search`; relative times are counted from *at*.

    Raises:
        InvalidSearch: there is no such parameter or order.
        UnreadableSearch: a query cannot be parsed.
        InvalidInput: a number is none.
    """
    unknown = sorted(name for name in arguments.values if name not in _PARAMETERS and not name.startswith("ext_"))
    if unknown:
        raise InvalidSearch(f"Invalid search parameters: {[name[:80] for name in unknown[:10]]}")
    sort = arguments.text("sort") or _DEFAULT_SORT
    filters = [*_texts(arguments, "fq"), *_texts(arguments, "fq_list")]
    return Search(
        query=_free_query(arguments.text("q") or "*:*", at=at),
        filters=[parse(text, at=at) for text in filters],
        sort=sort,
        keys=_order(sort),
        start=arguments.whole("start", 0),
        rows=min(arguments.whole("rows", 10), MAX_ROWS),
        facet_fields=arguments.items("facet.field")[:50] if arguments.flag("facet", True) else (),
        facet_limit=_limit(arguments),
        facet_min=arguments.whole("facet.mincount", 1),
        fields=arguments.items("fl"),
    )


def search(entries: Sequence[Entry], asked: Search) -> Found:
    """Find what was asked for; ties are broken by name, so that pages neither lose nor double anything."""
    conditions = [asked.query.holds, *(one.holds for one in asked.filters)]
    found = sorted((one for one in entries if all(holds(one) for holds in conditions)), key=lambda one: one.name)
    for key, descending in reversed(asked.keys):
        found.sort(key=lambda entry: key(entry, asked.query), reverse=descending)
    facets = {name: _counts(found, name, asked) for name in asked.facet_fields}
    return Found(found[asked.start : asked.start + asked.rows], len(found), facets)


def _free_query(text: str, *, at: datetime) -> Query:
    try:
        return parse(text, at=at)
    except UnreadableSearch:
        if ":" in text:
            raise
        return plain_words(text)  # somebody typed an apostrophe or half a bracket


def _order(text: str) -> list[tuple[_Key, bool]]:
    keys = []
    for part in text.split(","):
        name, _, direction = part.strip().partition(" ")
        if name not in SORTS or direction.strip().lower() not in ("", "asc", "desc"):
            raise InvalidSearch(
                f"Invalid sort {part.strip()[:80]!r}; fields are {', '.join(SORTS)}, directions asc and desc.",
                detail_de=f"Ungültige Ordnung {part.strip()[:80]!r}; Felder sind {', '.join(SORTS)}.",
            )
        keys.append((SORTS[name], direction.strip().lower() == "desc"))
    return keys


def _counts(found: Sequence[Entry], name: str, asked: Search) -> dict[str, int]:
    counted = Counter(value for entry in found for value in entry.fields.get(name, ()))
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    kept = [(value, count) for value, count in ranked if count >= asked.facet_min]
    return dict(kept if asked.facet_limit < 0 else kept[: asked.facet_limit])


def _limit(arguments: Arguments) -> int:
    if str(arguments.values.get("facet.limit", "")).startswith("-"):
        return -1
    return arguments.whole("facet.limit", 50)


def _texts(arguments: Arguments, name: str) -> list[str]:
    """Give one or several filters; a text is one, whatever commas it has."""
    value = arguments.values.get(name)
    if isinstance(value, str) and not value.lstrip().startswith("["):
        return [arguments.text(name)] if value.strip() else []
    return arguments.items(name)
