"""Ports for servers of a test run: no two of them get the same.

They lie below those that the system gives to whoever wants any (Linux: from 32,768), so that nobody, neither a client's
connection nor another test's socket, gets one between the moment it is found free and the start of the server.
"""

import socket
import zlib

from tests import run

PORTS = range(20_000, 32_000)


def free_port() -> int:
    """Give a port that nobody listens on, and that this run has not given yet."""
    with run.once("ports") as folder:
        note = folder / "last"
        # Runs at the same time on one machine begin at different places.
        last = int(note.read_text()) if note.exists() else zlib.crc32(str(folder).encode())
        while True:
            last += 1
            port = PORTS[last % len(PORTS)]
            if _is_free(port):
                note.write_text(str(last))
                return port


def _is_free(port: int) -> bool:
    with socket.socket() as trying:
        trying.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as a server does: what is over may be there still
        try:
            trying.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
