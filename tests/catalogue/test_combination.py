"""Saved combinations in the record: the last revision counts, the others stay, what was removed is told to be gone."""

import pytest
from sqlalchemy.orm import Session

from portal.catalogue.combination import count_combinations, public_combination, public_combinations
from portal.foundation.db import transaction
from portal.foundation.errors import Gone, NotFound
from portal.wiring import Portal
from tests.combining import a_combination
from tests.people import NOON, a_publisher


def saved(session: Session) -> None:
    city = a_publisher(session)
    session.add_all(
        [
            a_combination("b", city, uses=" baeume orte "),
            a_combination("a", city),
            a_combination("a", city, revision=2, title_de="Neu"),
            a_combination("weg", city, removed_at=NOON),
            a_combination("wieder", city, removed_at=NOON),
            a_combination("wieder", city, revision=2, uses=" orte_alt "),
        ]
    )
    session.flush()


def test_the_public_sees_the_last_revision_of_what_was_not_removed(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        saved(session)

        found = public_combinations(session, dataset=None, offset=0, limit=10)
        assert [(one.slug, one.revision, one.publisher.slug) for one in found] == [
            ("a", 2, "stadt"),
            ("b", 1, "stadt"),
            ("wieder", 2, "stadt"),
        ]
        assert count_combinations(session, dataset=None) == 3
        assert [one.slug for one in public_combinations(session, dataset=None, offset=1, limit=1)] == ["b"]
        assert public_combination(session, "a").title.de == "Neu"
        assert public_combination(session, "a", 1).title.de == "Bäume"


@pytest.mark.parametrize(
    ("dataset", "slugs"), [("orte", ["b"]), ("baeume", ["a", "b"]), ("or_e", []), ("%", []), ("", [])]
)
def test_combinations_are_found_by_the_whole_name_of_a_dataset(portal: Portal, dataset: str, slugs: list[str]) -> None:
    with transaction(portal.engine) as session:
        saved(session)

        assert [one.slug for one in public_combinations(session, dataset=dataset, offset=0, limit=10)] == slugs
        assert count_combinations(session, dataset=dataset) == len(slugs)


def test_what_is_not_there_is_told_from_what_is_gone(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        saved(session)

        with pytest.raises(Gone):
            public_combination(session, "weg")
        for slug, revision in (("none", None), ("a", 3), ("\x7f", None)):
            with pytest.raises(NotFound):
                public_combination(session, slug, revision)
