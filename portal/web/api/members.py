"""Who is what for a publisher."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint

from portal.accounts.membership import find_member, list_members, set_roles
from portal.accounts.roles import Role
from portal.accounts.users import User
from portal.catalogue.publishers import find_publisher
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction
from portal.web.api.openapi import ASKED, IN_PERSON
from portal.web.api.people_schemas import MemberIn, MemberListOut, MemberOut
from portal.web.api.schemas import ProblemSchema
from portal.web.auth import current_actor
from portal.web.context import portal
from portal.web.problems import PROBLEM_JSON

members = Blueprint("members", "members", description="Who is what for a publisher · Wer für wen was ist")


@members.route("/publishers/<slug>/members")
class Members(MethodView):
    @members.doc(security=ASKED)
    @members.response(200, MemberListOut)
    @members.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such publisher")
    def get(self, slug: str) -> Response:
        """List the members of a publisher with their roles, by name."""
        with reading(portal().engine) as session:
            found = list_members(session, find_publisher(session, slug).id, by=current_actor())
        items = [
            _member_object(user, (role for _, role in held)) for user, held in groupby(found, key=lambda pair: pair[0])
        ]
        return jsonify(total=len(items), items=items)


@members.route("/publishers/<slug>/members/<name>")
class MemberResource(MethodView):
    @members.doc(security=ASKED)
    @members.response(200, MemberOut)
    @members.alt_response(
        404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such publisher or member"
    )
    def get(self, slug: str, name: str) -> Response:
        """Give a member and their roles."""
        with reading(portal().engine) as session:
            publisher_id = find_publisher(session, slug).id
            return jsonify(_member_object(*find_member(session, name, publisher_id=publisher_id, by=current_actor())))

    @members.doc(security=IN_PERSON)
    @members.arguments(MemberIn, error_status_code=400)
    @members.response(200, MemberOut)
    @members.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such publisher or user")
    def put(self, body: dict[str, Any], slug: str, name: str) -> Response:  # Any: checked by MemberIn
        """Say what somebody is for a publisher; roles that are not named are taken away."""
        roles = [Role(role) for role in body["roles"]]
        user = _set_roles(slug, name, roles)
        return jsonify(_member_object(user, set(roles)))

    @members.doc(security=IN_PERSON)
    @members.response(204)
    @members.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such publisher or user")
    def delete(self, slug: str, name: str) -> None:
        """Take all roles for a publisher from somebody."""
        _set_roles(slug, name, [])


def _set_roles(slug: str, name: str, roles: list[Role]) -> User:
    with transaction(portal().engine) as session:
        publisher_id = find_publisher(session, slug).id
        return set_roles(session, name, publisher_id=publisher_id, roles=roles, by=current_actor(), at=now())


def _member_object(user: User, roles: Iterable[Role]) -> dict[str, object]:
    return {"name": user.name, "displayName": user.display_name, "roles": sorted(map(str, roles))}
