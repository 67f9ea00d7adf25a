"""A few costly questions at once, a few that wait, and a word to all others."""

import threading
from contextlib import ExitStack

import pytest

from portal.foundation.errors import Busy
from portal.rows.turns import Turns


def test_whoever_finds_all_seats_taken_is_told_to_come_again() -> None:
    turns = Turns(at_once=1, waiting=0)

    with turns.turn(), pytest.raises(Busy) as caught, turns.turn():
        pass

    assert caught.value.facts == {"retry_after_s": 2}
    with turns.turn():
        pass


def test_who_waits_gets_a_turn_when_one_is_free() -> None:
    turns, order = Turns(at_once=1, waiting=1), []

    def ask() -> None:
        with turns.turn():
            order.append("second")

    with turns.turn():
        waiting = threading.Thread(target=ask)
        waiting.start()
        order.append("first")
    waiting.join()

    assert order == ["first", "second"]


def test_nobody_waits_for_ever_and_a_failure_gives_the_turn_back() -> None:
    turns = Turns(at_once=2, waiting=2, longest_wait_s=0.01)

    with ExitStack() as within:
        within.enter_context(turns.turn())
        within.enter_context(turns.turn())
        with pytest.raises(Busy), turns.turn():
            pass
    with pytest.raises(ZeroDivisionError), turns.turn():
        raise ZeroDivisionError

    with turns.turn(), turns.turn():
        pass
