"""The OpenAPI document taken at its word: what it does not name is refused before a view is reached.

Parameters that an operation does not have or that come twice, bodies that are no JSON, requests that do not say who
sends them where the document asks: a slip must not go unnoticed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from flask import Flask, request

from portal.foundation.errors import InvalidInput, UnreadableType
from portal.foundation.strict_json import read_json
from portal.web.api.openapi import Described, committed_document
from portal.web.auth import someone


@dataclass(frozen=True)
class _Operation:
    """What the document says of one method of one address."""

    parameters: frozenset[str]
    reads_json: bool
    needs_body: bool
    asks_who: bool
    names_columns: bool
    """It has parameters that are called as the columns of a table are: the view knows them."""


def register_strictness(app: Flask) -> None:
    """Hold every request to *app* against the document."""
    known = _operations()
    app.before_request(lambda: _hold_against(known))


@cache
def _operations() -> Mapping[tuple[str, str], _Operation]:
    """Give what the document says of every address and method; read once for both halves of the application."""
    return {
        (path, method.upper()): _operation(described)
        for path, methods in committed_document()["paths"].items()
        for method, described in methods.items()
        if isinstance(described, dict)
    }


def _operation(described: Described) -> _Operation:
    security = described.get("security", [{}])
    content = described.get("requestBody", {}).get("content", {})
    return _Operation(
        parameters=frozenset(one["name"] for one in described.get("parameters", ()) if one.get("in") == "query"),
        reads_json=bool(content) and all(media_type.endswith("json") for media_type in content),
        needs_body=bool(described.get("requestBody", {}).get("required", False)),
        asks_who={} not in security,
        names_columns=any(one["schema"].get("type") == "object" for one in described.get("parameters", ())),
    )


def _hold_against(known: Mapping[tuple[str, str], _Operation]) -> None:
    """Refuse what the document does not allow.

    Raises:
        Unauthenticated: the operation asks who sends the request, and it does not say.
        InvalidInput: with the parameters there are, or because the body is no JSON.
        UnreadableType: the body says that it is something else.
    """
    if request.url_rule is None:
        return
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", request.url_rule.rule)
    operation = known.get((path, "GET" if request.method == "HEAD" else request.method))
    if operation is None:
        return
    if operation.asks_who:
        someone()
    _refuse_unknown(frozenset(request.args) if operation.names_columns else operation.parameters)
    if operation.reads_json and (operation.needs_body or request.get_data(cache=True)):
        _refuse_unreadable()


def _refuse_unknown(allowed: frozenset[str]) -> None:
    given = dict(request.args.lists())
    _refuse_repeated(sorted(name for name, values in given.items() if name in allowed and len(values) > 1))
    wrong = sorted(given.keys() - allowed)
    if wrong:
        shown = ", ".join(name[:80] for name in wrong[:10])
        options = ", ".join(sorted(allowed)) or "none"
        raise InvalidInput(
            f"Unknown parameters: {shown}. There are: {options}.",
            detail_de=f"Unbekannte Parameter: {shown}. Es gibt: {options if allowed else 'keine'}.",
            parameters=sorted(allowed),
        )


def _refuse_repeated(names: list[str]) -> None:
    if names:
        shown = ", ".join(name[:80] for name in names[:10])
        raise InvalidInput(
            f"There more than once: {shown}. Each parameter is said once; rows with one of several values: column__in=a,b.",
            detail_de=f"Mehrfach angegeben: {shown}. Jeder Parameter steht einmal; Zeilen mit einem von mehreren Werten: spalte__in=a,b.",
            parameters=names[:10],
        )


def _refuse_unreadable() -> None:
    body = request.get_data(cache=True)
    if not request.is_json:
        raise UnreadableType(
            f"The body is to be application/json, not {request.mimetype[:80] or 'without a Content-Type'}.",
            detail_de=f"Der Inhalt muss application/json sein, nicht {request.mimetype[:80] or 'ohne Content-Type'}.",
        )
    read_json(body)
