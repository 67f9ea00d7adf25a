"""Looks at drafts in a table of their own; what was chosen for deliveries lies in the drafts' store, as it may quote cells.

`upgrade` of portal.publishing.migrate hands the store over; without one (an empty database) there is nothing to move.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from portal.publishing.told_problems import keep_told

revision = "0009"
down_revision = "0008"

_HELD = ":held"
"""Stood where tables stand, with `{"held": true}`; the row itself says it from here on."""


def upgrade() -> None:
    op.create_table(
        "draft_look",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("told", sa.String(length=64), nullable=False),
        sa.Column("blobs", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name="fk_draft_look_draft_id_draft", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("draft_id", "kind", name="pk_draft_look"),
    )
    op.drop_column("draft", "preview")
    op.add_column("delivery_choices", sa.Column("details", sa.String(length=64), nullable=True))
    _move_choices()
    _move_orders()
    op.drop_column("delivery_choices", "choices")


def _move_choices() -> None:
    connection = op.get_bind()
    for row_id, table, text in connection.execute(sa.text("SELECT id, table_name, choices FROM delivery_choices")):
        chosen = _read(text)
        if table == _HELD:
            if not chosen.get("held"):
                connection.execute(sa.text("DELETE FROM delivery_choices WHERE id = :id"), {"id": row_id})
            continue
        connection.execute(
            sa.text("UPDATE delivery_choices SET details = :details WHERE id = :id"),
            {"details": _kept(chosen), "id": row_id},
        )


def _move_orders() -> None:
    """Move what was chosen for deliveries that wait; of those that have ended nobody asks for it."""
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT id, state, ordered, blobs FROM job WHERE kind = 'delivery'"))
    for job_id, state, ordered_text, blobs_text in found:
        ordered, blobs = _read(ordered_text), _read(blobs_text)
        chosen = ordered.pop("choices", None)
        if chosen is not None and state in ("waiting", "running"):
            blobs["choices"] = _kept(chosen)
        connection.execute(
            sa.text("UPDATE job SET ordered = :ordered, blobs = :blobs WHERE id = :id"),
            {"ordered": json.dumps(ordered), "blobs": json.dumps(blobs), "id": job_id},
        )


def _kept(chosen: dict[str, Any]) -> str:
    return keep_told(context.config.attributes["drafts"], chosen)


def _read(value: Any) -> dict[str, Any]:
    return json.loads(value) if isinstance(value, str) else value


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE kind IN ('preview', 'comparison', 'scan', 'delivery')")
    connection = op.get_bind()
    connection.execute(sa.text("DELETE FROM delivery_choices WHERE table_name <> :held"), {"held": _HELD})
    op.add_column("delivery_choices", sa.Column("choices", sa.JSON(), server_default="{}", nullable=False))
    connection.execute(sa.text("UPDATE delivery_choices SET choices = :held"), {"held": json.dumps({"held": True})})
    op.drop_column("delivery_choices", "details")
    op.add_column("draft", sa.Column("preview", sa.JSON(), nullable=True))
    op.drop_table("draft_look")
