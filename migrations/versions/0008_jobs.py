"""Jobs of every kind, and nothing that quotes data in the database.

Reports of drafts and problems of jobs that failed quoted cells; they lie in the drafts' store from here on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("job") as job:
        job.alter_column("dataset", existing_type=sa.String(length=200), nullable=True)
        job.alter_column(
            "step", existing_type=sa.String(length=40), type_=sa.String(length=100), existing_nullable=False
        )
        job.add_column(sa.Column("publisher_id", sa.Integer(), nullable=True))
        job.add_column(sa.Column("size_bytes", sa.BigInteger(), nullable=True))
        job.add_column(sa.Column("rows", sa.BigInteger(), nullable=True))
        job.add_column(sa.Column("ordered", sa.JSON(), server_default="{}", nullable=False))
        job.add_column(sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
        job.add_column(sa.Column("blobs", sa.JSON(), server_default="{}", nullable=False))
        job.create_foreign_key(
            "fk_job_publisher_id_publisher", "publisher", ["publisher_id"], ["id"], ondelete="CASCADE"
        )
    op.execute("DELETE FROM job WHERE state = 'failed'")
    op.execute("UPDATE draft SET report = NULL")


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE dataset IS NULL")
    with op.batch_alter_table("job") as job:
        job.drop_constraint("fk_job_publisher_id_publisher", type_="foreignkey")
        for column in ("publisher_id", "size_bytes", "rows", "ordered", "attempts", "blobs"):
            job.drop_column(column)
        job.alter_column(
            "step", existing_type=sa.String(length=100), type_=sa.String(length=40), existing_nullable=False
        )
        job.alter_column("dataset", existing_type=sa.String(length=200), nullable=False)
