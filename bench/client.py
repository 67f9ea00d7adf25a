"""A small load generator: keep-alive connections over raw sockets, one process each, until the time is up.

It does as little as it can: the request is one ready string, the body is received into one buffer and forgotten.
Client and server share the machine's cores, for the portal and for its peer alike.
"""

import multiprocessing
import socket
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

_BUFFER_BYTES = 1024 * 1024
_MIN_REQUESTS = 3
"""Even where one answer takes longer than the time given."""
_TIMEOUT_S = 120.0
_LAST_CHUNK = b"\r\n0\r\n\r\n"


@dataclass(frozen=True)
class Load:
    """What one stretch of load gave."""

    per_s: float
    """Answers a second, over all connections."""
    latencies_s: tuple[float, ...]

    @property
    def p50_ms(self) -> float:
        return statistics.median(self.latencies_s) * 1000

    @property
    def p99_ms(self) -> float:
        return sorted(self.latencies_s)[int(len(self.latencies_s) * 0.99)] * 1000


def put_load(
    port: int, path: str, *, connections: int, seconds: float, size_bytes: int | None = None, body: bytes = b""
) -> Load:
    """Ask for *path* over *connections* connections for *seconds*; *size_bytes* is checked against every answer.

    With a *body*, it is posted.
    """
    context = multiprocessing.get_context("fork")
    pipes, clients = [], []
    for _ in range(connections):
        here, there = context.Pipe(duplex=False)
        client = context.Process(
            target=_client, args=(there, port, _request(port, path, body), seconds, size_bytes), daemon=True
        )
        client.start()
        there.close()
        pipes.append(here)
        clients.append(client)
    answers = [pipe.recv() for pipe in pipes]
    for client in clients:
        client.join()
    return _together(answers)


def fetch(port: int, path: str) -> tuple[bytes, float]:
    """Ask once; give the body and the seconds from connecting to its last byte."""
    started = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT_S) as connection:
        connection.sendall(_request(port, path))
        size, body = _head(connection)
        if size is None:
            raise ValueError(f"{path} comes in chunks")
        parts, left = [body], size - len(body)
        while left:
            part = connection.recv(min(left, _BUFFER_BYTES))
            if not part:
                raise ConnectionError(f"{path} broke off")
            parts.append(part)
            left -= len(part)
    took = time.perf_counter() - started
    return b"".join(parts), took


def _together(answers: Sequence[tuple[list[float], float]]) -> Load:
    per_s = sum(len(latencies) / took for latencies, took in answers)
    return Load(per_s, tuple(latency for latencies, _ in answers for latency in latencies))


def _client(pipe: Connection, port: int, request: bytes, seconds: float, size_bytes: int | None) -> None:
    buffer = bytearray(_BUFFER_BYTES)
    latencies: list[float] = []
    with socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT_S) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _ask(connection, request, buffer)  # the first one warms up
        started = time.perf_counter()
        while time.perf_counter() - started < seconds or len(latencies) < _MIN_REQUESTS:
            before = time.perf_counter()
            size = _ask(connection, request, buffer)
            latencies.append(time.perf_counter() - before)
            if size_bytes is not None and size != size_bytes:
                raise ValueError(f"{request[:200]!r} gave {size} bytes, not {size_bytes}")
        took = time.perf_counter() - started
    pipe.send((latencies, took))


def _request(port: int, path: str, body: bytes = b"") -> bytes:
    posted = f"Content-Length: {len(body)}\r\n" if body else ""
    method, about = "POST" if body else "GET", f"Host: 127.0.0.1:{port}\r\nUser-Agent: bench\r\nAccept: */*\r\n{posted}"
    return f"{method} {path} HTTP/1.1\r\n{about}\r\n".encode() + body


def _ask(connection: socket.socket, request: bytes, buffer: bytearray) -> int:
    connection.sendall(request)
    size, begun = _head(connection)
    if size is None:
        return _chunked(connection, begun)
    left = size - len(begun)
    while left:
        received = connection.recv_into(buffer, min(left, _BUFFER_BYTES))
        if not received:
            raise ConnectionError("the answer broke off")
        left -= received
    return size


def _chunked(connection: socket.socket, begun: bytes) -> int:
    """Receive up to the last chunk, which is empty (RFC 9112, 7.1); give the bytes with what stands around the chunks."""
    size, end = len(begun), begun[-len(_LAST_CHUNK) :]
    while end != _LAST_CHUNK:
        part = connection.recv(65536)
        if not part:
            raise ConnectionError("the answer broke off")
        size, end = size + len(part), (end + part)[-len(_LAST_CHUNK) :]
    return size


def _head(connection: socket.socket) -> tuple[int | None, bytes]:
    """Receive up to the end of the head; give `Content-Length`, None for chunks, and what of the body came along."""
    received = b""
    while (end := received.find(b"\r\n\r\n")) < 0:
        part = connection.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        received += part
    head = received[:end].lower()
    if not head.startswith(b"http/1.1 200"):
        raise ValueError(f"Not 200: {received[:200]!r}")
    if b"\r\ntransfer-encoding: chunked" in head:
        return None, received[end + 4 :]
    at = head.index(b"\r\ncontent-length:") + len(b"\r\ncontent-length:")
    return int(head[at:].split(b"\r\n", 1)[0]), received[end + 4 :]
