"""The access log: a line of JSON for every request, gathered, and dropped rather than in anybody's way."""

import json
import logging
from collections.abc import Iterator

import pytest

from portal.web import access_log
from portal.web.access_log import AccessLog


@pytest.fixture(autouse=True)
def informative() -> Iterator[None]:
    logger = logging.getLogger("portal.access")
    logger.setLevel(logging.INFO)
    yield
    logger.setLevel(logging.NOTSET)


def note(log: AccessLog, path: str = "/health", size_bytes: str | None = "32") -> None:
    log.line(request_id="abc-1", method="GET", path=path, status="200", size_bytes=size_bytes, took_s=0.0123)


def test_a_line_is_json_with_the_facts_of_the_request() -> None:
    written: list[str] = []
    log = AccessLog(written.append)

    note(log, path='/a "b"\n\\ä')
    note(log, size_bytes=None)
    log.flush()

    first, second = (json.loads(line) for line in "".join(written).splitlines())
    assert first["path"] == '/a "b"\n\\ä'
    assert (first["request_id"], first["status"], first["bytes"], first["took_ms"]) == ("abc-1", 200, 32, 12.3)
    assert (first["level"], first["logger"], first["method"]) == ("INFO", "portal.access", "GET")
    assert second["bytes"] is None


def test_a_log_that_is_too_full_says_how_much_it_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "_MAX_WAITING", 2)
    written: list[str] = []
    log = AccessLog(written.append)

    for _ in range(5):
        note(log)
    log.flush()

    assert "3 lines dropped" in "".join(written)


def test_a_log_that_nobody_takes_any_more_is_no_error() -> None:
    def broken(_: str) -> None:
        raise BrokenPipeError

    log = AccessLog(broken)
    note(log)
    log.flush()


def test_a_level_above_info_writes_no_lines() -> None:
    logging.getLogger("portal.access").setLevel(logging.WARNING)
    written: list[str] = []
    log = AccessLog(written.append)

    note(log)
    log.flush()

    assert "".join(written) == ""
