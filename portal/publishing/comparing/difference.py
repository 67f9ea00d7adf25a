"""The whole answer: what changed about a dataset's metadata, tables, columns and rows.

Rows cost what they cost; who compares says how (`CountRows`): written anew into a folder, or kept from the last time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from portal.foundation.text import LangString
from portal.ingest.engine import Engine
from portal.ingest.typed import TypedTable
from portal.publishing.comparing.columns import ColumnDifference, compare_columns
from portal.publishing.comparing.metadata import MetadataChange, metadata_changes
from portal.publishing.comparing.pairs import TablePair
from portal.publishing.comparing.rows import RowCounts, write_changes

CountRows = Callable[[str, TablePair], RowCounts]
"""Compares the rows of the table of this name."""


class TableChange(StrEnum):
    """What happened to a table."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class DatasetState:
    """A dataset at one moment: its descriptor and its typed tables by name."""

    descriptor: Mapping[str, Any]  # Any: a Data Package descriptor
    tables: Mapping[str, TypedTable]


@dataclass(frozen=True, kw_only=True)
class TableDifference:
    """What changed about one table."""

    name: str
    change: TableChange
    columns: ColumnDifference
    rows: RowCounts
    by_key: bool
    """Rows were found again by their key; otherwise they were compared as wholes."""

    @property
    def warnings(self) -> tuple[LangString, ...]:
        """Say what readers will notice to their cost."""
        return (_table_is_removed(self.name),) if self.change is TableChange.REMOVED else self.columns.warnings

    @property
    def note(self) -> LangString | None:
        """How rows were compared, where it is not by key."""
        return None if self.by_key else AS_WHOLES

    def as_dict(self) -> dict[str, Any]:  # Any: JSON
        return {
            "name": self.name,
            "change": str(self.change),
            "comparedBy": "key" if self.by_key else "row",
            "note": self.note.as_dict() if self.note else None,
            "columns": self.columns.as_dict(),
            "rows": self.rows.as_dict(),
            "changedColumns": self.rows.by_column,
            "warnings": [warning.as_dict() for warning in self.warnings],
        }


@dataclass(frozen=True, kw_only=True)
class DatasetDifference:
    """What changed about a dataset; tables in the order of the new state, removed ones last."""

    metadata: tuple[MetadataChange, ...]
    tables: tuple[TableDifference, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing changed."""
        return not self.metadata and all(table.change is TableChange.UNCHANGED for table in self.tables)

    def as_dict(self) -> dict[str, Any]:  # Any: JSON
        return {
            "metadata": [one.as_dict() for one in self.metadata],
            "tables": [table.as_dict() for table in self.tables],
        }


def compare_datasets(before: DatasetState, after: DatasetState, count_rows: CountRows) -> DatasetDifference:
    """Compare two states of a dataset; tables are matched by name."""
    names = [*after.tables, *(name for name in before.tables if name not in after.tables)]
    tables = [_compare_table(name, before.tables.get(name), after.tables.get(name), count_rows) for name in names]
    return DatasetDifference(metadata=metadata_changes(before.descriptor, after.descriptor), tables=tuple(tables))


def draft_difference(
    public: DatasetState | None, draft: DatasetState, *, engine: Engine, folder: Path
) -> DatasetDifference:
    """Compare a draft with what is public (None: nothing is, so everything is added).

    The changed rows of each table lie in *folder* afterwards, as `changes_file` names them, for `read_changes` and
    `write_changes_csv`. They hold whatever the draft holds: the folder is as confidential as the draft.
    """
    before = public or DatasetState(descriptor={}, tables={})

    def count_rows(name: str, tables: TablePair) -> RowCounts:
        return write_changes(engine, tables, changes_file(folder, name))

    return compare_datasets(before, draft, count_rows)


def changes_file(folder: Path, table: str) -> Path:
    """Give the file in *folder* that lists the changed rows of a table."""
    return folder / f"{table}.changes.parquet"


def _compare_table(name: str, old: TypedTable | None, new: TypedTable | None, count_rows: CountRows) -> TableDifference:
    tables = TablePair.of(old, new)
    columns, rows = compare_columns(tables.old, tables.new), count_rows(name, tables)
    if old is None:
        change = TableChange.ADDED
    elif new is None:
        change = TableChange.REMOVED
    else:
        change = TableChange.UNCHANGED if columns.is_empty and not rows.total else TableChange.CHANGED
    return TableDifference(name=name, change=change, columns=columns, rows=rows, by_key=bool(tables.key))


AS_WHOLES = LangString(
    "Ohne einen Primärschlüssel, den beide Stände haben, werden Zeilen als Ganzes verglichen: Eine geänderte Zeile erscheint als entfernt und hinzugefügt.",
    "Without a primary key that both states have, rows are compared as wholes: a changed row is listed as removed and added.",
)


def _table_is_removed(name: str) -> LangString:
    return LangString(
        f"Die Tabelle „{name}“ fällt weg: Ihre Adressen führen ins Leere.",
        f"Table “{name}” goes away: its addresses lead nowhere.",
    )
