"""Modules that are loaded when they are first used."""

import json
import sys
from collections.abc import Iterator

import pytest

from portal.foundation.lazily import later

SELDOM_USED = "this"  # nobody imports the Zen of Python by mistake


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    sys.modules.pop(SELDOM_USED, None)
    yield
    sys.modules.pop(SELDOM_USED, None)


def test_a_module_is_loaded_when_something_of_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    zen = later(SELDOM_USED)
    assert SELDOM_USED not in sys.modules

    assert "ornhgvshy" in zen.s.lower()
    assert SELDOM_USED in sys.modules


def test_a_module_that_is_loaded_is_given_as_it_is() -> None:
    assert later("json") is json


def test_what_a_module_does_not_have_is_missed_as_always() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = later(SELDOM_USED).nothing


def test_a_module_that_is_not_there_is_missed_at_first_use() -> None:
    absent = later("portal.no_such_room")

    with pytest.raises(ModuleNotFoundError, match="no_such_room"):
        _ = absent.anything
