"""The first shape of the record."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "catalog",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalog"),
    )
    op.create_table(
        "catalog_document",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("stamp", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("gzip_digest", sa.String(length=64), nullable=True),
        sa.Column("gzip_size_bytes", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_catalog_document"),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("dataset", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_at", "event", ["at"])
    op.create_index("ix_event_dataset", "event", ["dataset"])
    op.create_index("ix_event_kind", "event", ["kind"])

    op.create_table(
        "publisher",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name_de", sa.String(length=500), nullable=False),
        sa.Column("name_en", sa.String(length=500), nullable=True),
        sa.Column("type_code", sa.String(length=80), nullable=True),
        sa.Column("homepage", sa.String(length=2000), nullable=True),
        sa.Column("contact", sa.JSON(), nullable=False),
        sa.Column("default_licence", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_publisher"),
        sa.UniqueConstraint("slug", name="uq_publisher_slug"),
    )
    op.create_table(
        "dataset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("current_version_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_reason_de", sa.String(length=2000), nullable=True),
        sa.Column("withdrawal_reason_en", sa.String(length=2000), nullable=True),
        sa.Column("title_de", sa.String(length=1000), nullable=False),
        sa.Column("title_en", sa.String(length=1000), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("changed_in", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["current_version_id"], ["version.id"], name="fk_dataset_current_version_id_version", use_alter=True
        ),
        sa.ForeignKeyConstraint(["publisher_id"], ["publisher.id"], name="fk_dataset_publisher_id_publisher"),
        sa.PrimaryKeyConstraint("id", name="pk_dataset"),
        sa.UniqueConstraint("slug", name="uq_dataset_slug"),
    )
    op.create_index("ix_dataset_changed_in", "dataset", ["changed_in"])
    op.create_index("ix_dataset_modified_at", "dataset", ["modified_at"])
    op.create_index("ix_dataset_publisher_id", "dataset", ["publisher_id"])
    op.create_index("ix_dataset_segment", "dataset", ["segment"])
    op.create_index("ix_dataset_state", "dataset", ["state"])

    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("descriptor", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("notes", sa.String(length=2000), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_draft_dataset_id_dataset", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.UniqueConstraint("dataset_id", name="uq_draft_dataset_id"),
    )
    op.create_index("ix_draft_state", "draft", ["state"])

    op.create_table(
        "term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_term_dataset_id_dataset", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_term"),
        sa.UniqueConstraint("dataset_id", "kind", "language", "value", name="uq_term_dataset_id_kind_language_value"),
    )
    op.create_index("ix_term_kind_value", "term", ["kind", "value"])

    op.create_table(
        "version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("descriptor", sa.JSON(), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("licence", sa.String(length=100), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("built_for", sa.String(length=2100), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_version_dataset_id_dataset"),
        sa.PrimaryKeyConstraint("id", name="pk_version"),
        sa.UniqueConstraint("dataset_id", "number", name="uq_version_dataset_id_number"),
    )
    op.create_index("ix_version_dataset_id", "version", ["dataset_id"])
    op.create_index("ix_version_built_for", "version", ["built_for"])

    op.create_table(
        "dataset_table",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("physical", sa.JSON(), nullable=False),
        sa.Column("statistics", sa.JSON(), nullable=False),
        sa.Column("parquet_digest", sa.String(length=64), nullable=False),
        sa.Column("row_file_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name="fk_dataset_table_version_id_version", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_dataset_table"),
        sa.UniqueConstraint("version_id", "name", name="uq_dataset_table_version_id_name"),
    )
    op.create_index("ix_dataset_table_version_id", "dataset_table", ["version_id"])

    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("table_name", sa.String(length=200), nullable=True),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("gzip_digest", sa.String(length=64), nullable=True),
        sa.Column("gzip_size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("row_count", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name="fk_stored_file_version_id_version", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stored_file"),
        sa.UniqueConstraint("version_id", "name", name="uq_stored_file_version_id_name"),
    )
    op.create_index("ix_stored_file_version_id", "stored_file", ["version_id"])

    if op.get_bind().dialect.name != "sqlite":  # SQLite has it in the table; others add it when both tables exist
        op.create_foreign_key(
            "fk_dataset_current_version_id_version", "dataset", "version", ["current_version_id"], ["id"]
        )


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("fk_dataset_current_version_id_version", "dataset", type_="foreignkey")
    for table in ("stored_file", "dataset_table", "version", "term", "draft", "dataset", "publisher", "event"):
        op.drop_table(table)
    op.drop_table("catalog_document")
    op.drop_table("catalog")
