"""The migrations and the mapped classes say the same, on both engines."""

import json
import re
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, inspect, text

from portal.catalogue.choices import remembered
from portal.catalogue.dataset import add_dataset
from portal.curation.choosing import choices_again, last_choices
from portal.foundation.config import Settings
from portal.foundation.db import Record, reading, transaction
from portal.foundation.errors import Misconfigured
from portal.foundation.resources import shipped
from portal.ingest.receive.delivery import Choices
from portal.jobs.job import Job
from portal.publishing.alembic_run import alembic_config
from portal.publishing.migrate import upgrade
from portal.publishing.revision import HEAD, current_revision
from portal.store.local import LocalStore
from tests.forked import start
from tests.people import NOON, a_publisher


def test_an_empty_database_is_brought_to_the_newest_shape_once(empty_database: Engine) -> None:
    assert current_revision(empty_database) is None

    assert [upgrade(empty_database), upgrade(empty_database)] == [True, False]

    assert current_revision(empty_database) == HEAD
    assert set(inspect(empty_database).get_table_names()) == {"alembic_version", *Record.metadata.tables}


def test_the_mapped_classes_need_nothing_that_the_migrations_do_not_make(empty_database: Engine) -> None:
    upgrade(empty_database)

    command.check(alembic_config(shipped("migrations"), empty_database))


def test_every_key_index_and_rule_has_the_name_the_mapped_classes_give_it(empty_database: Engine) -> None:
    upgrade(empty_database)
    found = inspect(empty_database)

    for name, table in Record.metadata.tables.items():
        assert {one["name"] for one in found.get_indexes(name) if "duplicates_constraint" not in one} == {
            index.name for index in table.indexes
        }
        assert {one["name"] for one in found.get_foreign_keys(name)} == {
            key.name for key in table.foreign_key_constraints
        }
        assert found.get_pk_constraint(name)["name"] == table.primary_key.name


def test_the_way_down_leaves_nothing_and_the_way_up_works_again(empty_database: Engine) -> None:
    upgrade(empty_database)

    command.downgrade(alembic_config(shipped("migrations"), empty_database), "base")
    assert inspect(empty_database).get_table_names() == ["alembic_version"]

    assert upgrade(empty_database)


def test_starts_at_once_bring_an_empty_database_up_to_date_together(empty_database: Engine, tmp_path: Path) -> None:
    url = empty_database.url.render_as_string(hide_password=False)
    settings = Settings(data=tmp_path / "data", database_url=url)

    four = [start(settings, "db", "upgrade") for _ in range(4)]
    ends = [process.end() for process in four]

    assert [code for _, code in ends] == [0, 0, 0, 0], ends
    assert current_revision(empty_database) == HEAD


def test_a_database_of_a_newer_portal_is_left_alone(empty_database: Engine) -> None:
    upgrade(empty_database)
    with empty_database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(Misconfigured, match="9999"):
        upgrade(empty_database)


def test_head_is_the_newest_migration_and_numbers_have_no_gaps() -> None:
    files = sorted((shipped("migrations") / "versions").glob("*.py"))

    numbers = [re.fullmatch(r"(\d{4})_\w+\.py", file.name)[1] for file in files]  # type: ignore[index]

    assert numbers == [f"{number:04}" for number in range(1, len(files) + 1)]
    assert numbers[-1] == HEAD


def test_what_was_chosen_for_deliveries_moves_to_where_the_deliveries_are(
    empty_database: Engine, tmp_path: Path
) -> None:
    drafts = LocalStore.private(tmp_path / "drafts")
    command.upgrade(alembic_config(shipped("migrations"), empty_database), "0008")
    with transaction(empty_database) as session:
        dataset_id = add_dataset(session, slug="baeume", publisher_id=a_publisher(session, "stadt").id).id
    chosen = {"accepted": [{"code": "drop-rows", "column": None, "parameters": {"label": "Summe"}}]}
    rows = [("trees", chosen), (":held", {"held": True})]
    with empty_database.begin() as connection:
        for table, choices in rows:
            told = {"dataset": dataset_id, "table": table, "choices": json.dumps(choices), "at": NOON}
            connection.execute(text(_CHOSEN), told)
        job = {"id": "a" * 32, "ordered": json.dumps({"table": "trees", "choices": chosen}), "at": NOON}
        connection.execute(text(_ORDERED), job)

    upgrade(empty_database, drafts)

    with reading(empty_database) as session:
        assert remembered(session, dataset_id, ":held") is not None
        assert last_choices(session, drafts, dataset_id, "trees") == Choices.of(chosen)
        ordered = session.get_one(Job, "a" * 32)
    assert ordered.ordered == {"table": "trees"}
    assert choices_again(drafts, ordered.blobs["choices"]) == Choices.of(chosen)

    command.downgrade(alembic_config(shipped("migrations"), empty_database), "0008")
    with empty_database.connect() as connection:
        kept = connection.execute(text("SELECT table_name FROM delivery_choices")).scalars().all()
    assert kept == [":held"]  # what is held back from the public stays so, whatever way the portal goes
    upgrade(empty_database, drafts)
    with reading(empty_database) as session:
        assert remembered(session, dataset_id, ":held") is not None


_CHOSEN = """INSERT INTO delivery_choices (dataset_id, table_name, choices, actor, updated_at)
    VALUES (:dataset, :table, :choices, 'user:1', :at)"""
_ORDERED = """INSERT INTO job (id, kind, dataset, state, step, steps_done, steps_total, ordered, attempts, blobs, actor, created_at, updated_at)
    VALUES (:id, 'delivery', 'baeume', 'waiting', '', 0, 0, :ordered, 0, '{}', 'user:1', :at, :at)"""
