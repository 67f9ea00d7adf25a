"""The scan finds what is planted and is not alarmed by what looks alike; bench/privacy_corpus.py prints the same counts."""

import duckdb
import pytest

from bench.privacy_corpus import Counted, count
from portal.ingest.privacy import numbers
from portal.ingest.privacy.cells import EVERYTHING, looked_at, pattern
from tests.ingest.privacy_corpus import clean_tables, planted_tables

LEAST_NAMES, LEAST_NUMBERS = 0.85, 0.95
MOST_ALARMS = 0.08


@pytest.fixture(scope="module")
def counted() -> Counted:
    return count()


def test_nearly_everything_planted_is_found(counted: Counted) -> None:
    least = {group: LEAST_NAMES if group.startswith("name") else LEAST_NUMBERS for group in counted.planted}

    assert {group: counted.missed[group] for group in least if counted.recall(group) < least[group]} == {}


def test_few_tables_without_persons_give_an_alarm(counted: Counted) -> None:
    assert len(counted.alarms) / counted.clean <= MOST_ALARMS, counted.alarms


def test_nothing_is_found_in_the_columns_beside(counted: Counted) -> None:
    assert counted.beside == []


def test_the_quick_pattern_lets_everything_through_that_the_close_look_finds() -> None:
    texts = sorted({cell for table in (*planted_tables(), *clean_tables()) for row in table.rows for cell in row})
    found = [text for text in texts if (cell := looked_at(text)).plain or cell.passed]

    rows = duckdb.execute(
        "SELECT text FROM (SELECT unnest(?::VARCHAR[]) AS text) WHERE NOT regexp_matches(text, ?)",
        [found, pattern(EVERYTHING)],
    ).fetchall()

    assert len(found) > 1_000
    assert [text for (text,) in rows] == []


def test_the_specimens_of_the_authorities_pass_their_checks() -> None:
    assert numbers.has_social_number("15 070649 C 103")
    assert numbers.has_social_number("65170839J003")
    assert numbers.is_health_number("A123456780")
    assert numbers.is_identity_number("L01X00T471")
    assert numbers.is_identity_number("C01X00T478")
    assert not numbers.is_identity_number("L01X00T472")
