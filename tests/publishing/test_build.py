"""What is made of a table side by side needs nobody to be first."""

from pathlib import Path
from typing import Any

import pytest

from portal.publishing import build
from portal.wiring import Portal
from tests.releases import damaged, publish, trees, versions
from tests.templates import an_empty_portal
from tests.waiting import wait_until


def test_the_row_file_may_be_begun_when_the_store_has_taken_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal: Portal = an_empty_portal(tmp_path / "data")
    build_row_file = build.build_row_file

    def late(table: Path, *rest: Any, **facts: Any) -> None:
        wait_until(lambda: not list(table.parent.glob("*.typed")))
        build_row_file(table, *rest, **facts)

    monkeypatch.setattr(build, "build_row_file", late)

    assert publish(portal, trees(tmp_path / "baeume", "Linde")) == [1]
    assert [one.rows for one in versions(portal)] == [{"trees": 1}]
    assert damaged(portal) == []
