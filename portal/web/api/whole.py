"""REST v1 in whole: what everyone may ask, and what people do who look after data; loaded when that is first asked for."""

from portal.web.api.bulk import bulk
from portal.web.api.changes import changes
from portal.web.api.combinations import combinations
from portal.web.api.combining import combining
from portal.web.api.datasets import datasets
from portal.web.api.draft_changes import comparison
from portal.web.api.draft_privacy import privacy
from portal.web.api.draft_quality import quality
from portal.web.api.draft_steps import steps
from portal.web.api.drafts import drafts
from portal.web.api.events import events
from portal.web.api.jobs import jobs
from portal.web.api.joined import joined_tables
from portal.web.api.manual import manual
from portal.web.api.me import me
from portal.web.api.members import members
from portal.web.api.metadata import metadata
from portal.web.api.publisher_changes import publisher_changes
from portal.web.api.publishers import publishers
from portal.web.api.root import root
from portal.web.api.rows import rows
from portal.web.api.sql import sql
from portal.web.api.tables import tables
from portal.web.api.terms import terms
from portal.web.api.tokens import tokens
from portal.web.api.users import users
from portal.web.api.withdrawal import withdrawal

WHOLE = (
    root, datasets, drafts, comparison, privacy, quality, steps, jobs, bulk, metadata, withdrawal, tables, joined_tables,
    rows, manual, sql, changes, combining, combinations, terms, publishers, publisher_changes, members, events, me, tokens,
    users,
)  # fmt: skip
"""Every resource, in the order in which the OpenAPI document tells of them."""
