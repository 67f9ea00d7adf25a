"""The real server while somebody changes something: uploads broken off, and a stop in the middle of a release."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from portal.accounts.roles import Role
from portal.catalogue.draft import Draft
from portal.foundation.db import reading
from portal.wiring import Portal
from tests.curating import CSV, Door, add_person, add_publisher, begin, with_token
from tests.releases import damaged, versions
from tests.shipped import Served, serving, stop
from tests.templates import an_empty_portal
from tests.waiting import wait_until

DRAFT = "/api/v1/datasets/baeume/draft"
TABLE = f"{DRAFT}/tables/trees"
HEAD = f"PUT {TABLE}?filename=b.csv HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: "


@dataclass(frozen=True)
class Case:
    """A running server, and two people with tokens."""

    portal: Portal
    served: Served
    editor: str
    approver: str

    def ask(self, method: str, path: str, token: str, **more: object) -> requests.Response:
        headers = {"Authorization": token}
        return requests.request(method, self.served.absolute(path), headers=headers, timeout=60, **more)  # type: ignore[arg-type]

    def send(self, rest: bytes) -> bytes:
        """Send the rest of an upload's head and body as they are, hang up, and give what was answered."""
        address = urlsplit(self.served.url)
        with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
            connection.sendall(f"{HEAD}{self.editor}\r\n".encode() + rest)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while part := connection.recv(65_536):
                answer += part
        return answer


def a_portal(data: Path) -> tuple[Portal, str, str]:
    """Build a portal with the draft of `baeume`, and give it with the credentials of an editor and an approver."""
    portal = an_empty_portal(data, base_url="http://127.0.0.1")
    add_publisher(portal)
    door = Door.of(portal)
    for name, role in (("anna", Role.EDITOR), ("ben", Role.APPROVER)):
        add_person(portal, name, role)
    begin(portal, "baeume", "stadt")
    editor, approver = (with_token(door, name).headers["Authorization"] for name in ("anna", "ben"))
    return portal, editor, approver


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    portal, editor, approver = a_portal(tmp_path_factory.mktemp("writes") / "data")
    with serving(portal.settings.data, datasets="-", threads="4") as served:
        yield Case(portal, served, editor, approver)
    portal.engine.dispose()


BROKEN_OFF = {
    "length larger than what comes": b"Content-Length: 100000\r\n\r\n" + CSV,
    "nothing of what was announced": b"Content-Length: 100000\r\n\r\n",
    "a chunk cut short": b"Transfer-Encoding: chunked\r\n\r\n1000\r\n" + CSV,
    "no last chunk": b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(CSV), CSV),
    "a chunk whose size is none": b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + CSV,
    "a chunk of negative size": b"Transfer-Encoding: chunked\r\n\r\n-5\r\n" + CSV,
    "no body": b"\r\n",
    "half a form in chunks": b"Content-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "JSON in chunks that are none": b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "half a form": b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 500\r\n\r\n--x\r\n"
    b'Content-Disposition: form-data; name="file"; filename="b.csv"\r\n\r\n' + CSV,
}


@pytest.mark.parametrize("rest", BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_an_upload_that_breaks_off_is_not_taken_for_a_file(case: Case, rest: bytes) -> None:
    before = _draft(case.portal)

    answer = case.send(rest)

    status = answer[9:12]
    assert status in (b"", b"400", b"411", b"422"), answer[:300]
    assert _draft(case.portal) == before
    assert list(case.portal.drafts.work.iterdir()) == []
    assert case.ask("GET", DRAFT, case.editor).status_code == 200


def test_a_file_in_whole_chunks_is_taken(case: Case) -> None:
    def chunks() -> Iterator[bytes]:
        yield from (CSV[:5], CSV[5:])

    answer = case.ask("PUT", f"{TABLE}?filename=b.csv&dry_run=true", case.editor, data=chunks())

    assert answer.status_code == 200, answer.text
    assert answer.json()["rows"] == 2


def test_a_file_larger_than_allowed_is_refused_before_it_fills_the_disk(tmp_path: Path) -> None:
    portal, editor, approver = a_portal(tmp_path / "data")

    with serving(portal.settings.data, datasets="-", upload_max_bytes="100000") as served:
        case = Case(portal, served, editor, approver)
        announced = case.send(b"Content-Length: 900000000\r\n\r\n" + CSV)
        chunked = case.send(
            b"Transfer-Encoding: chunked\r\n\r\n" + b"10000\r\n%s\r\n" % (b"x" * 65_536) * 6 + b"0\r\n\r\n"
        )

        assert announced[9:12] == b"413", announced[:300]
        assert chunked[9:12] in (b"413", b""), chunked[:300]
        assert list(portal.drafts.work.iterdir()) == []
    portal.engine.dispose()


def test_a_server_stopped_in_the_middle_of_a_release_leaves_no_process_and_the_next_start_finishes_it(
    tmp_path: Path,
) -> None:
    portal, editor, approver = a_portal(tmp_path / "data")
    rows = b"".join(b"r-%d,Linde Nummer %d\n" % (row, row) for row in range(40_000))

    with serving(portal.settings.data, datasets="-") as served:
        case = Case(portal, served, editor, approver)
        assert case.ask("PUT", f"{TABLE}?filename=b.csv", editor, data=CSV + rows).status_code == 200
        assert case.ask("POST", f"{DRAFT}/submit", editor).status_code == 200
        approved = case.ask("POST", f"{DRAFT}/approve", approver)
        assert approved.status_code == 202, approved.text
        job = urlsplit(approved.headers["Location"]).path
        wait_until(lambda: case.ask("GET", job, approver).json()["state"] != "waiting")
        stop(served)
        left = _processes_of(portal.settings.data)
        unfinished = versions(portal, "baeume") == []

    assert left == []
    assert damaged(portal) == []
    assert unfinished is (_draft(portal) is not None)

    with serving(portal.settings.data, datasets="-") as served:
        case = Case(portal, served, editor, approver)
        wait_until(lambda: case.ask("GET", job, approver).json()["state"] == "done")
        assert (
            len(requests.get(served.absolute("/datasets/baeume/trees.csv"), timeout=30).content.splitlines()) == 40_003
        )
    assert _processes_of(portal.settings.data) == []
    assert [one.number for one in versions(portal, "baeume")] == [1]
    portal.engine.dispose()


def _draft(portal: Portal) -> tuple[int, dict[str, str]] | None:
    with reading(portal.engine) as session:
        draft = session.query(Draft).one_or_none()
        return (draft.revision, dict(draft.sources)) if draft else None


def _processes_of(data: Path) -> list[str]:
    """Give the command lines of running processes that work on the portal in *data*."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"PORTAL_DATA={data}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return [line for line in found if line]
