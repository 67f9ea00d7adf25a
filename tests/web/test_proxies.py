"""Behind reverse proxies: whom failed log-ins are counted for, and what nobody may say."""

from dataclasses import replace

import pytest
from flask import Flask, request

from portal.web.app import create_app
from portal.wiring import Portal, build


def seen(portal: Portal, trusted: int, forwarded: str) -> tuple[str | None, str]:
    """Give the client's address and the host that a view sees."""
    settings = replace(portal.settings, trusted_proxies=trusted)
    app: Flask = create_app(build(settings))
    found: list[tuple[str | None, str]] = []
    app.before_request(lambda: found.append((request.remote_addr, request.host)))
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/x"}
    app.test_client().get("/contact", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.1"})
    return found[0]


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (0, "192.0.2.7", "10.0.0.1"),
        (1, "192.0.2.7", "192.0.2.7"),
        (1, "198.51.100.9, 192.0.2.7", "192.0.2.7"),
        (2, "198.51.100.9, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        (2, "192.0.2.7", "10.0.0.1"),
    ],
)
def test_the_address_that_the_farthest_trusted_proxy_saw_counts(
    portal: Portal, trusted: int, forwarded: str, address: str
) -> None:
    assert seen(portal, trusted, forwarded) == (address, "localhost")
