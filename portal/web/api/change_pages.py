"""A page of changed rows as JSON: the same head, whether two versions are compared or a draft with what is public."""

import json

from flask import Response

from portal.publishing.comparing.difference import AS_WHOLES
from portal.publishing.comparing.listing import ChangePage
from portal.publishing.comparing.pairs import TablePair


def change_page(
    first: dict[str, object], tables: TablePair, page: ChangePage, *, url: str, csv_url: str, total: int, limit: int
) -> Response:
    """Answer with *page*; *first* says what is compared, *url* is the address of the first page."""
    separator = "&" if "?" in url else "?"
    head = {
        **first,
        "comparedBy": "key" if tables.key else "row",
        "note": None if tables.key else AS_WHOLES.as_dict(),
        "csvUrl": csv_url,
        "total": total,
        "limit": limit,
        "next": f"{url}{separator}limit={limit}&after={page.last}" if page.last else None,
    }
    body = f'{json.dumps(head, ensure_ascii=False, separators=(",", ":"))[:-1]},"changes":[{",".join(page.changes)}]}}'
    response = Response(body, content_type="application/json")
    response.headers["Row-Count"] = str(len(page.changes))
    return response
