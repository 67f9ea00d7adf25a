"""Saved combinations for people: what is joined along which keys, what may be done with it, the first rows, the files."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template

from portal.catalogue.combination import count_combinations, public_combinations
from portal.foundation.db import reading
from portal.foundation.errors import Busy, InvalidInput, TooCostly
from portal.foundation.numbers import whole_number
from portal.publishing.combination_documents import made_of
from portal.publishing.combinations import forms_of
from portal.publishing.joining.joined import Joined, JoinedPart
from portal.web.combination_answers import FoundCombination
from portal.web.combination_objects import pinning
from portal.web.context import portal, told
from portal.web.row_answers import page_answer, tag_of

PAGE_SIZE = 50
_PREVIEW_ROWS = 5
_MAX_SLUG = 200


@dataclass(frozen=True)
class Branch:
    """A table of a combination, and those that were joined to it."""

    part: JoinedPart
    key: str
    """Which columns meet: `ideas.topic_table_id = groups.id`; empty: the table it begins with."""
    branches: "tuple[Branch, ...]"


def combination_page(found: FoundCombination) -> Response:
    """Show a saved combination as its address means it."""
    saved, joined, base_url = found.saved, found.joined, portal().settings.public_url
    rows, total, missing = _first_rows(found)
    api = f"/api/v1/combinations/{saved.slug}"
    page = render_template(
        "combination.html",
        saved=saved,
        joined=joined,
        shows=told(made_of(saved, joined)),
        tree=_branch(joined, 0),
        rows=rows,
        total=total,
        missing=missing,
        files=_files(found),
        api=api,
        here=f"/combinations/{saved.slug}",
        query=f"?{pinning(saved, joined)}" if found.given.keys() & {"revision", "versions"} else "",
        pinned=f"?{pinning(saved, joined)}",
        base_url=base_url,
        is_current=not found.given.keys() & {"revision", "versions"},
    )
    response = Response(page)
    response.headers["Link"] = found.served.licence
    response.last_modified = found.modified_at
    return response


def combinations_page(given: Mapping[str, str]) -> Response:
    """List saved combinations, in all or those that a dataset goes into.

    Raises:
        InvalidInput: `dataset` or `offset` is not what it should be.
    """
    dataset, offset = given.get("dataset"), whole_number("offset", given.get("offset", "0"), least=0)
    if dataset is not None and (len(dataset) > _MAX_SLUG or not dataset.isprintable()):
        raise InvalidInput("dataset is no readable text.", detail_de="dataset ist kein lesbarer Text.")
    with reading(portal().engine) as session:
        found = public_combinations(session, dataset=dataset, offset=offset, limit=PAGE_SIZE)
        total = count_combinations(session, dataset=dataset)
        page = render_template(
            "combinations.html", found=found, total=total, dataset=dataset, offset=offset, page_size=PAGE_SIZE
        )
    return Response(page)


def _branch(joined: Joined, place: int) -> Branch:
    """Give the part at *place* with what hangs on it."""
    part = joined.parts[place]
    children = [number for number, one in enumerate(joined.parts) if one.step is not None and one.parent == place]
    return Branch(part, _key(joined, part), tuple(_branch(joined, number) for number in children if number != place))


def _key(joined: Joined, part: JoinedPart) -> str:
    if part.step is None:
        return ""
    parent = joined.parts[part.parent].table
    pairs = zip(part.step.here, part.step.there, strict=True)
    where = [f"{name} = {value}" for name, value in part.step.key.where]
    return ", ".join([*(f"{parent}.{here} = {part.table}.{there}" for here, there in pairs), *where])


def _first_rows(found: FoundCombination) -> tuple[Sequence[dict[str, Any]], int | None, str]:  # Any: values of any type
    """Give the first rows, how many there are in all, and why they cannot be shown."""
    if "limit" in found.saved.query:
        asked = found.asked(limit=str(min(_PREVIEW_ROWS, int(found.saved.query["limit"]))))
    else:
        asked = found.asked(limit=str(_PREVIEW_ROWS), count="exact")
    try:
        answer = page_answer(portal(), asked)
    except (TooCostly, Busy) as error:
        return [], None, told(error.detail)
    page = json.loads(answer.identity.content or b"{}", parse_float=str)
    return page["rows"], page["total"], ""


def _files(found: FoundCombination) -> list[dict[str, Any]]:  # Any: what the template shows
    """Give the formats it comes in; sizes are known of what somebody has fetched before."""
    asked = found.asked()
    return [
        {
            "suffix": form.suffix,
            "title": told(form.title),
            "hint": told(form.hint),
            "file": portal().answers.known(tag_of(portal(), asked, form.name)),
        }
        for form in forms_of(found.saved, found.joined)
    ]
