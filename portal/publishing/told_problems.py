"""Why something failed, kept in two parts: what may stand in the database, and what quotes data.

    database        slug, number of findings by code, digest of the rest
    drafts' store   the sentence, the findings with row, column and value

A sentence such as “row 3, column phone, value '…'” quotes too. What may be withheld is thus nowhere but among the drafts
(docs/adr/0021), and goes with them.
"""

import json
from collections import Counter
from typing import Any

from portal.foundation.errors import NotFound, PortalError
from portal.store.local import LocalStore

Described = dict[str, Any]  # Any: JSON

DETAILS = "details"
"""Where the kept part says the digest of the rest."""


def keep_problem(drafts: LocalStore, error: PortalError) -> Described:
    """Put the particulars of an error into the store and give what the database may hold."""
    told = {"slug": error.slug, "detail": error.detail.as_dict(), **error.facts}
    digest = keep_told(drafts, told)
    counts = Counter(str(one["code"]) for one in findings_in(told) if "code" in one)
    return {"slug": error.slug, "counts": dict(counts), DETAILS: digest}


def told_problem(drafts: LocalStore, kept: Described | None) -> Described | None:
    """Give all that is known of a problem; once the particulars are gone, what the database holds."""
    if kept is None:
        return None
    shown = {key: value for key, value in kept.items() if key != DETAILS}
    try:
        return {**shown, **json.loads(drafts.read(kept[DETAILS]))} if DETAILS in kept else shown
    except NotFound:
        return shown


def keep_told(drafts: LocalStore, told: Described) -> str:
    """Put something that quotes data into the store and give its digest."""
    with drafts.workshop() as workshop:
        path = workshop / "told.json"
        path.write_text(json.dumps(told, ensure_ascii=False, default=str), encoding="utf-8")
        return drafts.adopt([path])[path].digest


def findings_in(told: Described) -> list[Described]:
    """Give the findings among the facts of an error."""
    findings = told.get("findings", [])
    return [one for one in findings if isinstance(one, dict)] if isinstance(findings, list) else []
