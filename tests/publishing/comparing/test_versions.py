"""Two versions of the record side by side, on both databases."""

from datetime import timedelta
from pathlib import Path

import pytest

from portal.accounts.actor import command
from portal.foundation.db import reading
from portal.foundation.errors import Gone, InvalidInput, NotFound
from portal.foundation.text import LangString
from portal.publishing.comparing.difference import DatasetDifference, TableChange
from portal.publishing.comparing.versions import VersionPair, public_pair
from portal.publishing.withdrawal import withdraw
from portal.wiring import Portal
from tests.releases import NOON, publish, trees
from tests.templates import PortalWith


@pytest.fixture
def three_versions(portal_with: PortalWith) -> Portal:
    return portal_with(publish_three_versions)


def publish_three_versions(portal: Portal, folder: Path) -> None:
    """Publish `baeume` three times: then with a row more, then with another title."""
    publish(portal, trees(folder / "b", "Linde"))
    publish(portal, trees(folder / "b", "Linde", "Eiche"), at=NOON + timedelta(days=1))
    publish(portal, trees(folder / "b", "Linde", "Eiche", title="Stadtbäume"), at=NOON + timedelta(days=2))


def pair(portal: Portal, since: int, until: int | None = None, slug: str = "baeume") -> VersionPair:
    with reading(portal.engine) as session:
        return public_pair(session, portal.store, slug, since=since, until=until)


def difference(portal: Portal, since: int, until: int | None = None) -> DatasetDifference:
    return pair(portal, since, until).difference(portal.changes)


def test_two_versions_are_compared_and_the_current_one_is_the_default(three_versions: Portal) -> None:
    whole, last = difference(three_versions, 1), difference(three_versions, 2, 3)

    assert [(table.name, table.change, table.rows.added) for table in whole.tables] == [
        ("trees", TableChange.CHANGED, 1)
    ]
    assert [change.pointer for change in whole.metadata] == ["/title"]
    assert [table.change for table in last.tables] == [TableChange.UNCHANGED]
    assert difference(three_versions, 3).is_empty


def test_what_is_asked_the_wrong_way_round_or_is_not_there_is_refused(three_versions: Portal) -> None:
    with pytest.raises(InvalidInput, match="since=3 is later than until=2"):
        pair(three_versions, 3, 2)
    with pytest.raises(NotFound, match="no version 4"):
        pair(three_versions, 1, 4)
    with pytest.raises(NotFound, match="no version 9"):
        pair(three_versions, 9)
    with pytest.raises(NotFound, match="no dataset"):
        pair(three_versions, 1, slug="nichts")
    with pytest.raises(NotFound) as caught:
        pair(three_versions, 1).table("parks")
    assert caught.value.facts == {"tables": ["trees"]}


def test_a_withdrawn_dataset_does_not_say_what_changed(three_versions: Portal) -> None:
    withdraw(three_versions.engine, "baeume", reason=LangString("Falsch"), by=command("withdraw"), at=NOON)

    with pytest.raises(Gone):
        pair(three_versions, 1)
