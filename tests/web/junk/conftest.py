"""A portal with a draft, an editor who sends junk, and an approver; each test puts back what it changed."""

from collections.abc import Iterator

import pytest

from portal.accounts.permissions import Role
from tests.curating import Door, Snapshot, add_person, two_publishers, with_token
from tests.web.junk.sending import DRAFT, Case


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    portal = two_publishers(tmp_path_factory.mktemp("junk"))
    door = Door.of(portal)
    for name, role in (("editor", Role.EDITOR), ("approver", Role.APPROVER)):
        add_person(portal, name, role)
    editor, approver = (with_token(door, name) for name in ("editor", "approver"))
    for caller in (editor, approver):
        assert caller.ask("GET", f"{DRAFT}/preview").status_code == 200
    yield Case(portal, Snapshot.of(portal), editor, approver)
    portal.engine.dispose()
