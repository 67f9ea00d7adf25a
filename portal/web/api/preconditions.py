"""What a client says it has seen before it changes something (RFC 9110, 13.1; RFC 6585, 3).

A draft has its revision as entity tag. Publishers and combinations have the one that GET sends; it may be left out there, as
nothing is lost: the log, or a revision, keeps what was.
"""

import re
from collections.abc import Callable

from flask import request

from portal.catalogue.draft import Draft
from portal.foundation.errors import Outdated, Unconditional

_TAG = re.compile(r'"r([0-9]{1,9})"')


def revision_tag(draft: Draft) -> str:
    """Give the strong entity tag of a draft's revision."""
    return f'"r{draft.revision}"'


def sent_revision() -> int | None:
    """Give the revision that `If-Match` names; None: no header, or `*`.

    Raises:
        Outdated: it names something that is no revision of a draft.
    """
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        return None
    found = _TAG.fullmatch(given)
    if found is None:
        raise Outdated(
            f'If-Match must be the ETag of the draft, such as "r3", not {given[:60]!r}.',
            detail_de=f'If-Match muss das ETag des Entwurfs sein, etwa "r3", nicht {given[:60]!r}.',
        )
    return int(found[1])


def require_unchanged(tag: Callable[[], str | None], *, exists: bool) -> None:
    """See that a thing is still what the client saw, if it says what that was: by `If-Match` or `If-None-Match`.

    *tag* gives the entity tag that GET sends, None where GET has no answer.

    Raises:
        Outdated: it is another by now, or is or is not there against what was said.
    """
    if "If-Match" in request.headers:
        now, seen = tag(), request.if_match
        if not exists or not (seen.star_tag or (now and (seen.contains(now) or seen.contains(f"{now}-gz")))):
            raise Outdated(
                "It was changed since you read it; please look at it again.",
                detail_de="Es wurde seit dem Lesen geändert; bitte neu ansehen.",
            )
    if "If-None-Match" in request.headers and exists:
        now, known = tag(), request.if_none_match
        if known.star_tag or (now and (known.contains_weak(now) or known.contains_weak(f"{now}-gz"))):
            raise Outdated("There is one already.", detail_de="Es gibt schon eines.")


def required_revision() -> int:
    """Give the revision that `If-Match` names, which must be there.

    Raises:
        Unconditional: there is none.
        Outdated: it names something that is no revision of a draft.
    """
    revision = sent_revision()
    if revision is None:
        raise Unconditional(
            "Send If-Match with the ETag of the draft that you looked at, so that no change of others is lost.",
            detail_de="Bitte If-Match mit dem ETag des angesehenen Entwurfs senden, damit keine Änderung anderer verloren geht.",
        )
    return revision
