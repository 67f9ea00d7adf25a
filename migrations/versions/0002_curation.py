"""People, roles and tokens; the states of a draft; the hash chain over events.

A later migration that makes the table `event` anew on SQLite (batch mode) must make its triggers anew, too.
"""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

GENESIS = "0" * 64


def upgrade() -> None:
    _people()
    _drafts_and_publishers()
    _chain()
    _append_only()


def downgrade() -> None:
    _writable()
    with op.batch_alter_table("event") as event:
        event.drop_constraint("uq_event_previous", type_="unique")
        event.drop_column("digest")
        event.drop_column("previous")
    op.drop_table("event_head")
    with op.batch_alter_table("draft") as draft:
        draft.drop_constraint("fk_draft_submitter_id_user_account", type_="foreignkey")
        for name in _DRAFT_COLUMNS:
            draft.drop_column(name)
    op.drop_column("publisher", "four_eyes")
    op.drop_column("publisher", "logo_url")
    for table in ("login_failure", "token", "membership", "user_account"):
        op.drop_table(table)


def _people() -> None:
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("portal_admin", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
        sa.UniqueConstraint("name", name="uq_user_account_name"),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_membership_user_id_user_account", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["publisher.id"], name="fk_membership_publisher_id_publisher", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
        sa.UniqueConstraint("user_id", "publisher_id", "role", name="uq_membership_user_id_publisher_id_role"),
    )
    op.create_index("ix_membership_publisher_id", "membership", ["publisher_id"])
    op.create_table(
        "token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("publisher_id", sa.Integer(), nullable=True),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name="fk_token_owner_id_user_account", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["publisher.id"], name="fk_token_publisher_id_publisher", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.UniqueConstraint("prefix", name="uq_token_prefix"),
    )
    op.create_index("ix_token_owner_id", "token", ["owner_id"])
    op.create_table(
        "login_failure",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_login_failure"),
    )
    op.create_index("ix_login_failure_last_at", "login_failure", ["last_at"])


_DRAFT_COLUMNS = (
    "revision",
    "report",
    "privacy_decisions",
    "submitted_by",
    "submitter_id",
    "submitted_at",
    "decided_by",
    "decided_at",
    "comment",
    "release_at",
)


def _drafts_and_publishers() -> None:
    op.add_column("publisher", sa.Column("logo_url", sa.String(length=2000), nullable=True))
    op.add_column("publisher", sa.Column("four_eyes", sa.Boolean(), server_default=sa.true(), nullable=False))
    with op.batch_alter_table("draft") as draft:
        draft.add_column(sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
        draft.add_column(sa.Column("report", sa.JSON(), nullable=True))
        draft.add_column(sa.Column("privacy_decisions", sa.JSON(), server_default="[]", nullable=False))
        draft.add_column(sa.Column("submitted_by", sa.String(length=200), nullable=True))
        draft.add_column(sa.Column("submitter_id", sa.Integer(), nullable=True))
        draft.add_column(sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
        draft.add_column(sa.Column("decided_by", sa.String(length=200), nullable=True))
        draft.add_column(sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
        draft.add_column(sa.Column("comment", sa.String(length=2000), nullable=True))
        draft.add_column(sa.Column("release_at", sa.DateTime(timezone=True), nullable=True))
        draft.create_foreign_key("fk_draft_submitter_id_user_account", "user_account", ["submitter_id"], ["id"])
    with op.batch_alter_table("draft") as draft:  # the defaults were for the rows there are
        draft.alter_column("revision", existing_type=sa.Integer(), server_default=None)
        draft.alter_column("privacy_decisions", existing_type=sa.JSON(), server_default=None)


def _chain() -> None:
    head = op.create_table(
        "event_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event_head"),
    )
    op.add_column("event", sa.Column("previous", sa.String(length=64), nullable=True))
    op.add_column("event", sa.Column("digest", sa.String(length=64), nullable=True))
    op.bulk_insert(head, [{"id": 1, "digest": _link_old_events()}])
    with op.batch_alter_table("event") as event:
        event.alter_column("previous", existing_type=sa.String(length=64), nullable=False)
        event.alter_column("digest", existing_type=sa.String(length=64), nullable=False)
        event.create_unique_constraint("uq_event_previous", ["previous"])


def _link_old_events() -> str:
    """Link the events there are, in the order they happened; give the digest of the last one."""
    told = ("at", "kind", "actor", "dataset", "version", "facts")
    event = sa.table(
        "event",
        sa.column("id", sa.Integer),
        sa.column("at", sa.DateTime(timezone=True)),
        sa.column("facts", sa.JSON),
        *(sa.column(name) for name in ("kind", "actor", "dataset", "version", "previous", "digest")),
    )
    bind = op.get_bind()
    previous = GENESIS
    for row in bind.execute(sa.select(event).order_by(event.c.id)).all():
        content = [previous, *(_plain(getattr(row, name)) for name in told)]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
        digest = hashlib.sha256(text.encode("ascii")).hexdigest()
        bind.execute(sa.update(event).where(event.c.id == row.id).values(previous=previous, digest=digest))
        previous = digest
    return previous


def _plain(value: object) -> object:
    if not isinstance(value, datetime):
        return value
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)  # SQLite keeps UTC without a zone
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _append_only() -> None:
    """Let the database itself refuse to change or remove an event."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER event_no_{verb.lower()} BEFORE {verb} ON event "
                "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION event_append_only()"
    )


def _writable() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER event_no_update")
        op.execute("DROP TRIGGER event_no_delete")
        return
    op.execute("DROP TRIGGER event_append_only ON event")
    op.execute("DROP FUNCTION event_append_only()")
