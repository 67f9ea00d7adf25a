"""Whoever asks: who they are here, and their own password."""

from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor, ActorKind, Scope
from portal.accounts.users import User, set_password
from portal.catalogue.publisher import Publisher
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Forbidden, Unauthenticated
from portal.web.api.openapi import ASKED, IN_PERSON
from portal.web.api.people_schemas import MeOut, OwnPasswordIn
from portal.web.auth import log_in_here, someone
from portal.web.context import portal
from portal.web.sessions import begin_session, is_logged_in

me = Blueprint("me", "me", description="Whoever asks · Wer fragt")


@me.route("/me")
class Me(MethodView):
    @me.doc(security=ASKED)
    @me.response(200, MeOut)
    def get(self) -> Response:
        """Tell who asks, and what they are here."""
        actor = someone()
        with reading(portal().engine) as session:
            user = session.get_one(User, actor.user_id)
            return jsonify(
                kind=str(actor.kind),
                label=actor.label,
                name=user.name,
                displayName=user.display_name,
                portalAdmin=actor.portal_admin,
                roles=_roles(session, actor),
                scope=_scope(session, actor.scope),
            )


@me.route("/me/password")
class OwnPassword(MethodView):
    @me.doc(security=IN_PERSON)
    @me.arguments(OwnPasswordIn, error_status_code=400)
    @me.response(204)
    def put(self, body: dict[str, Any]) -> None:  # Any: checked by OwnPasswordIn
        """Give oneself another password; every browser that is logged in has to log in again."""
        actor = someone()
        if actor.kind is not ActorKind.PERSON:
            raise Forbidden("A token has no password.", detail_de="Ein Token hat kein Passwort.")
        with reading(portal().engine) as session:
            name = session.get_one(User, actor.user_id).name
        try:
            log_in_here(name, body["current"])
        except Unauthenticated:
            raise Forbidden(
                "The current password is another.", detail_de="Das bisherige Passwort ist ein anderes."
            ) from None
        with transaction(portal().engine) as session:
            user = session.get_one(User, actor.user_id)
            set_password(session, user, password=body["new"], by=actor, at=now())
        if is_logged_in():
            begin_session(user.id)


def _roles(session: Session, actor: Actor) -> dict[str, list[str]]:
    return {
        session.get_one(Publisher, publisher_id).slug: sorted(map(str, roles))
        for publisher_id, roles in actor.roles.items()
    }


def _scope(session: Session, scope: Scope | None) -> dict[str, object] | None:
    if scope is None:
        return None
    publisher = session.get_one(Publisher, scope.publisher_id).slug if scope.publisher_id else None
    return {"actions": sorted(map(str, scope.actions)), "publisher": publisher}
