"""`/combinations/{slug}.csv`: a saved combination as a file at a short address that never moves, in every format."""

from flask import Blueprint, request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from portal.foundation.errors import InvalidInput
from portal.web.api.combination_answers import asked_of_combination
from portal.web.api.row_forms import answer_file, form_of
from portal.web.context import portal

combination_files = Blueprint("combination_files", __name__)

_PARAMETERS = ("revision", "versions")


@combination_files.get("/combinations/<name>")
def combination_file(name: str) -> Response:
    """Give a saved combination in the format that the suffix names; without one, lead to its description.

    Raises:
        NotFound: there is no such combination, revision, version or format.
        Gone: it was removed, or a dataset was withdrawn.
        InvalidInput: there are other parameters than `revision` and `versions`.
    """
    slug, dot, suffix = name.partition(".")
    if not dot:
        return redirect(f"{portal().settings.public_url}/api/v1/combinations/{slug}", 303)
    form = form_of(f".{suffix}")
    wrong = sorted(name for name, values in request.args.lists() if name not in _PARAMETERS or len(values) > 1)
    if wrong:
        raise InvalidInput(
            f"Unknown or repeated parameters: {', '.join(wrong)[:200]}. There are: {', '.join(_PARAMETERS)}.",
            detail_de=f"Unbekannte oder doppelte Parameter: {', '.join(wrong)[:200]}. Es gibt: {', '.join(_PARAMETERS)}.",
            parameters=list(_PARAMETERS),
        )
    return answer_file(asked_of_combination(slug, request.args.to_dict()), form)
