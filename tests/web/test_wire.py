"""Answers on the wire: head and body together, headers that are no headers refused, framing by the book."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from gunicorn.http.errors import InvalidResponseHeader, InvalidResponseHeaderName

from portal.web.wire import Answer
from tests.waiting import PATIENCE_S


@dataclass
class Request:
    """What a response asks of its request."""

    method: str = "GET"
    version: tuple[int, int] = (1, 1)
    headers: list[tuple[str, str]] = field(default_factory=list)

    def should_close(self) -> bool:
        return self.version == (1, 0)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, client = socket.socketpair()
    client.settimeout(PATIENCE_S)
    with ours, client:
        yield ours, client


def sent(
    ends: tuple[socket.socket, socket.socket],
    *parts: bytes,
    request: Request | None = None,
    status: str = "200 OK",
    **headers: str,
) -> bytes:
    """Send an answer of these parts and give all that the client got."""
    ours, client = ends
    answer = Answer(request or Request(), ours, None)
    answer.start_response(status, [(name.replace("_", "-"), value) for name, value in headers.items()])
    for part in parts:
        answer.write(part)
    answer.close()
    ours.shutdown(socket.SHUT_WR)
    return b"".join(iter(lambda: client.recv(65_536), b""))


def test_a_small_body_follows_its_head(ends: tuple[socket.socket, socket.socket]) -> None:
    head, _, body = sent(ends, b"hallo", Content_Length="5", X_Own="ja").partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert {b"Content-Length: 5", b"X-Own: ja", b"Connection: keep-alive"} <= set(head.split(b"\r\n"))
    assert body == b"hallo"


def test_a_body_in_parts_is_complete(ends: tuple[socket.socket, socket.socket]) -> None:
    assert sent(ends, b"ha", b"llo", Content_Length="5").endswith(b"\r\n\r\nhallo")


def test_a_body_of_unknown_length_is_sent_in_chunks(ends: tuple[socket.socket, socket.socket]) -> None:
    answer = sent(ends, b"ha", b"", b"llo")

    assert b"Transfer-Encoding: chunked\r\n" in answer
    assert answer.endswith(b"\r\n\r\n2\r\nha\r\n3\r\nllo\r\n0\r\n\r\n")


def test_more_than_was_said_is_not_sent(ends: tuple[socket.socket, socket.socket]) -> None:
    assert sent(ends, b"hallo", b"welt", Content_Length="5").endswith(b"\r\n\r\nhallo")


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", "200 OK"), ("GET", "304 Not Modified"), ("GET", "204 No Content")]
)
def test_an_answer_that_has_no_body_sends_none(
    ends: tuple[socket.socket, socket.socket], method: str, status: str
) -> None:
    answer = sent(ends, b"hallo", request=Request(method), status=status, Content_Length="5")

    assert answer.endswith(b"\r\n\r\n")


def test_http_1_0_is_told_that_the_connection_ends(ends: tuple[socket.socket, socket.socket]) -> None:
    answer = sent(ends, b"hallo", request=Request(version=(1, 0)), Content_Length="5")

    assert answer.startswith(b"HTTP/1.0 200 OK\r\n")
    assert b"Connection: close\r\n" in answer


def test_what_is_about_the_connection_is_the_servers_business(ends: tuple[socket.socket, socket.socket]) -> None:
    answer = sent(ends, b"hallo", Content_Length="5", Connection="close", Server="other", Date="now")

    assert b"Connection: close" not in answer
    assert b"other" not in answer


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b", "a\nb", "a\x00b", "Straße €"])
def test_a_value_that_would_begin_another_line_is_refused_every_time(
    ends: tuple[socket.socket, socket.socket], value: str
) -> None:
    for text in (value, value + "x" * 2_000):
        for _ in range(2):
            with pytest.raises(InvalidResponseHeader):
                Answer(Request(), ends[0], None).start_response("200 OK", [("X-Own", text)])


@pytest.mark.parametrize("name", ["", "X Own", "X-Own:", "X-Öwn", "X\r\n"])
def test_a_name_that_is_none_is_refused(ends: tuple[socket.socket, socket.socket], name: str) -> None:
    with pytest.raises(InvalidResponseHeaderName):
        Answer(Request(), ends[0], None).start_response("200 OK", [(name, "a")])
