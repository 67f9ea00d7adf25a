"""A dataset as CKAN's package: made from its descriptor, whether it is public or a draft with gaps."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.catalogue.dataset import Dataset
from portal.catalogue.publisher import Publisher
from portal.foundation.errors import InvalidInput
from portal.foundation.text import LangString
from portal.publishing.descriptor import licence_of
from portal.vocabularies.concepts import concept, concepts
from portal.vocabularies.licences import Licence, attribution
from portal.web.ckan.extras import found_at, shown_extras
from portal.web.ckan.ids import licence_id, plain_time, stable_id, tag_name

Shown = dict[str, Any]  # Any: JSON as CKAN gives it

OWN_FACTS = ("author", "author_email", "maintainer", "maintainer_email", "url")
"""Fields of a package that the publisher's facts fill, unless a package was sent with others (descriptor: `ckan`)."""


@dataclass(frozen=True, kw_only=True)
class PackageFacts:
    """What a package is made of."""

    dataset: Dataset
    publisher: Publisher
    descriptor: Shown
    state: str
    """`active`, or `draft`: what the public does not see."""
    version: int | None
    """Number of the public version; None: there is none."""
    created: datetime
    modified: datetime
    more: Mapping[str, str | None]
    """Extras that only this state has."""


def package_object(facts: PackageFacts, resources: Sequence[Shown], base_url: str) -> Shown:
    """Give a package as `package_show` does."""
    descriptor = facts.descriptor
    licence = licence_or_none(descriptor)
    tags = sorted({tag for keyword in descriptor.get("keywords", ()) if (tag := tag_name(keyword))})
    organization = organization_of(facts.publisher, base_url)
    return {
        "id": stable_id(f"{base_url}/id/dataset/{facts.dataset.slug}"),
        "name": facts.dataset.slug,
        "title": descriptor.get("title", ""),
        "notes": descriptor.get("description", ""),
        **own_facts(facts.publisher, facts.dataset.slug, facts.version, base_url),
        **kept_facts(descriptor),
        "state": facts.state,
        "type": "dataset",
        "private": False,
        "isopen": bool(licence and licence.open),
        "license_id": licence_id(licence.code) if licence else None,
        "license_title": licence.title.de if licence else None,
        "license_url": (licence.url or licence.iri) if licence else None,
        "owner_org": organization["id"],
        "creator_user_id": None,
        "metadata_created": plain_time(facts.created),
        "metadata_modified": plain_time(facts.modified),
        "num_resources": len(resources),
        "num_tags": len(tags),
        "organization": organization,
        "groups": [group_of(code) for code in themes_of(descriptor)],
        "tags": [tag_of(tag, base_url) for tag in tags],
        "extras": _extras(facts, licence, base_url),
        "resources": list(resources),
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def own_facts(publisher: Publisher, slug: str, version: int | None, base_url: str) -> Shown:
    """Give the fields of a package that follow from its publisher, its address and its public version."""
    return {
        "version": str(version or ""),
        "author": publisher.name_de,
        "author_email": None,
        "maintainer": publisher.contact.get("name") or publisher.name_de,
        "maintainer_email": publisher.contact.get("email") or None,
        "url": f"{base_url}/datasets/{slug}",
    }


def kept_facts(descriptor: Mapping[str, Any]) -> Shown:  # Any: JSON
    """Give the same fields as far as somebody has said them of the dataset itself."""
    return {name: value for name in OWN_FACTS if (value := found_at(descriptor, ("ckan", name)))}


def themes_of(descriptor: Mapping[str, Any]) -> list[str]:  # Any: JSON
    """Give the codes of the themes of a descriptor, which may have none yet."""
    return [concept("data-theme", code).code for code in found_at(descriptor, ("dcat", "theme")) or ()]


def licence_or_none(descriptor: Shown) -> Licence | None:
    """Give the licence of a descriptor that may lack it."""
    try:
        return licence_of(descriptor)
    except (IndexError, KeyError, InvalidInput):
        return None


def organization_of(publisher: Publisher, base_url: str) -> Shown:
    """Give a publisher as packages name it."""
    return {
        "id": stable_id(f"{base_url}/id/publisher/{publisher.slug}"),
        "name": publisher.slug,
        "title": publisher.name_de,
        "type": "organization",
        "description": "",
        "image_url": publisher.logo_url or "",
        "created": None,
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
    }


def group_of(code: str) -> Shown:
    """Give a theme as packages name it."""
    theme = concepts("data-theme")[code]
    return {
        "id": stable_id(theme.iri),
        "name": code.lower(),
        "title": theme.label.de,
        "display_name": theme.label.de,
        "description": "",
        "image_display_url": "",
    }


def tag_of(name: str, base_url: str) -> Shown:
    """Give a keyword as packages name it."""
    return {
        "id": stable_id(f"{base_url}/datasets?keyword={name}"),
        "name": name,
        "display_name": name,
        "state": "active",
        "vocabulary_id": None,
    }


def _extras(facts: PackageFacts, licence: Licence | None, base_url: str) -> list[dict[str, str]]:
    """Give what CKAN has no field for: what follows from other facts, and the table of extras.py."""
    slug, descriptor = facts.dataset.slug, facts.descriptor
    url = f"{base_url}/datasets/{slug}"
    title = LangString.of(descriptor, "title")
    line = attribution(licence, publisher=facts.publisher.name, title=title, url=url).de if licence else None
    keywords = descriptor.get("keywords", ())
    derived = {
        "uri": f"{base_url}/id/dataset/{slug}",
        "identifier": f"{base_url}/id/dataset/{slug}",
        "publisher_name": facts.publisher.name_de,
        "publisher_uri": f"{base_url}/id/publisher/{facts.publisher.slug}",
        "attribution": line,
        "theme": json.dumps([concepts("data-theme")[code].iri for code in themes_of(descriptor)]),
        "keywords": json.dumps(keywords, ensure_ascii=False) if any(tag_name(one) != one for one in keywords) else None,
        **facts.more,
    }
    found = {**shown_extras(descriptor), **{key: value for key, value in derived.items() if value}}
    return [{"key": key, "value": value} for key, value in found.items()]


DERIVED = frozenset(
    (
        "uri", "identifier", "publisher_name", "publisher_uri", "attribution", "theme", "keywords",
        "version_notes", "version_url", "draft_missing", "draft_url",
    )
)  # fmt: skip
"""Extras that this portal writes by itself; in a package that comes back they say nothing new."""

MARKS = frozenset(("version_url", "draft_url"))
"""Extras by which a package of such a portal is known."""
