"""The manual of SQL is true: its examples give what it shows, over HTTP, and its list of functions is the one in force."""

import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from portal.rows.sql.pool import MAX_TABLES
from portal.rows.sql.sandbox import FUNCTIONS, MAX_VALUE_BYTES
from portal.rows.sql.statement import MAX_CHARACTERS
from tests.shipped import PROJECT, Served
from tests.waiting import wait_until

MANUAL = (PROJECT / "docs" / "sql.md").read_text("utf-8")
EXAMPLES = re.findall(r"```sql\n(.*?)```\n+```json\n(.*?)```", MANUAL, re.DOTALL)


@pytest.mark.parametrize(("statement", "shown"), EXAMPLES, ids=lambda text: text[:30])
def test_an_example_gives_what_the_manual_shows(statement: str, shown: str, shipped: Served) -> None:
    answer = shipped.get(f"/api/v1/sql?q={quote(statement)}")

    assert answer.status_code == 200, answer.text
    assert answer.json()["rows"] == json.loads(shown)
    assert answer.json()["lineage"]["answer"] == "yes"


def test_who_reads_while_strangers_keep_every_process_busy_waits_for_nothing(shipped: Served) -> None:
    endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c"
    has_read = threading.Event()

    def ask_again_and_again() -> set[int]:
        statuses = {_status(shipped, endless)}
        while not has_read.is_set():
            statuses.add(_status(shipped, endless))
        return statuses

    with ThreadPoolExecutor(max_workers=14) as strangers:
        asked = [strangers.submit(ask_again_and_again) for _ in range(14)]
        begun = time.monotonic()
        answers = [shipped.get("/api/v1/datasets/orte/tables/places/rows?sort=-name&limit=5") for _ in range(20)]
        took_s = time.monotonic() - begun
        has_read.set()

    statuses = set().union(*(one.result() for one in asked))
    assert {answer.status_code for answer in answers} == {200}
    assert took_s < 20  # behind strangers each would wait for a question of 3 s
    assert {422} <= statuses <= {422, 503}
    wait_until(lambda: _status(shipped, "SELECT 1 AS one") == 200)


def _status(shipped: Served, statement: str) -> int:
    return shipped.get(f"/api/v1/sql?q={quote(statement)}").status_code


def test_the_manual_names_the_functions_and_limits_in_force() -> None:
    listed = MANUAL.split("Functions: ")[1].split("\n\n")[0]

    assert len(EXAMPLES) >= 4
    assert set(re.findall(r"`(\w+)`", listed)) == FUNCTIONS
    assert f"{MAX_VALUE_BYTES:,} bytes" in MANUAL
    assert f"{MAX_CHARACTERS:,} characters" in MANUAL
    assert (MAX_TABLES, "At most ten tables" in MANUAL) == (10, True)
