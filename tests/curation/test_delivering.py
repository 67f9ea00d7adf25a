"""A file in, a table of the draft replaced; a refusal or a dry run leaves nothing behind."""

import json

import pytest

from portal.curation.details import details_of
from portal.foundation.errors import Forbidden, InvalidDataset, InvalidInput, NotFound, Outdated
from portal.foundation.tableschema import ColumnType
from portal.ingest.receive.delivery import Choices, ColumnChoice
from tests.curating import CSV
from tests.curation.desk import Desk
from tests.people import someone

WITH_TOTAL = b"Nr;Menge\n1;10\n2;20\nSumme;30\n"
BROKEN = b"id,name\nx-1,Linde\nx-1,Ahorn\n"


def test_a_delivery_tells_what_came_and_is_kept_with_the_draft(desk: Desk) -> None:
    done = desk.deliver()

    draft = desk.the_draft()
    assert done.draft_id == draft.id
    assert (done.tables["trees"]["rows"], done.tables["trees"]["filename"]) == (2, "upload.csv")
    assert desk.portal.drafts.read(draft.sources["trees"]) == CSV
    assert details_of(desk.portal.drafts, draft, "trees") == json.loads(json.dumps(done.tables["trees"]))
    assert desk.portal.store.damaged([draft.sources["trees"]])  # nothing lies among what is published


def test_a_dry_run_says_the_same_and_stores_nothing(desk: Desk) -> None:
    before = desk.stored()

    done = desk.deliver(dry_run=True)

    assert (done.draft_id, done.tables["trees"]["rows"]) == (None, 2)
    assert desk.stored() == before


def test_a_dry_run_on_what_is_public_opens_no_draft(desk: Desk) -> None:
    desk.publish()
    before = desk.stored()

    desk.deliver(CSV + b"x-3,Eiche\n", dry_run=True)

    assert desk.draft() is None
    assert desk.stored() == before


@pytest.mark.parametrize("content", [b"", b"\xff" * 50, WITH_TOTAL, b"PK\x03\x04"])
def test_a_refused_file_stores_nothing(desk: Desk, content: bytes) -> None:
    desk.publish()
    before = desk.stored()

    with pytest.raises(InvalidDataset) as caught:
        desk.deliver(content)

    assert caught.value.facts["findings"]
    assert desk.draft() is None
    assert desk.stored() == before


def test_a_table_that_breaks_its_schema_is_refused_with_row_and_column(desk: Desk) -> None:
    desk.deliver()
    desk.edit({"resources": [{"name": "trees", "schema": {"primaryKey": ["id"]}}]})
    before = desk.stored()

    with pytest.raises(InvalidDataset) as caught:
        desk.deliver(BROKEN)

    assert ("trees", "id") in [(one["table"], one["column"]) for one in caught.value.facts["findings"]]  # type: ignore[attr-defined]
    assert desk.stored() == before


def test_an_accepted_remedy_is_repeated_with_the_next_delivery(desk: Desk) -> None:
    with pytest.raises(InvalidDataset):
        desk.deliver(WITH_TOTAL, table="mengen")

    desk.deliver(WITH_TOTAL, table="mengen", accepted=("total-row",))
    again = desk.deliver(b"Nr;Menge\n3;30\nSumme;30\n", table="mengen")

    assert again.tables["mengen"]["rows"] == 1
    assert [one["code"] for one in again.tables["mengen"]["choices"]["accepted"]] == ["drop-rows"]


def test_what_was_chosen_for_one_table_is_not_chosen_for_another(desk: Desk) -> None:
    desk.deliver(WITH_TOTAL, table="mengen", accepted=("total-row",))

    with pytest.raises(InvalidDataset):
        desk.deliver(WITH_TOTAL, table="andere")


def test_what_is_remembered_of_a_column_that_is_gone_is_told_and_what_is_chosen_for_it_refused(desk: Desk) -> None:
    chosen = Choices(columns={"Menge": ColumnChoice(type=ColumnType.STRING)})
    desk.deliver(b"Nr;Menge\n1;10\n2;20\n", table="mengen", choices=chosen)

    later = desk.deliver(b"Nr;Zahl\n1;10\n2;20\n", table="mengen", new_schema=True)
    with pytest.raises(InvalidDataset) as caught:
        desk.deliver(b"Nr;Zahl\n1;10\n2;20\n", table="mengen", choices=chosen)

    told = later.tables["mengen"]["findings"]
    assert [(one["code"], one["severity"], one["column"]) for one in told] == [("unknown-choice", "warning", "Menge")]
    assert "there are: Nr, Zahl" in caught.value.detail.in_language("en")


def test_a_code_that_no_finding_has_is_refused_before_the_file_is_read(desk: Desk) -> None:
    before = desk.stored()

    with pytest.raises(InvalidInput, match="totalrow"):
        desk.deliver(b"PK", accepted=("totalrow",))

    assert desk.stored() == before


def test_a_dry_run_is_not_remembered(desk: Desk) -> None:
    desk.deliver(WITH_TOTAL, table="mengen", accepted=("total-row",), dry_run=True)

    with pytest.raises(InvalidDataset):
        desk.deliver(WITH_TOTAL, table="mengen")


def test_columns_stay_as_they_are_unless_the_file_s_are_asked_for(desk: Desk) -> None:
    desk.deliver()

    with pytest.raises(InvalidDataset):
        desk.deliver(b"nummer,art\n1,Linde\n")
    desk.deliver(b"nummer,art\n1,Linde\n", new_schema=True)

    (resource,) = desk.the_draft().descriptor["resources"]
    assert [field["name"] for field in resource["schema"]["fields"]] == ["nummer", "art"]


@pytest.mark.parametrize("table", ["", "A", "a b", "../x", "a" * 101])
def test_a_table_s_name_is_a_name(desk: Desk, table: str) -> None:
    before = desk.stored()

    with pytest.raises(InvalidInput):
        desk.deliver(table=table)

    assert desk.stored() == before


def test_a_delivery_on_another_revision_is_refused_also_when_the_draft_is_gone(desk: Desk) -> None:
    desk.publish()
    before = desk.stored()

    with pytest.raises(Outdated):
        desk.deliver(revision=1)

    assert desk.stored() == before
    desk.open()
    with pytest.raises(Outdated):
        desk.deliver(revision=desk.the_draft().revision + 1)


def test_who_does_not_edit_delivers_nothing(desk: Desk) -> None:
    before = desk.stored()

    with pytest.raises(Forbidden):
        desk.deliver(by=desk.ben)
    with pytest.raises(NotFound):
        desk.deliver(by=someone(99))

    assert desk.stored() == before
