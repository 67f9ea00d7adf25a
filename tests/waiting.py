"""Waiting for what happens in other threads and processes: as long as it takes, and not for ever.

A machine may be ten times slower than ours, or busy: what happens at all happens within PATIENCE_S. Nothing else is told by it,
so that no test fails because a machine was slow.
"""

import time
from collections.abc import Callable

PATIENCE_S = 300
_LOOK_EVERY_S = 0.05


def wait_until(happens: Callable[[], object]) -> None:
    """Look again and again until *happens* gives something true."""
    last_moment = time.monotonic() + PATIENCE_S
    while not happens():
        assert time.monotonic() < last_moment, f"it has not happened in {PATIENCE_S} s"
        time.sleep(_LOOK_EVERY_S)
