"""A publisher that is renamed while a release of its dataset is built: the files say the new name all the same."""

from portal.accounts.roles import Role
from portal.catalogue.publishers import find_publisher
from portal.curation.working import take_up_jobs
from portal.foundation.db import transaction
from portal.publishing.publishers import change_publisher
from portal.publishing.release import release_draft
from tests.curation.desk import Desk
from tests.people import NOON, someone
from tests.releases import content


def test_a_name_that_changed_while_files_were_made_is_in_them_when_all_work_is_done(desk: Desk) -> None:
    portal = desk.portal
    desk.publish()
    desk.deliver(b"id,name\nx-1,Linde\n")
    desk.submit()
    desk.approve()

    def rename_at_the_end(step: str) -> None:
        if step == "publish":
            with transaction(portal.engine) as session:
                publisher = find_publisher(session, "stadt")
                by = someone(1, {publisher.id: {Role.ADMINISTRATOR}})
                change_publisher(session, portal.settings, publisher, facts={"name_de": "Neu-Stadt"}, by=by, at=NOON)
            _work(desk)  # the other worker is quicker: it makes the files of the first version anew

    parts = portal.engine, portal.store, portal.settings, desk.the_draft().id
    release_draft(*parts, drafts=portal.drafts, at=NOON, on_step=rename_at_the_end)
    _work(desk)

    assert b"Neu-Stadt" in content(portal, ".json", number=2)


def _work(desk: Desk) -> None:
    portal = desk.portal
    list(take_up_jobs(portal.engine, portal.store, portal.settings, drafts=portal.drafts))
