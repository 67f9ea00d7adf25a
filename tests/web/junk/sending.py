"""Somebody who sends junk to what they look after, and what has to come of it."""

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from portal.foundation.db import reading
from portal.wiring import Portal
from tests.curating import Caller, Snapshot

DRAFT = "/datasets/stadt-neu/draft"

TABLE = f"{DRAFT}/tables/trees"

DEEP = "[" * 100_000


@dataclass(frozen=True)
class Case:
    """A portal, an editor who sends junk, and an approver."""

    portal: Portal
    snapshot: Snapshot
    editor: Caller
    approver: Caller


def if_match(case: Case) -> dict[str, str]:
    with reading(case.portal.engine) as session:
        query = "SELECT revision FROM draft JOIN dataset ON dataset.id = dataset_id WHERE slug = 'stadt-neu'"
        return {"If-Match": f'"r{session.execute(text(query)).scalar()}"'}


def assert_refused(answer: TestResponse) -> None:
    assert 400 <= answer.status_code < 500, f"{answer.status_code}: {answer.get_data(as_text=True)[:300]}"
    assert answer.mimetype == "application/problem+json"
    document = json.loads(answer.get_data())
    assert document["status"] == answer.status_code
    assert {"type", "title", "detail", "translations"} <= set(document)


def assert_usable(case: Case) -> None:
    """Hold that a draft which was taken can be read as JSON, and built or refused in words."""
    draft = case.editor.ask("GET", DRAFT)
    assert draft.status_code == 200
    json.loads(draft.get_data(), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    answer = case.editor.ask("GET", f"{DRAFT}/preview")
    assert answer.status_code in (200, 422), answer.get_data(as_text=True)[:300]


def content_of(case: Case) -> list[Any]:
    tables = ("event", "draft", "dataset", "delivery_choices", "job")
    with reading(case.portal.engine) as session:
        return [session.execute(text(f"SELECT * FROM {table}")).all() for table in tables]


def blobs_of(case: Case) -> set[str]:
    return {path.name for path in case.portal.drafts.root.rglob("*") if path.is_file()}


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return out.getvalue()
