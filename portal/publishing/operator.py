"""The operator: the publisher that the settings name, who is there from the first start."""

from contextlib import suppress

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from portal.catalogue.publisher import Publisher
from portal.foundation.config import Settings
from portal.foundation.db import transaction
from portal.vocabularies.concepts import concept


def ensure_operator(engine: Engine, settings: Settings) -> None:
    """Make the operator a publisher, or bring its name and contact up to date with the settings.

    Raises:
        InvalidInput: there is no such kind of publisher.
    """
    with transaction(engine) as session:
        named = select(Publisher).where(Publisher.slug == settings.operator)
        if session.scalar(named) is None:
            with suppress(IntegrityError), session.begin_nested():  # another start may be making it right now
                session.add(Publisher(slug=settings.operator, name_de=settings.operator_name_de, contact={}))
        operator = session.scalars(named).one()
        operator.name_de, operator.name_en = settings.operator_name_de, settings.operator_name_en
        operator.type_code = concept("publisher-type", settings.operator_type).code if settings.operator_type else None
        contact = {"name": settings.operator_name_de, "email": settings.contact_email}
        operator.contact = {key: value for key, value in contact.items() if value}
