"""The real server on a free port: what is no HTTP, slow, many or stopped must not take it down."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from portal.wiring import Portal
from tests.shipped import serving, start, stop
from tests.waiting import PATIENCE_S
from tests.web.conftest import BASE_URL

LARGE = "/datasets/archiv/scans.csv"
THREADS = 4
MANY, SOON_S = 5 * THREADS, 10
"""So many clients that whoever were held up by each of them for a second would be late; one that stands still for seconds is not."""
END = b"Host: a\r\nConnection: close\r\n\r\n"

NO_HTTP = {
    "no request line": b"hello\r\n\r\n",
    "HTTP/0.9": b"GET /health\r\n\r\n",
    "unknown version": b"GET /health HTTP/x.y\r\n" + END,
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 300 + b"\r\n\r\n",
    "lower-case method": b"get /health HTTP/1.1\r\n" + END,
    "NUL in the address": b"GET /\x00 HTTP/1.1\r\n" + END,
    "raw UTF-8 in the address": "GET /datasets/bäume HTTP/1.1\r\n".encode() + END,
    "blank in the address": b"GET /a b HTTP/1.1\r\n" + END,
    "no address": b"GET  HTTP/1.1\r\n" + END,
    "no slash": b"GET datasets HTTP/1.1\r\n" + END,
    "NUL in a header": b"GET /health HTTP/1.1\r\nX: a\x00b\r\n" + END,
    "header without colon": b"GET /health HTTP/1.1\r\nfoo\r\n" + END,
    "header without name": b"GET /health HTTP/1.1\r\n: x\r\n" + END,
    "blank before the colon": b"GET /health HTTP/1.1\r\nfoo : x\r\n" + END,
    "folded header": b"GET /health HTTP/1.1\r\nX: a\r\n b\r\n" + END,
    "bare line feeds": b"GET /health HTTP/1.1\nHost: a\nConnection: close\n\n",
    "negative length": b"GET /health HTTP/1.1\r\nContent-Length: -1\r\n" + END,
    "two lengths": b"GET /health HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n" + END,
    "length and chunks": b"POST /health HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n" + END,
    "unknown coding": b"GET /health HTTP/1.1\r\nTransfer-Encoding: foo\r\n" + END,
    "two hosts": b"GET /health HTTP/1.1\r\nHost: b\r\n" + END,
}
TOO_LARGE = {
    "address": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + END,
    "header": b"GET /health HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n" + END,
    "thousand headers": b"GET /health HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(1000)) + END,
}
UNSENT = b"POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"
CHUNKS_UNSENT = b"POST /nothing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


@dataclass(frozen=True)
class Server:
    """A running server process."""

    port: int
    process: subprocess.Popen[bytes]

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def say(self, request: bytes) -> bytes:
        """Send bytes as they are and give all that comes until the server closes."""
        with self.connect() as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65_536), b""))

    def get(self, address: str) -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)) as connection:
            connection.request("GET", address)
            answer = connection.getresponse()
            return answer.status, answer.read()


@contextmanager
def running(portal: Portal, *, log: int | None = None) -> Iterator[Server]:
    """Start the command `portal serve` on what the test portal holds, and stop it at the end; *log* takes its log."""
    with serving(portal.settings.data, log=log, base_url=BASE_URL, datasets="-", threads=str(THREADS)) as served:
        yield Server(urlsplit(served.url).port or 0, served.process)


@pytest.fixture(scope="module")
def server(portal: Portal) -> Iterator[Server]:
    with running(portal) as server:
        yield server


def head_and_body(answer: bytes) -> tuple[bytes, bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


def assert_problem(answer: bytes, *statuses: int) -> None:
    head, body = head_and_body(answer)
    assert int(head.split()[1]) in statuses
    assert b"content-type: application/problem+json" in head.lower()
    assert b"access-control-allow-origin: *" in head.lower()
    assert f"content-length: {len(body)}".encode() in head.lower()
    document = json.loads(body)
    assert document["status"] == int(head.split()[1])
    assert {"type", "title", "detail"} <= set(document)


@pytest.mark.parametrize("request_bytes", NO_HTTP.values(), ids=list(NO_HTTP))
def test_what_is_no_http_gets_a_problem_document_and_the_next_request_its_answer(
    server: Server, request_bytes: bytes
) -> None:
    assert_problem(server.say(request_bytes), 400)
    assert server.get("/health")[0] == 200


@pytest.mark.parametrize("request_bytes", TOO_LARGE.values(), ids=list(TOO_LARGE))
def test_what_is_too_large_gets_a_problem_document_and_the_next_request_its_answer(
    server: Server, request_bytes: bytes
) -> None:
    assert_problem(server.say(request_bytes), 414, 431)
    assert server.get("/health")[0] == 200


def test_a_client_that_hangs_up_in_the_middle_is_no_trouble(server: Server) -> None:
    for said in (b"", b"GE", b"GET /health HTTP/1.1\r\n", b"GET /health HTTP/1.1\r\nContent-Length: 99\r\n\r\nabc"):
        with server.connect() as connection:
            connection.sendall(said)

    assert server.get("/health")[0] == 200


def test_a_connection_goes_on_after_an_error(server: Server) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)) as connection:
        statuses = []
        for method, address in (
            ("GET", "/nothing"), ("POST", "/health"), ("GET", "/api/v1/datasets?limit=0"), ("HEAD", "/nothing"),
            ("GET", "/datasets/baeume/trees.csv"), ("HEAD", LARGE), ("GET", "/health"),
        ):  # fmt: skip
            connection.request(method, address, body=b"x" * 100 if method == "POST" else None)
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)

    assert statuses == [404, 405, 400, 404, 200, 200, 200]


def test_requests_sent_at_once_are_answered_in_their_order(server: Server) -> None:
    addresses = ("/health", "/nothing", "/datasets/baeume/trees.csv", "/api/v1/datasets?limit=0", "/health")
    piped = b"".join(f"GET {address} HTTP/1.1\r\nHost: a\r\n\r\n".encode() for address in addresses)

    answers = server.say(piped + b"GET /health HTTP/1.1\r\n" + END)

    assert re.findall(rb"HTTP/1\.1 (\d{3})", answers) == [b"200", b"404", b"200", b"400", b"200", b"200"]


def test_http_1_0_is_answered_and_closed(server: Server) -> None:
    head, body = head_and_body(server.say(b"GET /datasets/baeume/trees.csv HTTP/1.0\r\n\r\n"))

    assert head.startswith(b"HTTP/1.0 200")
    assert body.count(b"Linde") == 40


def test_head_sends_no_body_over_the_wire(server: Server) -> None:
    for address in ("/datasets/baeume/trees.csv", LARGE, "/", "/api/v1/datasets", "/nothing"):
        head, body = head_and_body(server.say(f"HEAD {address} HTTP/1.1\r\n".encode() + END))
        assert b"content-length:" in head.lower()
        assert body == b""


def test_many_parallel_readers_all_get_the_same_bytes(server: Server) -> None:
    _, expected = server.get(LARGE)
    addresses = (LARGE, "/datasets/baeume/trees.csv", "/nothing", "/api/v1/datasets", "/") * 12

    with ThreadPoolExecutor(24) as readers:
        answers = list(readers.map(server.get, addresses))

    assert [status for status, _ in answers] == [200, 200, 404, 200, 200] * 12
    assert all(body == expected for _, body in answers[::5])


def test_clients_that_take_their_time_to_ask_hold_nobody_up(server: Server) -> None:
    slow = [server.connect() for _ in range(10 * MANY)]
    try:
        for connection in slow[MANY:]:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\nX: ")
        started = time.monotonic()
        for _ in range(5):
            for connection in slow[2 * MANY :]:
                connection.sendall(b"x")
            assert server.get("/health")[0] == 200

        assert time.monotonic() - started < SOON_S
        slow[-1].sendall(b"\r\nConnection: close\r\n\r\n")
        assert slow[-1].recv(100).startswith(b"HTTP/1.1 200")
    finally:
        for connection in slow:
            connection.close()


def test_clients_that_do_not_hang_up_hold_nobody_up(server: Server) -> None:
    answered = [server.connect() for _ in range(3 * MANY)]
    try:
        started = time.monotonic()
        for connection in answered:
            connection.sendall(b"GET /health HTTP/1.1\r\n" + END)
            assert connection.recv(100).startswith(b"HTTP/1.1 200")

        assert time.monotonic() - started < SOON_S
    finally:
        for connection in answered:
            connection.close()


@pytest.mark.parametrize("said", [b"hello\r\n\r\n", UNSENT, CHUNKS_UNSENT, b"GET / HTTP/1.1\r\nX: " + b"y" * 40_000])
def test_clients_that_are_refused_and_do_not_hang_up_hold_nobody_up(server: Server, said: bytes) -> None:
    refused = [server.connect() for _ in range(4 * MANY)]
    try:
        for connection in refused:
            connection.sendall(said)
        started = time.monotonic()
        assert server.get("/health")[0] == 200

        assert time.monotonic() - started < SOON_S
    finally:
        for connection in refused:
            connection.close()


@pytest.mark.parametrize("head", [UNSENT, CHUNKS_UNSENT], ids=["length", "chunks"])
def test_a_body_that_comes_too_late_is_not_taken_for_the_next_request(server: Server, head: bytes) -> None:
    with server.connect() as connection:
        connection.sendall(head)
        answer = connection.recv(65_536)
        while part := connection.recv(65_536):  # until the server has said that it sends no more
            answer += part
        connection.sendall(b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n")

        assert re.findall(rb"HTTP/1\.1 (\d{3})", answer) == [b"404"]
        with suppress(ConnectionResetError):
            assert connection.recv(100) == b""


def test_an_answer_reaches_those_who_go_on_sending(server: Server) -> None:
    answers = server.say(b"GET /health HTTP/1.1\r\n" + END + b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n" * 2_000)

    assert answers.count(b"HTTP/1.1 200") == 1


def test_a_head_without_end_is_refused(server: Server) -> None:
    fields = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 7_000) for n in range(6))

    assert_problem(server.say(b"GET /health HTTP/1.1\r\n" + fields), 431)


def test_more_connections_than_files_may_be_open_do_not_end_the_server(portal: Portal) -> None:
    command = ["sh", "-c", f"ulimit -n 300 && exec {sys.executable} -m portal.cli serve"]
    served = start(portal.settings.data, command=command, base_url=BASE_URL, datasets="-", threads=str(THREADS))
    server, idle = Server(urlsplit(served.url).port or 0, served.process), []
    begun = served.log.stat().st_size
    try:
        idle += [server.connect() for _ in range(400)]
        time.sleep(0.5)
        for connection in idle:
            connection.close()

        assert server.get("/datasets/baeume/trees.csv")[0] == 200
        assert b"Too many open files" not in served.log.read_bytes()[begun:]
    finally:
        stop(served)


def test_readers_that_take_nothing_hold_nobody_up_for_long(server: Server) -> None:
    slow = []
    try:
        for _ in range(THREADS + 1):
            slow.append(_reads_nothing(server, LARGE))
        time.sleep(0.3)

        assert server.get("/health")[0] == 200
    finally:
        for connection in slow:
            connection.close()


def test_a_stop_lets_a_running_download_finish(portal: Portal) -> None:
    with running(portal) as server:
        _, expected = server.get(LARGE)
        with closing(_reads_nothing(server, LARGE)) as reader:
            reader.recv(1, socket.MSG_PEEK)  # it has begun
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            _, body = head_and_body(b"".join(iter(lambda: reader.recv(1 << 20), b"")))

        assert body == expected
        assert server.process.wait(PATIENCE_S) == 0


def test_a_log_that_nobody_reads_stops_no_answer(portal: Portal) -> None:
    reading_end, writing_end = os.pipe()
    with running(portal, log=writing_end) as server:
        os.close(writing_end)
        os.close(reading_end)

        assert [server.get(address)[0] for address in ("/health", LARGE, "/nothing")] == [200, 200, 404]


def _reads_nothing(server: Server, address: str) -> socket.socket:
    """Ask for *address* with a small window, and take nothing of the answer yet."""
    reader = socket.socket()
    reader.settimeout(PATIENCE_S)
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect(("127.0.0.1", server.port))
    reader.sendall(f"GET {address} HTTP/1.1\r\n".encode() + END)
    return reader
