"""Every address that asks who one is × everyone who may ask, from one table written by hand."""

from itertools import product

import pytest

from portal.accounts.membership import roles_of
from portal.accounts.roles import Action
from portal.accounts.users import find_user
from portal.catalogue.publishers import find_publisher
from portal.foundation.db import reading, transaction
from portal.web.api.openapi import committed_document
from tests.people import a_user
from tests.templates import an_empty_portal
from tests.web.callers import Town, a_town
from tests.web.problems import assert_problem

TABLE = """
operation                               niemandes vera eva alma moritz fremde chef | in-scope out-of-scope
GET    /me                              yes       yes  yes yes  yes    yes    yes  | yes      yes
PUT    /me/password                     yes       yes  yes yes  yes    yes    yes  | no       no
GET    /tokens                          yes       yes  yes yes  yes    yes    yes  | no       no
POST   /tokens                          no        yes  yes yes  yes    yes    yes  | no       no
POST   /tokens?stadt                    no        yes  yes yes  yes    no     yes  | no       no
DELETE /tokens/{own}                    yes       yes  yes yes  yes    yes    yes  | no       no
DELETE /tokens/{foreign}                no        no   no  no   no     no     yes  | no       no
GET    /users                           no        no   no  no   no     no     yes  | no       no
POST   /users                           no        no   no  no   no     no     yes  | no       no
GET    /users/opfer                     no        no   no  no   no     no     yes  | no       no
GET    /users/gibtesnicht               no        no   no  no   no     no     yes  | no       no
PATCH  /users/opfer                     no        no   no  no   no     no     yes  | no       no
POST   /publishers                      no        no   no  no   no     no     yes  | no       no
PATCH  /publishers/stadt                no        no   no  no   yes    no     yes  | yes      no
GET    /publishers/stadt/members        no        no   no  no   yes    no     yes  | yes      no
GET    /publishers/stadt/members/vera   no        no   no  no   yes    no     yes  | yes      no
PUT    /publishers/stadt/members/opfer  no        no   no  no   yes    no     yes  | no       no
DELETE /publishers/stadt/members/opfer  no        no   no  no   yes    no     yes  | no       no
POST   /datasets/baeume/withdraw        no        no   no  yes  yes    no     yes  | yes      no
POST   /datasets/baeume/restore         no        no   no  yes  yes    no     no   | yes      no
"""
"""Who may; `in-scope`: a token of moritz (administrator of stadt, no more) for all that tokens can do; `out-of-scope`: one for something else."""

BODIES: dict[str, object] = {
    "PUT /me/password": {"current": "is not this one", "new": "something else altogether"},
    "POST /tokens": {"actions": ["submit"]},
    "POST /tokens?stadt": {"actions": ["submit"], "publisher": "stadt"},
    "POST /users": {"name": "opfer", "password": "ein langes wort"},
    "PATCH /users/opfer": {"disabled": False},
    "POST /publishers": {"name": "stadt", "title": "Stadt"},
    "PATCH /publishers/stadt": {"fourEyes": True},
    "PUT /publishers/stadt/members/opfer": {"roles": ["viewer"]},
    "POST /datasets/baeume/withdraw": {"reason": {"de": "Falsch."}},
}
"""What is sent, chosen so that who may do it changes nothing that another line needs."""

OF_PEOPLE = {"me", "tokens", "users", "publishers", "members", "withdrawal"}
"""Blueprints this table is about."""

HEAD, *LINES = (line.replace("|", " ").split() for line in TABLE.strip().splitlines())
WHO = HEAD[1:]
OPERATIONS = [f"{line[0]} {line[1]}" for line in LINES]
MAY = {(f"{line[0]} {line[1]}", who): cell == "yes" for line in LINES for who, cell in zip(WHO, line[2:], strict=True)}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("matrix")
    portal = an_empty_portal(folder / "data", base_url="")
    made = a_town(portal, folder)
    with transaction(portal.engine) as session:
        a_user(session, "opfer")
    return made


def ask(town: Town, operation: str, who: str) -> int:
    """Call *operation* as *who*, and give the status."""
    method, path = operation.split("?", maxsplit=1)[0].split()
    owner = who if who in WHO[:-2] else "moritz"
    path = path.replace("{foreign}", prefix_of(town, "opfer")).replace("{own}", prefix_of(town, owner))
    if who == "in-scope":
        return town.call(method, path, BODIES.get(operation), secret=town.token(owner)).status_code
    if who == "out-of-scope":
        return town.call(method, path, BODIES.get(operation), secret=town.token(owner, Action.SUBMIT)).status_code
    return town.person(who, method, path, BODIES.get(operation)).status_code


def prefix_of(town: Town, owner: str) -> str:
    """Give the prefix of a new token of *owner*."""
    return town.token(owner)[:14]


def test_the_table_names_every_address_that_asks_who_one_is() -> None:
    asked = {  # drafts and bulk changes are in tests/web/test_permission_matrix.py
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in committed_document()["paths"].items()
        for method, operation in methods.items()
        if "security" in operation and {} not in operation["security"] and operation["tags"][0] in OF_PEOPLE
    }
    names = {"opfer": "{name}", "gibtesnicht": "{name}", "vera": "{name}", "{own}": "{prefix}", "{foreign}": "{prefix}"}

    told = set()
    for operation in OPERATIONS:
        method, path = operation.split("?")[0].split()
        parts = [names.get(part, part) for part in path.split("/")]
        parts = [
            "{slug}" if before in ("publishers", "datasets") else part
            for before, part in zip(["", *parts], parts, strict=False)
        ]
        told.add(f"{method} {'/'.join(parts)}")
    assert {one.replace("/publishers/{name}", "/publishers/{slug}") for one in asked} == told


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nobody_is_asked_to_log_in_and_changes_nothing(town: Town, operation: str) -> None:
    before = town.events()

    for body in (BODIES.get(operation), None, b"{"):
        method, path = operation.split("?", maxsplit=1)[0].split()
        assert_problem(town.call(method, path, body), 401, slug="unauthenticated")

    assert town.events() == before


@pytest.mark.parametrize(("operation", "who"), list(product(OPERATIONS, WHO)))
def test_everyone_may_do_what_the_table_says_and_no_more(town: Town, operation: str, who: str) -> None:
    may = MAY[operation, who]
    if operation.startswith("PUT /me"):
        status = ask(town, operation, who)
        assert status == 403  # the current password is another; for a token there is none
        return
    status = ask(town, operation, who)

    assert (status not in (401, 403)) is may, status
    assert status < 500


def test_a_refusal_changes_nothing(town: Town) -> None:
    with reading(town.portal.engine) as session:
        before = roles_of(session, find_user(session, "opfer").id)
    events = town.events()

    for operation in OPERATIONS:
        if "{" in operation or MAY[operation, "fremde"]:
            continue
        method, path = operation.split("?")[0].split()
        answer = town.person("fremde", method, path, BODIES.get(operation))
        assert_problem(answer, 403, slug="forbidden")

    assert town.events() == events
    with reading(town.portal.engine) as session:
        assert roles_of(session, find_user(session, "opfer").id) == before
        assert find_publisher(session, "stadt").four_eyes


def test_a_token_bound_to_a_publisher_does_nothing_for_another(town: Town) -> None:
    secret = town.token("fremde", publisher="firma")

    assert town.call("PATCH", "/publishers/firma", {"fourEyes": True}, secret=secret).status_code == 200
    assert_problem(town.call("PATCH", "/publishers/stadt", {"fourEyes": True}, secret=secret), 403)


def test_who_may_not_look_after_a_dataset_does_not_learn_that_it_exists(town: Town) -> None:
    for who in ("fremde", "niemandes"):
        secret = town.token(who)
        for path in ("/datasets/geheim/restore", "/datasets/gibtesnicht/restore"):
            assert_problem(town.call("POST", path, secret=secret), 404)
        assert_problem(town.call("GET", "/datasets/geheim/events", secret=secret), 404)
    assert_problem(town.call("GET", "/datasets/geheim/events"), 404)
    assert town.call("GET", "/datasets/geheim/events", secret=town.token("vera")).status_code == 200
