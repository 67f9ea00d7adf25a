"""The descriptor as it was approved, beside the public one."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("version", sa.Column("approved_descriptor", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("version", "approved_descriptor")
