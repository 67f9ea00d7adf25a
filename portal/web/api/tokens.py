"""One's own tokens: what a script sends instead of a password."""

from datetime import timedelta
from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from portal.accounts.permissions import Action
from portal.accounts.tokens import Token, find_token, issue, list_tokens, revoke
from portal.accounts.users import User
from portal.catalogue.publisher import Publisher
from portal.catalogue.publishers import find_publisher
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction
from portal.web.api.openapi import IN_PERSON
from portal.web.api.people_schemas import IssuedTokenOut, TokenIn, TokenListOut
from portal.web.api.schemas import ProblemSchema
from portal.web.auth import someone
from portal.web.context import portal
from portal.web.idempotency import answer_only_once
from portal.web.problems import PROBLEM_JSON

tokens = Blueprint("tokens", "tokens", description="Tokens for scripts · Token für Skripte")


@tokens.route("/tokens")
class Tokens(MethodView):
    @tokens.doc(security=IN_PERSON)
    @tokens.response(200, TokenListOut)
    def get(self) -> Response:
        """List one's own tokens, newest first, without their secrets."""
        actor = someone()
        with reading(portal().engine) as session:
            found = list_tokens(session, session.get_one(User, actor.user_id), by=actor)
            items = [_token_object(session, token) for token, _ in found]
        return jsonify(total=len(items), items=items)

    @tokens.doc(security=IN_PERSON)
    @tokens.arguments(TokenIn, error_status_code=400)
    @tokens.response(201, IssuedTokenOut)
    @tokens.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such publisher")
    def post(self, body: dict[str, Any]) -> tuple[Response, int, dict[str, str]]:  # Any: checked by TokenIn
        """Issue a token that acts in one's name. Its secret is in this answer and nowhere else."""
        answer_only_once()
        actor, at = someone(), now()
        slug = body.get("publisher")
        with transaction(portal().engine) as session:
            issued = issue(
                session,
                session.get_one(User, actor.user_id),
                publisher_id=find_publisher(session, slug).id if slug else None,
                actions=[Action(action) for action in body["actions"]],
                expires_at=at + timedelta(days=body["days"]),
                note=body.get("note", ""),
                by=actor,
                at=at,
            )
            told = {**_token_object(session, issued.token), "secret": issued.secret}
        address = f"{portal().settings.public_url}/api/v1/tokens/{issued.token.prefix}"
        return jsonify(told), 201, {"Location": address}


@tokens.route("/tokens/<prefix>")
class TokenResource(MethodView):
    @tokens.doc(security=IN_PERSON)
    @tokens.response(204)
    @tokens.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such token")
    def delete(self, prefix: str) -> None:
        """Revoke a token for good; one's own, or as administrator one of the publisher's."""
        actor = someone()
        with transaction(portal().engine) as session:
            revoke(session, find_token(session, prefix), by=actor, at=now())


def _token_object(session: Session, token: Token) -> dict[str, object]:
    publisher = session.get_one(Publisher, token.publisher_id).slug if token.publisher_id else None
    return {
        "prefix": token.prefix,
        "note": token.note,
        "actions": token.actions,
        "publisher": publisher,
        "created": token.created_at.isoformat(),
        "expires": token.expires_at.isoformat(),
        "lastUsed": token.last_used_on.isoformat() if token.last_used_on else None,
        "revoked": token.revoked_at.isoformat() if token.revoked_at else None,
    }
