"""What an operation may refuse, said in the OpenAPI document: status, when, and that it is a problem document."""

from collections.abc import Callable
from typing import Any, cast

from flask_smorest import Blueprint

from portal.web.api.openapi import ASKED
from portal.web.api.schemas import ProblemSchema
from portal.web.problems import PROBLEM_JSON

_WHEN = {
    400: "A parameter is not understood",
    401: "Nobody, or not known who, asks",
    403: "You may not do this here",
    404: "There is no such thing",
    409: "The state it is in does not allow it, or somebody else was faster",
    410: "Withdrawn, with the reason",
    412: "It was changed since you looked at it",
    413: "The file is larger than the operator allows",
    422: "The content breaks a rule; every finding is in the document. Of a query: it takes too long",
    428: "If-Match is missing",
}

View = Callable[..., Any]  # Any: a view of flask-smorest


def refuses(blueprint: Blueprint, *statuses: int) -> Callable[[View], View]:
    """Document that an operation of *blueprint* may answer with these statuses; with 401 it asks who sends the request."""

    def dressed(view: View) -> View:
        for status in statuses:
            view = blueprint.alt_response(
                status, schema=ProblemSchema, content_type=PROBLEM_JSON, description=_WHEN[status]
            )(view)
        return cast(View, blueprint.doc(security=ASKED)(view)) if 401 in statuses else view

    return dressed
