"""Patience with clients: silence ends the conversation, slowness does not."""

import socket
import threading
import time
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest

from portal.web.sockets import ImpatientSocket
from tests.waiting import PATIENCE_S

SHORT_S = 0.3
PAUSE_S = 0.2
"""After so long a slow reader takes the next part; it earns far more, so that a busy machine may be slower still."""
LARGE = b"x" * 3_000_000


@pytest.fixture
def pair() -> Iterator[tuple[ImpatientSocket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = socket.socket()
        client.settimeout(PATIENCE_S)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(listening.getsockname())
        ours = ImpatientSocket.taken_from(listening.accept()[0])
    ours.patience_s = SHORT_S
    with ours, client:
        yield ours, client


def test_what_is_said_is_read_at_once(pair: tuple[ImpatientSocket, socket.socket]) -> None:
    ours, client = pair
    client.sendall(b"hallo")

    assert ours.readable_within(PATIENCE_S)
    assert ours.recv(100) == b"hallo"


def test_silence_is_as_if_the_client_had_hung_up(pair: tuple[ImpatientSocket, socket.socket]) -> None:
    ours, client = pair

    assert ours.recv(100) == b""
    client.sendall(b"too late")
    ours.recv(100)
    assert ours.has_hung_up  # what comes after a gap is not what was asked for


def test_a_time_that_somebody_else_has_set_is_no_end(pair: tuple[ImpatientSocket, socket.socket]) -> None:
    ours, _ = pair
    ours.settimeout(0.01)

    with pytest.raises(TimeoutError):
        ours.recv(100)


def test_waits_for_one_request_are_not_held_against_the_next(pair: tuple[ImpatientSocket, socket.socket]) -> None:
    ours, client = pair
    ours.patience_s = PATIENCE_S
    ours._credit_s = 0
    assert ours.recv(100) == b""

    ours.begin_request()
    threading.Timer(0.05, client.sendall, (b"x",)).start()
    assert ours.recv(100) == b"x"


def test_a_reader_that_takes_nothing_is_let_go(pair: tuple[ImpatientSocket, socket.socket]) -> None:
    ours, _ = pair

    with pytest.raises(BrokenPipeError):
        ours.sendall(LARGE * 10)


def test_a_file_that_nobody_takes_is_let_go(pair: tuple[ImpatientSocket, socket.socket], tmp_path: Path) -> None:
    ours, _ = pair
    path = tmp_path / "large"
    path.write_bytes(LARGE * 10)

    with path.open("rb") as file, pytest.raises(BrokenPipeError):
        ours.sendfile(file)


def test_a_slow_reader_gets_everything_however_long_it_takes(pair: tuple[ImpatientSocket, socket.socket]) -> None:
    ours, client = pair
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    ours.patience_s, ours._credit_s = PATIENCE_S, 0  # whatever it is waited for it has earned
    sending = threading.Thread(target=ours.sendall, args=(LARGE[:300_000],))
    sending.start()

    taken = b""
    for pause_s in chain([PAUSE_S] * 8, repeat(0)):
        taken += client.recv(30_000)
        time.sleep(pause_s)
        if len(taken) == 300_000:
            break
    sending.join()

    assert taken == LARGE[:300_000]


def test_a_byte_now_and_then_does_not_hold_a_thread_for_ever(pair: tuple[ImpatientSocket, socket.socket]) -> None:
    ours, client = pair
    ours.patience_s, ours._credit_s = PATIENCE_S, 0.3
    stop, heard = threading.Event(), 0

    def trickle() -> None:
        while not stop.wait(0.03):
            client.sendall(b"x")

    client.sendall(b"x")
    sending = threading.Thread(target=trickle)
    sending.start()
    while ours.recv(100):  # ends as all that it may be waited for is used up: silence is not what ends it
        heard += 1
    stop.set()
    sending.join()

    assert heard >= 1
    assert ours._credit_s <= 0
    assert ours.has_hung_up


def test_what_has_come_is_given_without_waiting_for_more(pair: tuple[ImpatientSocket, socket.socket]) -> None:
    ours, client = pair

    assert ours.arrived(100, within_s=0) is None
    client.sendall(b"GE")
    assert ours.arrived(100, within_s=PATIENCE_S) == b"GE"
    client.close()
    assert ours.arrived(100, within_s=PATIENCE_S) == b""
