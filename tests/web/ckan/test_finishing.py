"""The end of a call: a release that takes longer than anybody waits, and one that comes to nothing."""

from collections.abc import Callable
from dataclasses import replace

from portal.curation.working import take_up
from portal.foundation.clock import now
from portal.web.app import create_app
from tests.web.ckan.writing import CSV, PACKAGE, Writers


def _with_worker(writers: Writers, work: Callable[[], None]) -> Writers:
    """Give the same portal with a worker of another kind, whom nobody waits for."""
    portal = replace(writers.portal, settings=replace(writers.portal.settings, ckan_wait_s=0.0))
    return replace(writers, app=create_app(portal, refresh_s=0, nudge=work))


def _take_up(writers: Writers) -> None:
    portal = writers.portal
    take_up(portal.engine, portal.store, portal.settings, drafts=portal.drafts, at=now())


def test_a_release_that_takes_longer_goes_on_and_the_answer_says_where(writers: Writers):
    slow = _with_worker(writers, lambda: None)
    slow.done("emil", "package_create", **PACKAGE | {"name": "langsam"})
    told = slow.send("emil", "resource_create", CSV, package_id="langsam", name="b")

    assert told["state"] == "draft"
    assert "Its release goes on" in told["message"]
    address = told["message"].split()[-1]
    assert slow.call(None, "package_show", id="langsam").status_code == 404
    assert list(slow.fields("emil", "package_patch", id="langsam", title="Dazwischen")) == ["__before"]

    _take_up(writers)

    job = writers.app.test_client().get(
        address.removeprefix("https://daten.example"), headers={"Authorization": f"Bearer {writers.tokens['emil']}"}
    )
    assert job.get_json()["state"] == "done"
    assert writers.done(None, "package_show", id="langsam")["state"] == "active"


def test_a_release_that_fails_says_why_and_the_public_keeps_what_it_had(writers: Writers):
    writers.done("emil", "package_create", **PACKAGE | {"name": "misslungen"})
    table = writers.send("emil", "resource_create", CSV, package_id="misslungen", name="b")["id"]
    public = writers.done(None, "package_show", id="misslungen")

    def lose_the_disk() -> None:
        for blob in writers.portal.drafts.root.glob("??/*"):
            if blob.read_bytes().startswith(b"id,name\n"):
                blob.unlink()
        _take_up(writers)

    unlucky = _with_worker(writers, lose_the_disk)
    told = unlucky.done("emil", "datastore_upsert", resource_id=table, records=[{"id": "x-9"}], method="insert")

    assert told["state"] == "draft"
    assert "Its release has failed, and the public sees what it saw before: " in told["message"]
    assert "b" in told["message"].split("before: ")[1]
    assert writers.done(None, "package_show", id="misslungen") == public
    again = writers.send("emil", "resource_update", CSV + b"x-9,\n", id=table)
    assert (again["state"], again["rows"]) == ("active", 3)
