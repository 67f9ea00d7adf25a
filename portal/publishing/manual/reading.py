"""What a piece of code reads: an address, columns with their types, and what stands above it in comments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from portal.foundation.tableschema import Column, ColumnType
from portal.foundation.text import LangString
from portal.ingest.statistics import ColumnStatistics
from portal.publishing.manual.examples import examples_of
from portal.publishing.manual.facts import TableManual, Told
from portal.publishing.manual.filters import listed
from portal.publishing.manual.quoting import comment
from portal.rows.parameters import RESERVED
from portal.rows.query import Op

_FEW_VALUES = 30
"""A column with so few values is one to choose by."""
_MAX_COLUMNS = 4
_MAX_SAFE = 2**53

_CHOSEN_BY = (ColumnType.DATE, ColumnType.DATETIME, ColumnType.NUMBER, ColumnType.INTEGER, ColumnType.YEAR)
"""Types that a question goes by from a value on, the most telling first."""

_ALWAYS = LangString(
    "Immer die aktuelle Version; Version {version} bleibt unverändert: {url}",
    "Always the current version; version {version} stays as it is: {url}",
)
_THIS = LangString("Version {version}, die sich nie ändert: {url}", "Version {version}, which never changes: {url}")
_LICENCE = LangString("Lizenz", "Licence")


@dataclass(frozen=True)
class Question:
    """Rows that have a value, or one at least as large, and some of their columns."""

    column: Column
    op: Op
    """`exact`, `gte`, or `filled` where the table has no fit value."""
    value: str
    columns: tuple[str, ...]

    @property
    def parameters(self) -> dict[str, str]:
        """Give the row query (docs/api.md)."""
        name = self.column.name
        if self.op is Op.FILLED:
            asked = {f"{name}__null": "false"}
        elif self.op is Op.EXACT and name not in RESERVED:
            asked = {name: self.value}
        else:
            asked = {f"{name}__{self.op}": self.value}
        return {**asked, "columns": listed(self.columns)}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A table, or what a question chooses of it, to be read by code."""

    manual: TableManual
    question: Question | None
    """None: the whole table."""
    told: Told

    @property
    def columns(self) -> list[tuple[Column, str, ColumnStatistics]]:
        """The columns that are read, with physical type and statistics."""
        if self.question is None:
            return self.manual.columns
        by_name = {column.name: (column, physical, one) for column, physical, one in self.manual.columns}
        return [by_name[name] for name in self.question.columns]

    def of_type(self, *kinds: ColumnType) -> list[Column]:
        return [column for column, _, _ in self.columns if column.type in kinds]

    @property
    def parameters(self) -> dict[str, str]:
        """The row query, with the version where it is about one."""
        if self.question is None:
            return {}
        pinned = {"version": str(self.manual.table.version)} if self.manual.pinned else {}
        return {**self.question.parameters, **pinned}

    def url(self, suffix: str) -> str:
        """Give the address of what is read as a file, without its query."""
        return f"{self.manual.files_url if self.question is None else self.manual.rows_url}{suffix}"

    def query(self, mark: str = "?") -> str:
        """Give the query of the address, escaped (RFC 3986); nothing for the whole table."""
        pairs = [f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in self.parameters.items()]
        return mark + "&".join(pairs) if pairs else ""

    @cached_property
    def head(self) -> list[str]:
        """What stands above the code: of what it is, under which licence, whom to credit. Each is one line."""
        table, told = self.manual.table, self.told
        which = told(_THIS if self.manual.pinned else _ALWAYS)
        which = which.format(version=table.version, url=f"{self.manual.fixed_url}.csv")
        return [
            comment(f"{told(table.title)} – {told(table.dataset_title)}"),
            comment(which),
            comment(f"{told(_LICENCE)}: {told(table.licence_title)} <{table.licence_url}>"),
            comment(told(table.attribution)),
        ]

    def commented(self, mark: str, lines: Sequence[str]) -> str:
        """Give code under its comments, which begin with *mark*."""
        return "\n".join([*(f"{mark} {line}" for line in self.head), *lines]) + "\n"


def question_of(manual: TableManual) -> Question:
    """Choose a question that the table answers with some rows: by a value that many rows share, else from a value on."""
    examples = examples_of(manual)
    fit = [
        (column, one, examples[column.name].value) for column, _, one in manual.columns if examples[column.name].value
    ]
    shared = [each for each in fit if _is_shared(each[0], each[1], manual.table.row_count)]
    ordered = [each for kind in _CHOSEN_BY for each in fit if each[0].type is kind]
    for options, op in ((shared, Op.EXACT), (ordered, Op.GTE), (fit, Op.EXACT)):
        for column, _, value in options:
            if value is not None:
                return Question(column, op, value, _columns(manual, column))
    first = manual.table.schema.columns[0]
    return Question(first, Op.FILLED, "", _columns(manual, first))


def _is_shared(column: Column, statistics: ColumnStatistics, row_count: int) -> bool:
    choosable = (ColumnType.STRING, ColumnType.BOOLEAN, ColumnType.YEAR, ColumnType.YEARMONTH)
    return column.type in choosable and 1 < statistics.distinct <= min(_FEW_VALUES, row_count // 2)


def _columns(manual: TableManual, column: Column) -> tuple[str, ...]:
    """Give the key, the column that is asked by, and the next ones."""
    schema = manual.table.schema
    names = dict.fromkeys([*schema.primary_key, column.name, *schema.names])
    return tuple(names)[: max(_MAX_COLUMNS, len(schema.primary_key) + 1)]


def is_beyond_double(statistics: ColumnStatistics) -> bool:
    """Tell whether a column of whole numbers has some that a double does not hold."""
    return any(abs(int(edge)) > _MAX_SAFE for edge in statistics.edges)


Writer = Callable[[Reading], str]
"""Writes the code of one language."""
