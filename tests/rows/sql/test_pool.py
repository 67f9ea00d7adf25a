"""The processes: none before somebody asks, nothing in their hands, replaced when they break, and never all threads waiting."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from portal.foundation.errors import Busy, InvalidInput, TooCostly
from portal.rows.engine import RowSource
from portal.rows.sql.pool import MAX_WAITING, SqlPool
from portal.rows.sql.process import _PACKAGE
from portal.rows.sql.statement import read_statement
from portal.rows.sql.tables import SqlTable
from tests.rows.sql.conftest import HURRY_S, LIMITS, Ask, in_a_hurry
from tests.waiting import PATIENCE_S, wait_until

ENDLESS = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c"
ONE = read_statement("SELECT 1")
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def child(pool: SqlPool) -> int:
    return pool._idle[0]._child.pid


def test_no_process_is_started_before_somebody_asks(tmp_path: Path) -> None:
    pool = SqlPool(tmp_path, LIMITS)

    assert pool._idle == []
    pool.close()


def test_a_process_answers_one_question_after_the_other(ask: Ask, pool: SqlPool) -> None:
    ask("SELECT 1")
    first = child(pool)
    with pytest.raises(InvalidInput):
        ask("SELECT nothing")

    ask("SELECT 2")

    assert child(pool) == first


@LINUX
def test_a_process_holds_no_secret_no_file_and_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_OIDC_CLIENT_SECRET", "secret")
    pool = SqlPool(tmp_path, LIMITS)
    pool.ask(ONE, [], max_rows=1)
    proc = Path("/proc") / str(child(pool))

    assert b"PORTAL_" not in (proc / "environ").read_bytes()
    assert sorted(path.name for path in (proc / "fd").iterdir()) == ["0", "1", "2"]
    assert _resident_kb(child(pool)) < 30_000
    pool.close()


@LINUX
def test_a_process_ends_with_its_portal(tmp_path: Path) -> None:
    pool = SqlPool(tmp_path, LIMITS)
    pool.ask(ONE, [], max_rows=1)
    orphan = pool._idle[0]._child

    assert orphan.stdin is not None
    orphan.stdin.close()  # what the system does when the portal is gone

    assert orphan.wait(PATIENCE_S) == 0


@LINUX
def test_a_process_that_has_held_much_memory_gives_it_back(ask: Ask, pool: SqlPool) -> None:
    ask("SELECT 1")
    first = child(pool)

    ask("""SELECT count(*) FROM (SELECT DISTINCT substr(s, 1, 100000) || n FROM
        (SELECT replace(group_concat(id), ',', '################################') s FROM "d/t") t,
        (SELECT id AS n FROM "d/t" LIMIT 300))""")
    ask("SELECT 1")

    assert child(pool) == first
    assert _resident_kb(first) < 40_000


@LINUX
def test_a_process_gives_up_files_network_programs_and_writing(ask: Ask, pool: SqlPool) -> None:
    ask("SELECT 1")
    held = pool._idle[0].confined

    limits = (Path("/proc") / str(child(pool)) / "limits").read_text()
    assert "limits" in held
    for line in (
        "Max file size             0",
        "Max core file size        0",
        f"Max address space         {LIMITS.memory_bytes}",
    ):
        assert line in limits


TRIES = """
import sys; sys.path.insert(0, sys.argv[1])
from pathlib import Path
import os, socket
from portal.rows.sql.confined import confine
inside, outside = Path(sys.argv[2]) / "row", Path(sys.argv[3])
tries = {
    "read inside": lambda: open(inside, "rb").read(),
    "read outside": lambda: open(outside, "rb").read(),
    "list outside": lambda: os.listdir("/"),
    "write inside": lambda: open(inside, "ab").write(b"x"),
    "write outside": lambda: open(outside, "ab").write(b"x"),
    "make": lambda: os.open(Path(sys.argv[2]) / "new", os.O_CREAT | os.O_WRONLY),
    "remove": lambda: os.unlink(inside),
    "socket": lambda: socket.socket(),
    "fork": lambda: os.fork() or os._exit(0),
    "program": lambda: os.execv("/bin/true", ["true"]),
    "signal": lambda: os.kill(os.getppid(), 0),
}
held = confine(Path(sys.argv[2]), memory_bytes=256 * 1024**2, cpu_s=5)
for name, attempt in tries.items():
    try:
        attempt()
        print(name, "done")
    except OSError as error:
        print(name, "refused")
print("held", *held)
"""


@LINUX
def test_whoever_takes_over_a_process_can_read_row_files_and_nothing_else(tmp_path: Path) -> None:
    inside, outside = tmp_path / "rows", tmp_path / "secret.key"
    inside.mkdir()
    (inside / "row").write_text("rows")
    outside.write_text("secret")

    told = subprocess.run(
        [sys.executable, "-I", "-S", "-c", TRIES, str(_PACKAGE), str(inside), str(outside)],
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip

    done = {line.rsplit(" ", 1)[0] for line in told.stdout.splitlines() if line.endswith("done")}
    held = told.stdout.splitlines()[-1].split()
    assert held[:2] == ["held", "limits"], told
    assert outside.read_text() == "secret"
    assert (inside / "row").read_text() == "rows"
    if "landlock" not in held or "seccomp" not in held:
        pytest.skip(f"this kernel only has {held[1:]}")
    assert done == {"read inside"}


def test_a_system_that_cannot_hold_a_process_is_told_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("portal.rows.sql.pool.CONFINEMENTS", frozenset(("limits", "a moat")))
    pool = SqlPool(tmp_path, LIMITS)

    for _ in range(2):
        pool.ask(ONE, [], max_rows=1)
        pool.close()

    assert [line for line in caplog.messages if "processes for SQL by" in line] == [
        f"this system holds processes for SQL by {', '.join(_held(pool))} only (docs/sql.md)"
    ]


def test_a_process_that_is_killed_or_breaks_is_replaced(ask: Ask, pool: SqlPool) -> None:
    ask("SELECT 1")
    killed = child(pool)
    os.kill(killed, signal.SIGKILL)

    assert ask("SELECT 2").rows == '{"2":2}'
    assert child(pool) != killed


def test_a_process_that_dies_under_a_statement_is_told_as_too_costly(ask: Ask, pool: SqlPool) -> None:
    ask("SELECT 1")
    killing = threading.Timer(0.05, os.kill, (child(pool), signal.SIGKILL))
    killing.start()

    with in_a_hurry(pool), pytest.raises(TooCostly):
        ask(ENDLESS)
    killing.join()

    assert ask("SELECT 2").rows == '{"2":2}'


def test_a_process_that_hangs_within_one_step_is_killed_at_the_time_limit(ask: Ask, pool: SqlPool) -> None:
    ask("SELECT 1")
    os.kill(child(pool), signal.SIGSTOP)

    with in_a_hurry(pool), pytest.raises(TooCostly) as caught:
        ask("SELECT 1")

    assert caught.value.facts == {"timeout_s": HURRY_S, "limit": "time"}
    assert ask("SELECT 2").rows == '{"2":2}'


def test_a_long_question_to_a_process_that_hangs_ends_at_the_time_limit_too(
    ask: Ask, pool: SqlPool, sql_tables: list[SqlTable]
) -> None:
    ask("SELECT 1")
    os.kill(child(pool), signal.SIGSTOP)
    many = [replace(sql_tables[0], name=f"d/{number}{'x' * 50_000}") for number in range(10)]

    with in_a_hurry(pool), pytest.raises(TooCostly):
        pool.ask(ONE, many, max_rows=1)

    assert pool.ask(ONE, many, max_rows=1).row_count == 1


def test_who_comes_when_many_wait_is_sent_away_at_once(tmp_path: Path) -> None:
    pool = SqlPool(tmp_path, LIMITS)
    pool.ask(ONE, [], max_rows=1)
    outcomes: list[object] = []

    def ask() -> None:
        try:
            outcomes.append(pool.ask(ONE, [], max_rows=1).row_count)
        except Busy:
            outcomes.append(Busy)

    busy = child(pool)
    os.kill(busy, signal.SIGSTOP)
    threads = [threading.Thread(target=ask) for _ in range(1 + MAX_WAITING + 5)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(outcomes) == 5)
    sent_away = [*outcomes]
    os.kill(busy, signal.SIGCONT)
    for thread in threads:
        thread.join(PATIENCE_S)

    assert sent_away == [Busy] * 5
    assert outcomes == [Busy] * 5 + [1] * (1 + MAX_WAITING)
    pool.close()


def test_who_has_waited_as_long_as_a_question_may_take_is_told_to_come_again(tmp_path: Path) -> None:
    pool = SqlPool(tmp_path, replace(LIMITS, timeout_s=HURRY_S))

    with pool._turn(), pytest.raises(Busy) as caught:
        pool.ask(ONE, [], max_rows=1)

    assert caught.value.facts == {"retry_after_s": 5}
    pool.close()


def test_a_row_file_of_an_older_form_is_waited_for(pool: SqlPool, sql_tables: list[SqlTable], tmp_path: Path) -> None:
    source: RowSource = sql_tables[1].source
    old = source.row_file.parent / "old.sqlite"
    content = bytearray(source.row_file.read_bytes())
    content[60:64] = (1).to_bytes(4)  # user_version (sqlite.org/fileformat.html, 1.3)
    old.write_bytes(content)

    with pytest.raises(Busy):
        pool.ask(ONE, [SqlTable("d/old", replace(source, row_file=old))], max_rows=1)


def test_the_process_imports_nothing_of_the_portal_but_itself() -> None:
    program = "import sys; sys.path.insert(0, sys.argv[1]); import portal.rows.sql.child; print(*sys.modules)"

    told = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, str(_PACKAGE)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )

    own = {name for name in told.stdout.split() if name.startswith("portal")}
    assert own == {
        "portal",
        "portal.rows",
        *(f"portal.rows.sql{name}" for name in ("", ".child", ".confined", ".framing", ".sandbox", ".written")),
    }
    assert not {"flask", "duckdb", "sqlalchemy", "socket", "subprocess", "ssl"} & set(told.stdout.split())


def _held(pool: SqlPool) -> list[str]:
    pool.ask(ONE, [], max_rows=1)
    return pool._idle[0].confined


def _resident_kb(process: int) -> int:
    status = (Path("/proc") / str(process) / "status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
