"""Revisions of a draft as entity tags, and what a client sent of them (RFC 9110, 13.1.1; RFC 6585, 3)."""

import re

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
