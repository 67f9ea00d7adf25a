"""How a connection ends: an answer that failed must not look whole."""

import socket
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from portal.web.connections import break_off
from portal.web.sockets import ImpatientSocket
from portal.web.wire import Answer


@pytest.mark.parametrize(
    ("version", "headers", "is_reset"),
    [((1, 0), [], True), ((1, 1), [], False), ((1, 0), [("Content-Length", "9")], False)],
    ids=["nothing says how long", "chunks say it", "a length says it"],
)
def test_half_an_answer_without_a_length_ends_in_a_reset(
    version: tuple[int, int], headers: list[tuple[str, str]], is_reset: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as client:
        client.connect(listening.getsockname())
        ours = ImpatientSocket.taken_from(listening.accept()[0])
        answer = Answer(SimpleNamespace(version=version, method="GET", should_close=lambda: True), ours, Config())
        answer.start_response("200 OK", headers)
        answer.write(b"half")

        break_off(SimpleNamespace(sock=ours), answer)
        ours.close()

        assert _is_reset(client) is is_reset


def _is_reset(client: socket.socket) -> bool:
    try:
        while client.recv(1000):
            pass
    except ConnectionResetError:
        return True
    return False
