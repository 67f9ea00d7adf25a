"""Saved combinations as JSON answers show them: a line in a list, and all that is known of one."""

from urllib.parse import urlencode

from portal.catalogue.combination import SavedCombination
from portal.publishing.combinations import forms_of
from portal.publishing.joining.files import pins
from portal.publishing.joining.joined import Joined, joined_object
from portal.publishing.proposing import schema_as_dict


def summary_object(saved: SavedCombination, base_url: str) -> dict[str, object]:
    """Give a saved combination as it stands in lists."""
    url = combinations_url(base_url)
    return {
        "name": saved.slug,
        "id": f"{base_url}/id/combination/{saved.slug}",
        "revision": saved.revision,
        "title": saved.title.as_dict(),
        "description": saved.description.as_dict(),
        "publisher": saved.publisher.slug,
        "dataset": saved.dataset,
        "table": saved.table_name,
        "join": saved.join,
        "query": saved.query,
        "datasets": list(saved.versions),
        "saved": saved.saved_at.isoformat(),
        "url": f"{url}/{saved.slug}",
        "pageUrl": f"{base_url}/combinations/{saved.slug}",
        "rowsUrl": f"{url}/{saved.slug}/rows",
    }


def combination_object(saved: SavedCombination, joined: Joined, base_url: str) -> dict[str, object]:
    """Give a saved combination with the versions it is made of, its columns, licence and files."""
    return {
        **summary_object(saved, base_url),
        "versions": joined.versions,
        "pinnedUrl": f"{combinations_url(base_url)}/{saved.slug}/rows?{pinning(saved, joined)}",
        **joined_object(joined),
        "schema": schema_as_dict(joined.schema),
        "files": [
            {
                "format": form.name,
                "url": f"{base_url}/combinations/{saved.slug}{form.suffix}",
                "mediatype": form.media_type.split(";")[0],
            }
            for form in forms_of(saved, joined)
        ],
    }


def combinations_url(base_url: str) -> str:
    return f"{base_url}/api/v1/combinations"


def pinning(saved: SavedCombination, joined: Joined) -> str:
    """Give the query that keeps an address on just this revision, made of just these versions."""
    return urlencode({"revision": saved.revision, "versions": pins(joined.versions)}, safe=":,")
