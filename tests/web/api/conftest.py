"""A town of its own for each test, once on SQLite and once on PostgreSQL."""

import pytest

from tests.templates import PortalWith
from tests.web.callers import Town, fill_town


@pytest.fixture
def town(portal_with: PortalWith) -> Town:
    return Town.of(portal_with(fill_town))
