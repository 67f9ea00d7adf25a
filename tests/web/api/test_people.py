"""What becomes of calls about people, on both databases: users, tokens, members, one's own password."""

from portal.accounts.users import find_user
from portal.foundation.db import reading
from tests.people import PASSWORD
from tests.web.callers import Town, basic
from tests.web.problems import assert_problem


def test_an_administrator_makes_a_user_who_can_log_in_and_takes_it_back(town: Town) -> None:
    made = town.person(
        "chef", "POST", "/users", {"name": "Ben", "displayName": "Ben B.", "password": "ein langes wort"}
    )
    assert made.status_code == 201
    assert made.headers["Location"].endswith("/api/v1/users/ben")
    ben = basic("ben", "ein langes wort")
    assert town.call("GET", "/me", Authorization=ben).get_json()["displayName"] == "Ben B."

    assert town.person("chef", "PATCH", "/users/ben", {"disabled": True}).get_json()["disabled"] is True
    assert_problem(town.call("GET", "/me", Authorization=ben), 401)

    town.person("chef", "PATCH", "/users/ben", {"disabled": False, "password": "ein anderes wort"})
    assert_problem(town.call("GET", "/me", Authorization=ben), 401)
    assert town.call("GET", "/me", Authorization=basic("ben", "ein anderes wort")).status_code == 200
    assert_problem(
        town.person("chef", "POST", "/users", {"name": "ben", "password": "ein langes wort"}), 409, slug="conflict"
    )


def test_portal_administrators_name_and_dismiss_each_other(town: Town) -> None:
    assert town.person("chef", "PATCH", "/users/eva", {"portalAdmin": True}).get_json()["portalAdmin"] is True
    assert town.person("eva", "GET", "/users").status_code == 200

    town.person("eva", "PATCH", "/users/chef", {"portalAdmin": False})

    assert_problem(town.person("chef", "GET", "/users"), 403)
    assert town.last_event().kind == "portal-admin-dismissed"


def test_a_password_that_does_not_do_is_refused_and_nothing_is_stored(town: Town) -> None:
    for password in ("kurz", "x" * 1_001, "ben ben ben ben", ""):
        answer = town.person("chef", "POST", "/users", {"name": "ben", "password": password})
        assert password not in answer.get_data(as_text=True) or not password
        assert_problem(answer, 400, slug="invalid-input")

    assert_problem(town.person("chef", "GET", "/users/ben"), 404)


def test_a_password_stands_neither_in_answers_nor_in_the_record(town: Town) -> None:
    body = {"name": "ben", "password": "geheimes langes wort"}
    answers = [town.person("chef", "POST", "/users", body, Idempotency_Key="k") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    with town.portal.engine.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM idempotency_key").all())
        kept += str(connection.exec_driver_sql("SELECT * FROM event").all())
    assert "geheimes" not in kept + "".join(answer.get_data(as_text=True) for answer in answers)


def test_ones_own_password_is_changed_by_who_knows_the_old_one(town: Town) -> None:
    assert_problem(
        town.person("eva", "PUT", "/me/password", {"current": "falsch falsch", "new": "ganz was anderes"}), 403
    )
    assert_problem(town.person("eva", "PUT", "/me/password", {"current": PASSWORD, "new": "kurz"}), 400)

    assert (
        town.person("eva", "PUT", "/me/password", {"current": PASSWORD, "new": "ganz was anderes"}).status_code == 204
    )

    assert town.call("GET", "/me", Authorization=basic("eva", "ganz was anderes")).status_code == 200
    assert_problem(town.person("eva", "GET", "/me"), 401)


def test_a_token_is_shown_once_used_and_revoked(town: Town) -> None:
    made = town.person(
        "eva", "POST", "/tokens", {"actions": ["submit"], "publisher": "stadt", "days": 7, "note": "Nachtlauf"}
    )
    secret = made.get_json()["secret"]
    assert made.status_code == 201
    assert town.call("GET", "/me", secret=secret).get_json()["scope"] == {"actions": ["submit"], "publisher": "stadt"}

    (listed,) = town.person("eva", "GET", "/tokens").get_json()["items"]
    assert {key: listed[key] for key in ("prefix", "note", "publisher")} == {
        "prefix": secret[:14],
        "note": "Nachtlauf",
        "publisher": "stadt",
    }
    assert "secret" not in listed
    assert listed["lastUsed"] is not None

    assert town.person("eva", "DELETE", f"/tokens/{secret[:14]}").status_code == 204
    assert_problem(town.call("GET", "/me", secret=secret), 401)
    assert_problem(town.person("eva", "DELETE", "/tokens/dwt_0000000000"), 404)


def test_the_secret_of_a_token_is_not_kept_for_a_repeated_request(town: Town) -> None:
    first = town.person("eva", "POST", "/tokens", {"actions": ["submit"]}, Idempotency_Key="t-1")

    again = town.person("eva", "POST", "/tokens", {"actions": ["submit"]}, Idempotency_Key="t-1")

    told = assert_problem(again, 409, slug="conflict")
    assert told["location"] == first.headers["Location"]
    assert town.person("eva", "GET", "/tokens").get_json()["total"] == 1
    with town.portal.engine.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM idempotency_key").all())
    assert first.get_json()["secret"][15:] not in kept


def test_a_token_can_be_given_nothing_that_tokens_may_not_do(town: Town) -> None:
    for body in (
        {"actions": []},
        {"actions": ["manage_members"]},
        {"actions": ["issue_token"]},
        {"actions": ["fly"]},
        {"actions": ["submit"], "days": 0},
        {"actions": ["submit"], "days": 731},
        {"actions": ["submit"], "days": "NaN"},
        {"actions": ["submit"], "note": "x" * 201},
        {"actions": ["submit"], "owner": "chef"},
        {},
    ):
        assert_problem(town.person("eva", "POST", "/tokens", body), 400)
    assert_problem(town.person("eva", "POST", "/tokens", {"actions": ["submit"], "publisher": "nichts"}), 404)


def test_members_get_exactly_the_roles_that_are_named(town: Town) -> None:
    def roles() -> list[str]:
        found: list[str] = town.person("moritz", "GET", "/publishers/stadt/members/niemandes").get_json()["roles"]
        return found

    path = "/publishers/stadt/members/niemandes"
    assert_problem(town.person("moritz", "GET", path), 404)
    assert town.person("moritz", "PUT", path, {"roles": ["viewer", "editor"]}).status_code == 200
    assert roles() == ["editor", "viewer"]
    town.person("moritz", "PUT", path, {"roles": ["approver"]})
    assert roles() == ["approver"]

    events = town.events()
    town.person("moritz", "PUT", path, {"roles": ["approver"]})
    assert town.events() == events

    assert town.person("moritz", "DELETE", path).status_code == 204
    assert_problem(town.person("moritz", "GET", path), 404)
    assert_problem(town.person("moritz", "PUT", "/publishers/stadt/members/gibtesnicht", {"roles": ["viewer"]}), 404)


def test_members_are_listed_with_their_roles(town: Town) -> None:
    listed = town.person("chef", "GET", "/publishers/firma/members").get_json()

    assert listed == {
        "total": 1,
        "items": [
            {"name": "fremde", "displayName": "fremde", "roles": ["administrator", "approver", "editor", "viewer"]}
        ],
    }


def test_the_log_names_people_by_number_only(town: Town) -> None:
    town.person("moritz", "PUT", "/publishers/stadt/members/niemandes", {"roles": ["viewer"]})

    event = town.last_event()
    with reading(town.portal.engine) as session:
        label = find_user(session, "moritz").label
    assert (event.kind, event.actor) == ("member-added", label)
    assert "niemandes" not in str(event.facts)
