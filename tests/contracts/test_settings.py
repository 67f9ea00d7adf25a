"""Every setting stands in docs/operations.md with its default and its meaning, and nothing else does."""

import re
from dataclasses import fields

from portal.foundation.config import PREFIX, Settings
from tests.shipped import PROJECT

MANUAL = (PROJECT / "docs" / "operations.md").read_text("utf-8")
ROWS = {
    name: (default, meaning)
    for name, default, meaning in re.findall(r"^\| (PORTAL_[A-Z_]+) \|(.*?)\|(.*)\|$", MANUAL, re.MULTILINE)
}


def test_every_setting_is_documented_with_its_default_and_meaning() -> None:
    for one in fields(Settings):
        name = PREFIX + one.name.upper()
        default, meaning = ROWS[name]
        expected = str(one.default).lower() if isinstance(one.default, bool) else str(one.default)
        assert default.strip(" `") == expected, name
        assert meaning.strip() == one.metadata["help"], name


def test_every_documented_setting_exists() -> None:
    known = {PREFIX + one.name.upper() for one in fields(Settings)}
    told = {found for found in re.findall(r"PORTAL_[A-Z][A-Z_]+", MANUAL) if not found.endswith("_")}

    assert set(ROWS) == known
    assert told <= known


def test_every_setting_has_help_of_one_sentence() -> None:
    for one in fields(Settings):
        assert one.metadata["help"].endswith("."), one.name
        assert "\n" not in one.metadata["help"]
