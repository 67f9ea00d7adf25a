"""The log over HTTP: its public part for everyone, the whole for those who look after a dataset."""

from urllib.parse import urlsplit

from portal.curation.working import take_up_jobs
from portal.events.public import PUBLIC_FACTS
from tests.web.callers import Town
from tests.web.problems import assert_problem


def test_everyone_sees_what_is_public_and_no_person(town: Town) -> None:
    town.person("moritz", "PUT", "/publishers/stadt/members/niemandes", {"roles": ["viewer"]})
    town.person("alma", "POST", "/datasets/baeume/withdraw", {"reason": {"de": "Falsch."}})

    listed = town.call("GET", "/events").get_json()

    assert {one["kind"] for one in listed["items"]} <= {str(kind) for kind in PUBLIC_FACTS}
    assert listed["items"][0]["kind"] == "dataset-withdrawn"
    assert "actor" not in str(listed)
    assert "user:" not in str(listed)


def test_pages_follow_each_other_without_gap_or_double(town: Town) -> None:
    for _ in range(3):
        town.person("alma", "POST", "/datasets/baeume/withdraw", {"reason": {"de": "Falsch."}})
        town.person("alma", "POST", "/datasets/baeume/restore")
    whole = town.call("GET", "/events?dataset=baeume").get_json()

    seen, path = [], "/events?dataset=baeume&limit=2"
    while path:
        page = town.call("GET", path).get_json()
        seen += page["items"]
        following = urlsplit(page["next"] or "")
        path = f"{following.path.removeprefix('/api/v1')}?{following.query}" if page["next"] else ""

    assert seen == whole["items"]
    assert len(seen) == whole["total"] == 7


def test_a_list_that_has_not_changed_is_not_sent_again(town: Town) -> None:
    tag = town.call("GET", "/events").headers["ETag"]
    assert town.call("GET", "/events", If_None_Match=tag).status_code == 304

    town.person("moritz", "PATCH", "/publishers/stadt", {"fourEyes": False})

    assert town.call("GET", "/events", If_None_Match=tag).status_code == 200


def test_those_who_look_after_a_dataset_see_everything_and_by_whom(town: Town) -> None:
    town.person("moritz", "PATCH", "/publishers/stadt", {"title": "Stadt am Fluss"})
    parts = town.portal
    list(take_up_jobs(parts.engine, parts.store, parts.settings, drafts=parts.drafts))

    public = town.call("GET", "/datasets/baeume/events").get_json()
    whole = town.person("vera", "GET", "/datasets/baeume/events").get_json()

    assert {one["kind"] for one in whole["items"]} == {"version-released", "version-rebuilt"}
    assert all(one["actor"] for one in whole["items"])
    assert [one["kind"] for one in public["items"]] == ["version-released"]
    assert (public["total"], whole["total"]) == (1, 2)
    assert "actor" not in public["items"][0]


def test_others_see_the_public_part_also_when_they_are_known(town: Town) -> None:
    for secret in (town.token("fremde"), town.token("niemandes")):
        listed = town.call("GET", "/datasets/baeume/events", secret=secret).get_json()
        assert "actor" not in str(listed)


def test_parameters_that_do_not_fit_are_refused(town: Town) -> None:
    for query in (
        "limit=0",
        "limit=1001",
        "before=0",
        "before=x",
        "before=99999999999",
        "after=1",
        "dataset=",
        "limit=1&limit=2",
    ):
        assert_problem(town.call("GET", f"/events?{query}"), 400)
    assert_problem(town.call("GET", "/datasets/nichts/events"), 404)
    assert town.call("GET", "/events?dataset=nichts").get_json()["total"] == 0
