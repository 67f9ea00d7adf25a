"""REST v1 in whole: what everyone may ask, and what people do who look after data; loaded when that is first asked for."""

from flask import Flask

from portal.web.api.blueprints import register_api
from portal.web.api.bulk import bulk
from portal.web.api.changes import changes
from portal.web.api.combining import combining
from portal.web.api.datasets import datasets
from portal.web.api.draft_changes import comparison
from portal.web.api.draft_privacy import privacy
from portal.web.api.draft_quality import quality
from portal.web.api.draft_steps import steps
from portal.web.api.drafts import drafts
from portal.web.api.events import events
from portal.web.api.me import me
from portal.web.api.members import members
from portal.web.api.metadata import metadata
from portal.web.api.openapi import Described
from portal.web.api.publisher_changes import publisher_changes
from portal.web.api.publishers import publishers
from portal.web.api.root import root
from portal.web.api.rows import rows
from portal.web.api.tables import tables
from portal.web.api.terms import terms
from portal.web.api.tokens import tokens
from portal.web.api.users import users
from portal.web.api.withdrawal import withdrawal

WHOLE = (
    root, datasets, drafts, comparison, privacy, quality, steps, bulk, metadata, withdrawal, tables, rows, changes,
    combining, terms, publishers, publisher_changes, members, events, me, tokens, users,
)  # fmt: skip
"""Every resource, in the order in which the OpenAPI document tells of them."""


def register_whole_api(app: Flask) -> Described:
    """Put all of REST v1 into *app*; give its OpenAPI document."""
    return register_api(app, WHOLE)
