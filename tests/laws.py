"""How many examples a law is held against: few where each is dear, ten times as many with `TESTS_STRENGTH=10 make tests`."""

import os

from hypothesis import HealthCheck, settings

STRENGTH = int(os.environ.get("TESTS_STRENGTH", "1"))


def examples(count: int) -> settings:
    """Ask for *count* examples, however long each takes; fixtures of a test serve all its examples."""
    patient = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=count * STRENGTH, deadline=None, suppress_health_check=patient)


def hold_all_laws() -> None:
    """Make this what a law gets that asks for nothing: a loaded machine is no reason to fail."""
    settings.register_profile("laws", examples(100))
    settings.load_profile("laws")
