"""An OpenID Connect provider on loopback, over HTTP, with real keys: `oidc-provider-mock`, and what it leaves out.

It signs ID tokens with a key of its own, publishes discovery and keys, and refuses unknown clients, wrong secrets and
used codes. It does not look at PKCE; `_Pkce` stands before it and refuses whoever does not know the verifier of the
challenge a code was asked for with (RFC 7636, 4.6).
"""

import base64
import hashlib
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import requests
from werkzeug.serving import make_server

from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class Provider:
    """A running provider and the portal's account there."""

    issuer: str
    client_id: str
    client_secret: str
    challenges: dict[str, str] = field(default_factory=dict)
    """State ↔ challenge, as the portal asked."""

    def approve(self, address: str, subject: str) -> str:
        """Log *subject* in at the address the portal led to, and give the address that the provider leads back to."""
        answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=PATIENCE_S)
        assert answer.status_code == 302, answer.text[:300]
        return answer.headers["Location"]

    def deny(self, address: str) -> str:
        answer = requests.post(address, data={"action": "deny"}, allow_redirects=False, timeout=PATIENCE_S)
        return answer.headers["Location"]

    def know(self, subject: str, **claims: str) -> None:
        """Let the provider say *claims* of a subject."""
        requests.put(f"{self.issuer}/users/{subject}", json=claims, timeout=PATIENCE_S).raise_for_status()


class _Pkce:
    """Keeps the challenge of each authorisation, and lets no code be exchanged without its verifier."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        self._by_code: dict[str, str] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path, asked = environ["PATH_INFO"], parse_qs(environ.get("QUERY_STRING", ""))
        if path == "/oauth2/authorize":
            assert asked["code_challenge_method"] == ["S256"]
            return self._application(environ, self._watching(start_response, asked["code_challenge"][0]))
        if path == "/oauth2/token":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            sent = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != self._by_code.get(sent.get("code", "")):
                start_response("400 Bad Request", [("Content-Type", "application/json")])
                return [b'{"error": "invalid_grant", "error_description": "code verifier"}']
        return self._application(environ, start_response)

    def _watching(self, start_response: "StartResponse", challenge: str) -> "StartResponse":
        def start(status, headers, exc_info=None):  # type: ignore[no-untyped-def]
            code = parse_qs(urlsplit(dict(headers).get("Location", "")).query).get("code")
            if code:
                self._by_code[code[0]] = challenge
            return start_response(status, headers, exc_info)

        return start  # type: ignore[return-value]


@contextmanager
def a_provider(redirect_uri: str) -> Iterator[Provider]:
    """Run a provider that knows one client, who may be led back to *redirect_uri*."""
    app = oidc_provider_mock.app(require_client_registration=True, require_nonce=True)
    server = make_server("localhost", 0, _Pkce(app), threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        issuer = f"http://localhost:{server.server_port}"
        account = requests.post(
            f"{issuer}/oauth2/clients",
            json={"redirect_uris": [redirect_uri], "scope": "openid profile"},
            timeout=PATIENCE_S,
        ).json()
        yield Provider(issuer, account["client_id"], account["client_secret"])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
