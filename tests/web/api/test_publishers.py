"""Looking after publishers over HTTP: facts, four eyes, and the files that say who published."""

from portal.curation.working import take_up_jobs
from tests.releases import versions
from tests.web.callers import Town
from tests.web.problems import assert_problem

STADT = "/publishers/stadt"

UNFIT: tuple[object, ...] = (
    {"title": ""}, {"title": None}, {"title": 5}, {"title": "x" * 501}, {"title": "a\u0000b"}, {"title": "\ud800"}, {"name": "anders"},
    {"homepage": "javascript:alert(1)"}, {"homepage": "https://a b"}, {"logo": "x"}, {"type": "Erfunden"}, {"defaultLicence": "keine"},
    {"contact": {"email": "x"}}, {"contact": {"phone": "1"}}, {"contact": "x"}, {"contact": []}, {"fourEyes": None},
    {"fourEyes": "perhaps"}, {"translations": {"fr": {"title": "x"}}}, {"translations": []}, [], "x", 5, b"null", b"", b"{",
)  # fmt: skip


def test_a_publisher_is_made_and_can_be_read_as_it_was_written(town: Town) -> None:
    body = {
        "name": "stadtwerke",
        "title": "Stadtwerke",
        "translations": {"en": {"title": "Public utilities"}},
        "type": "Company",
        "homepage": "https://stadtwerke.example/",
        "contact": {"name": "Leitstelle", "email": "daten@stadtwerke.example"},
        "defaultLicence": "cc-by/4.0",
        "logo": "https://stadtwerke.example/logo.svg",
        "fourEyes": False,
    }
    made = town.person("chef", "POST", "/publishers", body)
    assert made.status_code == 201, made.get_json()

    read = town.call("GET", "/publishers/stadtwerke").get_json()

    assert {key: read[key] for key in body} == body
    assert read == made.get_json()
    assert_problem(town.person("chef", "POST", "/publishers", body), 409)


def test_a_merge_patch_changes_what_it_names_and_takes_away_what_is_null(town: Town) -> None:
    town.person(
        "moritz",
        "PATCH",
        STADT,
        {"contact": {"name": "Amt", "email": "daten@stadt.example"}, "homepage": "https://stadt.example/"},
    )

    town.person(
        "moritz",
        "PATCH",
        STADT,
        {"contact": {"email": None, "url": "https://stadt.example/kontakt"}, "translations": {"en": {"title": "City"}}},
    )
    read = town.call("GET", STADT).get_json()
    assert read["contact"] == {"name": "Amt", "url": "https://stadt.example/kontakt"}
    assert read["homepage"] == "https://stadt.example/"
    assert read["translations"] == {"en": {"title": "City"}}

    town.person("moritz", "PATCH", STADT, {"translations": {}})
    assert town.call("GET", STADT).get_json()["translations"] == {"en": {"title": "City"}}
    town.person("moritz", "PATCH", STADT, {"contact": None, "homepage": None, "translations": {"en": None}})
    read = town.call("GET", STADT).get_json()
    assert (read["contact"], read["homepage"], read["translations"]) == ({}, None, {})


def test_an_edit_is_logged_with_before_and_after(town: Town) -> None:
    town.person("moritz", "PATCH", STADT, {"defaultLicence": "cc-by/4.0"})

    event = town.last_event()
    assert event.kind == "publisher-edited"
    assert event.facts["changes"] == {"/default_licence": {"before": None, "after": "cc-by/4.0"}}


def test_switching_four_eyes_is_public(town: Town) -> None:
    town.person("moritz", "PATCH", STADT, {"fourEyes": False})

    (newest, *_) = town.call("GET", "/events").get_json()["items"]
    assert (newest["kind"], newest["facts"]) == ("four-eyes-switched", {"publisher": "stadt", "four_eyes": False})
    assert "actor" not in newest


def test_the_files_of_its_datasets_carry_the_new_name_and_no_version_is_made(town: Town) -> None:
    client = town.app.test_client()
    assert client.get("/datasets/baeume.json").get_json()["publisher"]["title"] != "Stadt am Fluss"

    body = {"title": "Stadt am Fluss", "contact": {"email": "daten@stadt.example"}}
    answer = town.person("moritz", "PATCH", STADT, body)
    job = answer.get_json()["job"].removeprefix(f"{town.portal.settings.public_url}/api/v1")
    assert town.person("moritz", "GET", job).get_json()["state"] == "waiting"

    portal = town.portal
    assert len(list(take_up_jobs(portal.engine, portal.store, portal.settings, drafts=portal.drafts))) == 1

    assert town.person("moritz", "GET", job).get_json()["result"] == {"datasets": 1}
    assert client.get("/datasets/baeume.json").get_json()["publisher"]["title"] == "Stadt am Fluss"
    turtle = client.get("/datasets/baeume.ttl").get_data(as_text=True)
    assert "Stadt am Fluss" in turtle
    assert "daten@stadt.example" in turtle
    assert "Stadt am Fluss" in client.get("/catalog.ttl").get_data(as_text=True)
    assert len(versions(town.portal)) == 1


def test_facts_that_no_file_repeats_leave_the_files_alone(town: Town) -> None:
    before = versions(town.portal)

    body = {"defaultLicence": "cc-by/4.0", "logo": "https://stadt.example/l.svg"}
    assert town.person("moritz", "PATCH", STADT, body).get_json()["job"] is None

    assert versions(town.portal) == before
    assert town.last_event().kind == "publisher-edited"


def test_two_who_edit_at_once_do_not_undo_each_other(town: Town) -> None:
    tag = town.call("GET", STADT).headers["ETag"]

    first = town.person("moritz", "PATCH", STADT, {"title": "Eins"}, If_Match=tag)
    second = town.person("chef", "PATCH", STADT, {"title": "Zwei"}, If_Match=tag)
    third = town.person("chef", "PATCH", STADT, {"title": "Zwei"}, If_Match=first.headers["ETag"])

    assert first.status_code == 200
    assert_problem(second, 412, slug="outdated")
    assert third.status_code == 200
    assert third.headers["ETag"] == town.call("GET", STADT).headers["ETag"]


def test_what_does_not_do_is_refused_and_nothing_is_stored(town: Town) -> None:
    before, events = town.call("GET", STADT).get_json(), town.events()

    for body in UNFIT:
        answer = town.person("moritz", "PATCH", STADT, body, Content_Type="application/merge-patch+json")
        assert_problem(answer, 400)

    assert town.call("GET", STADT).get_json() == before
    assert town.events() == events


def test_what_settings_say_about_the_operator_cannot_be_changed_here(town: Town) -> None:
    assert_problem(town.person("chef", "PATCH", "/publishers/datenwerkstatt", {"title": "Anders"}), 400)
    assert town.person("chef", "PATCH", "/publishers/datenwerkstatt", {"fourEyes": False}).status_code == 200


def test_a_withdrawn_dataset_is_gone_and_comes_back(town: Town) -> None:
    reason = {"de": "Zahlen falsch.", "en": "Wrong figures."}
    answer = town.person("alma", "POST", "/datasets/baeume/withdraw", {"reason": reason})
    assert (answer.status_code, answer.get_json()["state"], answer.get_json()["reason"]) == (200, "withdrawn", reason)
    assert "Zahlen falsch." in assert_problem(town.call("GET", "/datasets/baeume"), 410)["translations"]["de"]["detail"]
    (newest, *_) = town.call("GET", "/datasets/baeume/events").get_json()["items"]
    assert newest["facts"] == {"reason_de": "Zahlen falsch.", "reason_en": "Wrong figures."}
    assert_problem(
        town.person("alma", "POST", "/datasets/baeume/withdraw", {"reason": reason}), 409, slug="illegal-step"
    )

    assert town.person("alma", "POST", "/datasets/baeume/restore").get_json()["state"] == "published"
    assert town.call("GET", "/datasets/baeume").status_code == 200


def test_a_withdrawal_needs_a_reason(town: Town) -> None:
    for body in (
        {},
        {"reason": {}},
        {"reason": {"de": " "}},
        {"reason": {"en": "x"}},
        {"reason": "x"},
        {"reason": {"de": "x" * 2_001}},
    ):
        assert_problem(town.person("alma", "POST", "/datasets/baeume/withdraw", body), 400)

    assert town.call("GET", "/datasets/baeume").status_code == 200
