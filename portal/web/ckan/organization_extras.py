"""What is said of a publisher beside CKAN's own fields, as extras of its organization: one table, read both ways."""

from portal.catalogue.publisher import Publisher

ORGANIZATION_EXTRAS = {
    "title_en": "name_en",
    "homepage": "homepage",
    "publisher_type": "type_code",
    "default_license": "default_licence",
}
"""Key of an extra ↔ fact of the publisher."""

CONTACT = {"contact_name": "name", "contact_email": "email", "contact_url": "url"}
"""Key of an extra ↔ fact of its contact."""


def organization_extras(publisher: Publisher) -> list[dict[str, str]]:
    """Give the extras of a publisher."""
    found = {key: getattr(publisher, fact) for key, fact in ORGANIZATION_EXTRAS.items()}
    found |= {key: publisher.contact.get(fact) for key, fact in CONTACT.items()}
    return [{"key": key, "value": str(value)} for key, value in found.items() if value]
