"""Saved combinations over the wood of tests/combining.py: the portal, somebody who saves, and everybody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from portal.accounts.roles import Role
from portal.foundation.config import Settings
from portal.publishing.migrate import upgrade
from portal.publishing.seed import ensure_operator
from portal.wiring import Portal, build
from tests.combining import a_wood
from tests.curating import Caller, Door, add_person, stranger, with_token

BASE = "https://daten.example"
CARE = {
    "publisher": "datenwerkstatt",
    "title": {"de": "Pflege der Bäume", "en": "Care of the trees"},
    "dataset": "baeume",
    "table": "trees",
    "join": "species_id,pflege/visits.tree_id",
    "query": {"columns": "id,species.label,visits.on", "visits.id__null": "false", "sort": "-visits.on"},
}
EXPECTED = [("b-2", "Eiche; groß", "2025-06-01"), ("b-1", "Linde", "2025-05-01"), ("b-1", "Linde", "2024-05-01")]


@dataclass(frozen=True)
class Case:
    """The portal, an editor of its operator, and everybody else."""

    portal: Portal
    editor: Caller
    everyone: Caller

    def saved(self, slug: str, **facts: Any) -> dict[str, Any]:
        answer = self.editor.ask("PUT", f"/combinations/{slug}", json={**CARE, **facts})
        assert answer.status_code in (200, 201), answer.text
        told: dict[str, Any] = answer.get_json()
        return told

    def rows(self, address: str) -> list[tuple[Any, ...]]:
        answer = self.everyone.client.get(address.removeprefix(BASE))
        assert answer.status_code == 200, answer.text
        return [tuple(row.values()) for row in answer.get_json()["rows"]]

    def status(self, address: str) -> int:
        answer = self.everyone.client.get(address.removeprefix(BASE))
        assert answer.status_code == 200 or answer.mimetype == "application/problem+json"
        return answer.status_code


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("combinations")
    portal = build(Settings(data=folder / "data", base_url=BASE, datasets="-", access_log=False))
    upgrade(portal.engine)
    ensure_operator(portal.engine, portal.settings)
    a_wood(portal, folder)
    add_person(portal, "eva", Role.EDITOR, publisher="datenwerkstatt")
    door = Door.of(portal)
    yield Case(portal, with_token(door, "eva"), stranger(door))
    portal.engine.dispose()
