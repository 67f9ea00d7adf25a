"""Drafts: begun, opened, edited by merge patch, emptied, discarded; who comes too late is told so."""

from typing import Any

import pytest

from portal.accounts.actor import command
from portal.catalogue.draft import DraftState
from portal.curation.editing import remove_table
from portal.curation.finding import find_draft
from portal.curation.opening import start_dataset
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Conflict, Forbidden, IllegalStep, InvalidDataset, InvalidInput, NotFound, Outdated
from portal.foundation.text import LangString
from portal.publishing.withdrawal import withdraw
from tests.curating import METADATA, add_publisher
from tests.curation.desk import SLUG, Desk
from tests.people import NOON, someone


def test_a_dataset_begins_with_the_publishers_default_licence_and_is_logged(desk: Desk) -> None:
    with transaction(desk.portal.engine) as session:
        draft = start_dataset(session, slug="wege", publisher="stadt", metadata={}, by=desk.anna, at=NOON)

    assert (draft.state, draft.descriptor["name"], draft.descriptor["resources"]) == (DraftState.DRAFT, "wege", [])
    assert desk.events() == ["draft-edited"]


def test_a_name_is_given_once(desk: Desk) -> None:
    with pytest.raises(Conflict), transaction(desk.portal.engine) as session:
        start_dataset(session, slug=SLUG, publisher="stadt", metadata=METADATA, by=desk.anna, at=NOON)


def test_the_name_of_what_nobody_ever_saw_is_free_again_for_its_publisher_alone(desk: Desk) -> None:
    desk.discard()

    add_publisher(desk.portal, "land")

    with pytest.raises(Conflict), transaction(desk.portal.engine) as session:
        start_dataset(session, slug=SLUG, publisher="land", metadata=METADATA, by=command("test"), at=NOON)
    with transaction(desk.portal.engine) as session:
        start_dataset(session, slug=SLUG, publisher="stadt", metadata=METADATA, by=desk.anna, at=NOON)

    assert desk.events() == ["draft-edited", "draft-discarded", "draft-edited"]
    desk.publish()


def test_the_name_of_what_was_public_is_never_free(desk: Desk) -> None:
    desk.publish()
    withdraw(desk.portal.engine, SLUG, reason=LangString("Falsch"), by=command("withdraw"), at=NOON)

    with pytest.raises(Conflict), transaction(desk.portal.engine) as session:
        start_dataset(session, slug=SLUG, publisher="stadt", metadata=METADATA, by=desk.anna, at=NOON)


@pytest.mark.parametrize("slug", ["", "A", "a b", "../x", "-a", "a" * 101])
def test_a_name_that_does_not_do_is_refused(desk: Desk, slug: str) -> None:
    with pytest.raises(InvalidInput), transaction(desk.portal.engine) as session:
        start_dataset(session, slug=slug, publisher="stadt", metadata={}, by=desk.anna, at=NOON)


def test_an_approver_does_not_edit_and_a_stranger_learns_nothing(desk: Desk) -> None:
    with reading(desk.portal.engine) as session:
        draft = find_draft(session, SLUG, by=desk.ben)[1]
        with pytest.raises(NotFound):
            find_draft(session, SLUG, by=someone(99))

    with pytest.raises(Forbidden), transaction(desk.portal.engine) as session:
        remove_table(session, draft, "trees", revision=draft.revision, by=desk.ben, at=NOON)


def test_a_draft_opened_from_the_public_begins_as_it_is(desk: Desk) -> None:
    desk.publish()

    draft_id = desk.open()

    draft = desk.the_draft()
    assert (draft.id, draft.state, list(draft.sources)) == (draft_id, DraftState.DRAFT, ["trees"])
    assert desk.open() == draft_id
    desk.submit()


def test_nothing_is_opened_where_nothing_is_public(desk: Desk) -> None:
    desk.discard()

    with pytest.raises(NotFound):
        desk.open()


def test_a_patch_changes_tables_and_columns_by_name_and_leaves_the_others(desk: Desk) -> None:
    desk.deliver()

    desk.edit({"resources": [{"name": "trees", "schema": {"fields": [{"name": "name", "title": "Baumart"}]}}]})

    (resource,) = desk.the_draft().descriptor["resources"]
    assert [field["name"] for field in resource["schema"]["fields"]] == ["id", "name"]
    assert [field.get("title") for field in resource["schema"]["fields"]][1] == "Baumart"


def test_null_takes_a_key_away_and_a_plain_list_is_replaced(desk: Desk) -> None:
    desk.edit({"keywords": ["nur", "diese"], "description": None})

    descriptor = desk.the_draft().descriptor
    assert descriptor["keywords"] == ["nur", "diese"]
    assert "description" not in descriptor


@pytest.mark.parametrize("patch", [
    {"name": "anders"}, {"name": None}, {"privacyDecisions": []}, {"withheld": []}, {"resources": [{"name": "neu"}]},
    {"resources": None}, {"resources": [{"name": "trees", "schema": None}]}, {"licenses": [{"name": "cc-by-nc/4.0"}]},
    {"dcat": {"theme": ["NONE"]}}, {"dcat": []}, {"title": 1},
])  # fmt: skip
def test_a_patch_that_would_break_a_rule_changes_nothing(desk: Desk, patch: dict[str, Any]) -> None:
    desk.deliver()
    before = desk.stored()

    with pytest.raises(InvalidDataset) as caught:
        desk.edit(patch)

    assert caught.value.facts["findings"]
    assert desk.stored() == before


def test_an_edit_on_an_old_revision_is_refused_with_the_one_there_is(desk: Desk) -> None:
    looked_at = desk.the_draft().revision
    desk.edit({"title": "Neu"})

    with pytest.raises(Outdated) as caught:
        desk.edit({"title": "Anders"}, looked_at)

    assert caught.value.facts["revision"] == desk.the_draft().revision == looked_at + 1
    assert desk.the_draft().descriptor["title"] == "Neu"


def test_a_table_goes_with_its_source_and_how_it_came(desk: Desk) -> None:
    desk.deliver()
    with transaction(desk.portal.engine) as session:
        _, draft = find_draft(session, SLUG, by=desk.anna)
        remove_table(session, draft, "trees", revision=draft.revision, by=desk.anna, at=NOON)

    draft = desk.the_draft()
    assert (draft.descriptor["resources"], draft.sources, draft.deliveries) == ([], {}, {})


def test_notes_have_an_end(desk: Desk) -> None:
    desk.edit({}, notes="Erste Fassung.")

    with pytest.raises(InvalidInput):
        desk.edit({}, notes="x" * 2_001)

    assert desk.the_draft().notes == "Erste Fassung."


def test_what_was_submitted_is_not_changed(desk: Desk) -> None:
    desk.deliver()
    desk.submit()
    before = desk.stored()

    for step in (lambda: desk.edit({"title": "x"}), desk.deliver, desk.submit):
        with pytest.raises(IllegalStep):
            step()

    assert desk.stored() == before
