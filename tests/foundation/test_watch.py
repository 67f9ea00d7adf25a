"""What takes too long is interrupted until it ends, and nothing after that."""

import threading
import time

from portal.foundation.watch import interrupted_after
from tests.waiting import PATIENCE_S


def test_what_is_done_in_time_is_left_alone() -> None:
    heard = threading.Event()

    with interrupted_after(PATIENCE_S, heard.set):
        pass

    assert not heard.is_set()


def test_what_does_not_listen_the_first_time_is_interrupted_again_until_it_ends() -> None:
    heard, third = [], threading.Event()

    def interrupt() -> None:
        heard.append(time.monotonic())
        if len(heard) == 3:
            third.set()

    with interrupted_after(0.01, interrupt):
        assert third.wait(PATIENCE_S)
    many = len(heard)
    time.sleep(0.2)

    assert len(heard) == many
