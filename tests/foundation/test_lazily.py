"""Modules that are loaded when they are first used."""

import json
import sys
from collections.abc import Iterator

import pytest

from portal.foundation.lazily import later, meanwhile

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


def test_modules_are_loaded_when_the_block_ends() -> None:
    with meanwhile(SELDOM_USED):
        pass

    assert SELDOM_USED in sys.modules


def test_a_module_that_cannot_be_loaded_meanwhile_is_missed_at_the_end() -> None:
    done = []

    with pytest.raises(ModuleNotFoundError, match="no_such_room"), meanwhile("portal.no_such_room"):
        done.append("the block")

    assert done == ["the block"]
