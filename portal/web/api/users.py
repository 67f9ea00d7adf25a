"""People who may log in, for those who look after them."""

from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint

from portal.accounts.users import (
    User,
    add_user,
    disable_user,
    dismiss_portal_admin,
    enable_user,
    list_users,
    name_portal_admin,
    set_password,
    show_user,
)
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction
from portal.web.api.openapi import IN_PERSON
from portal.web.api.people_schemas import UserIn, UserListOut, UserOut, UserPatch
from portal.web.api.schemas import ProblemSchema
from portal.web.auth import current_actor
from portal.web.context import portal
from portal.web.problems import PROBLEM_JSON

users = Blueprint("users", "users", description="People who may log in · Menschen, die sich anmelden dürfen")


@users.route("/users")
class Users(MethodView):
    @users.doc(security=IN_PERSON)
    @users.response(200, UserListOut)
    def get(self) -> Response:
        """List all users by name."""
        with reading(portal().engine) as session:
            items = [_user_object(user) for user in list_users(session, by=current_actor())]
        return jsonify(total=len(items), items=items)

    @users.doc(security=IN_PERSON)
    @users.arguments(UserIn, error_status_code=400)
    @users.response(201, UserOut)
    def post(self, body: dict[str, Any]) -> tuple[Response, int, dict[str, str]]:  # Any: checked by UserIn
        """Make a user without any role."""
        with transaction(portal().engine) as session:
            user = add_user(
                session,
                name=body["name"],
                display_name=body.get("displayName", ""),
                password=body["password"],
                by=current_actor(),
                at=now(),
            )
        address = f"{portal().settings.public_url}/api/v1/users/{user.name}"
        return jsonify(_user_object(user)), 201, {"Location": address}


@users.route("/users/<name>")
class UserResource(MethodView):
    @users.doc(security=IN_PERSON)
    @users.response(200, UserOut)
    @users.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such user")
    def get(self, name: str) -> Response:
        """Give a user."""
        with reading(portal().engine) as session:
            return jsonify(_user_object(show_user(session, name, by=current_actor())))

    @users.doc(security=IN_PERSON)
    @users.arguments(UserPatch, error_status_code=400)
    @users.response(200, UserOut)
    @users.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such user")
    def patch(self, body: dict[str, Any], name: str) -> Response:  # Any: checked by UserPatch
        """Let a user in no more or again, make them portal administrator or not, give them another password."""
        by, at = current_actor(), now()
        with transaction(portal().engine) as session:
            user = show_user(session, name, by=by)
            if "password" in body:
                set_password(session, user, password=body["password"], by=by, at=at)
            if "disabled" in body:
                (disable_user if body["disabled"] else enable_user)(session, user, by=by, at=at)
            if "portalAdmin" in body:
                (name_portal_admin if body["portalAdmin"] else dismiss_portal_admin)(session, user, by=by, at=at)
        return jsonify(_user_object(user))


def _user_object(user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "label": user.label,
        "displayName": user.display_name,
        "portalAdmin": user.portal_admin,
        "disabled": user.disabled,
        "created": user.created_at.isoformat(),
    }
