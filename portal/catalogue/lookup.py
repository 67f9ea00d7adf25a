"""Finding what an address names, or saying in words why it cannot be had."""

import difflib
import re

from sqlalchemy.orm import Session

from portal.catalogue.dataset import State
from portal.catalogue.reading import DatasetStanding, published_slugs, standing, tables_of, version_of
from portal.catalogue.version import Table, Version
from portal.foundation.errors import Gone, NotFound

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,199}")

_MAX_COMPARED = 5_000
"""Names looked through for a similar one; more would cost more than the answer is worth."""


def public_dataset(session: Session, slug: str) -> DatasetStanding:
    """Give where a public dataset stands.

    Raises:
        NotFound: there is none; similar names are among the facts.
        Gone: it was withdrawn; the reason is among the facts.
    """
    stands = standing(session, slug) if _SLUG.fullmatch(slug) else None
    if stands is None:
        names = list(session.scalars(published_slugs().limit(_MAX_COMPARED)))
        raise NotFound(
            f"There is no dataset {slug[:100]!r}.",
            detail_de=f"Es gibt keinen Datensatz {slug[:100]!r}.",
            similar=difflib.get_close_matches(slug[:100], names, n=3),
        )
    if stands.state is State.WITHDRAWN:
        reason_de = stands.reason_de or ""
        raise Gone(
            f"The dataset {slug!r} was withdrawn: {stands.reason_en or reason_de}",
            detail_de=f"Der Datensatz {slug!r} wurde zurückgezogen: {reason_de}",
            withdrawn=stands.modified_at,
        )
    return stands


def public_version(session: Session, slug: str, number: int | None) -> Version:
    """Give a version of a public dataset, the current one for None.

    Raises:
        NotFound: there is no such dataset or version.
        Gone: the dataset was withdrawn.
    """
    stands = public_dataset(session, slug)
    version = version_of(session, stands.id, number or stands.current or 0)
    if version is None:
        raise no_such_version(slug, number)
    return version


def public_table(session: Session, slug: str, name: str, number: int | None = None) -> tuple[Version, Table]:
    """Give a table of a public dataset and the version it belongs to.

    Raises:
        NotFound: there is no such dataset, version or table; the tables there are stand among the facts.
        Gone: the dataset was withdrawn.
    """
    version = public_version(session, slug, number)
    tables = tables_of(session, version.id)
    for table in tables:
        if table.name == name:
            return version, table
    raise no_such_table(slug, name, [table.name for table in tables])


def no_such_table(slug: str, name: str, there: list[str]) -> NotFound:
    """Give the error for a table that does not exist, with the names of those that do."""
    return NotFound(
        f"The dataset {slug!r} has no table {name[:100]!r}.",
        detail_de=f"Der Datensatz {slug!r} hat keine Tabelle {name[:100]!r}.",
        tables=there,
    )


def no_such_version(slug: str, number: int | None) -> NotFound:
    """Give the error for a version that does not exist."""
    return NotFound(
        f"The dataset {slug!r} has no version {number}.",
        detail_de=f"Der Datensatz {slug!r} hat keine Version {number}.",
    )
