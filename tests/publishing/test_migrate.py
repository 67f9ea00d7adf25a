"""The migrations and the mapped classes say the same, on both engines."""

import re
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, inspect, text

from portal.foundation.config import Settings
from portal.foundation.db import Record
from portal.foundation.errors import Misconfigured
from portal.foundation.resources import shipped
from portal.publishing.alembic_run import alembic_config
from portal.publishing.migrate import upgrade
from portal.publishing.revision import HEAD, current_revision
from tests.forked import start


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


def test_two_starts_at_once_bring_an_empty_database_up_to_date_together(empty_database: Engine, tmp_path: Path) -> None:
    url = empty_database.url.render_as_string(hide_password=False)
    settings = Settings(data=tmp_path / "data", database_url=url)

    both = [start(settings, "db", "upgrade") for _ in range(2)]
    ends = [process.end() for process in both]

    assert [code for _, code in ends] == [0, 0], ends
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
