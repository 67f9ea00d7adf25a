"""A joined table before it is made: which tables go into it, how, and what its columns are.

    base ideas        text, …
    + posters         poster_ideas.idea_id          poster_ideas.poster_id, …
    + groups          topic_table_id                topic_table.name, …

Columns of the base keep their names; the others are called after the join and a dot. Where two joins would be called the same,
the second is called after both tables, or gets a number.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from portal.foundation.tableschema import Column, ForeignKey, TableSchema
from portal.foundation.text import LANGUAGES, LangString
from portal.publishing.joining.steps import Step
from portal.publishing.lineage import Lineage
from portal.rows.engine import RowSource

FORM = 2
"""Goes into the name of what is kept: raise it when the same join gives another table."""


@dataclass(frozen=True, kw_only=True)
class JoinedPart:
    """A table that goes into a joined one."""

    path: str
    """As `join=` names it; empty: the base."""
    alias: str
    """What its columns are called after; empty: the base."""
    dataset: str
    table: str
    version: int
    title: LangString
    released_at: datetime
    source: RowSource
    parent: int = 0
    """Place of the part that it is joined to."""
    step: Step | None = None
    """None: the base."""

    @property
    def multiplies(self) -> bool:
        """Several of its rows may belong to one row."""
        return self.step is not None and self.step.multiplies(self.source.schema)

    def name_of(self, column: str) -> str:
        return f"{self.alias}.{column}" if self.alias else column


@dataclass(frozen=True, kw_only=True)
class Joined:
    """A joined table: everything that is known of it without making it."""

    parts: tuple[JoinedPart, ...]
    """The base first."""
    lineage: Lineage
    schema: TableSchema
    physical: tuple[str, ...]

    @property
    def join(self) -> str:
        """The joins as `join=` names them."""
        return ",".join(part.path for part in self.parts[1:])

    @property
    def versions(self) -> dict[str, int]:
        """Number of the version of each dataset that goes in."""
        return {part.dataset: part.version for part in self.parts}

    @property
    def multiplies(self) -> bool:
        return any(part.multiplies for part in self.parts)

    @property
    def modified_at(self) -> datetime:
        return max(part.released_at for part in self.parts)

    @property
    def title(self) -> LangString:
        return LangString(*(" × ".join(part.title.in_language(tag) for part in self.parts) for tag in LANGUAGES))

    @cached_property
    def tag(self) -> str:
        """Follows from the bytes that go in, the keys, and the names and types of the columns."""
        facts = [
            FORM,
            [[part.source.parquet.name, part.parent, part.path, _key(part)] for part in self.parts],
            [[column.name, column.type, kind] for column, kind in zip(self.schema.columns, self.physical, strict=True)],
        ]
        return hashlib.sha256(json.dumps(facts).encode("utf-8", "surrogatepass")).hexdigest()


def joined_object(joined: Joined) -> dict[str, object]:
    """Say of a joined table, for JSON answers, what went in, how, and what follows for who passes it on."""
    return {
        "multiplies": joined.multiplies,
        "joins": [
            {
                "path": part.path,
                "columns": f"{part.alias}.",
                "dataset": part.dataset,
                "table": part.table,
                "version": part.version,
                "multiplies": part.multiplies,
            }
            for part in joined.parts[1:]
        ],
        "lineage": joined.lineage.as_dict(),
    }


def joined_schema(parts: Sequence[JoinedPart]) -> tuple[TableSchema, tuple[str, ...]]:
    """Give the columns of the table that *parts* make together, and their types in DuckDB."""
    repeated = any(part.multiplies for part in parts)
    columns = [_column(part, column, repeated=repeated) for part in parts for column in part.source.schema.columns]
    keys = tuple(key for part in parts for key in _keys(part))
    physical = tuple(kind for part in parts for kind in part.source.physical)
    return TableSchema(columns=tuple(columns), foreign_keys=keys), physical


def alias_for(step: Step, parts: Sequence[JoinedPart], parent: JoinedPart) -> str:
    """Give what the columns of a new part are called after: no other part is called so, no column of the base begins so."""
    base = parts[0].source.schema.names
    taken = {part.alias.lower() for part in parts} | {name.split(".")[0].lower() for name in base if "." in name}
    short = step.short.replace(".", "_")
    longer = f"{parent.alias}_{short}" if parent.alias else f"{short}_{'_'.join(step.there)}".replace(".", "_")
    names = (short, longer, *(f"{longer}_{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name.lower() not in taken)


def _column(part: JoinedPart, column: Column, *, repeated: bool) -> Column:
    """Give a column of the joined table: the dictionary's entry, without what holds no more."""
    rules = column.constraints
    if part.step is None:
        return replace(column, rdf_property=None, constraints=replace(rules, unique=rules.unique and not repeated))
    title = LangString(*(f"{part.title.in_language(tag)}: {column.title.in_language(tag)}" for tag in LANGUAGES))
    return replace(
        column,
        name=part.name_of(column.name),
        title=title,
        rdf_property=None,
        constraints=replace(rules, unique=False, required=False),
    )


def _keys(part: JoinedPart) -> list[ForeignKey]:
    """Give the keys of a part, and one that names the row of the part itself."""
    schema = part.source.schema
    own = [ForeignKey(columns=schema.primary_key, dataset=None, table=part.table, referenced=schema.primary_key)]
    return [
        ForeignKey(
            columns=tuple(part.name_of(name) for name in key.columns),
            dataset=key.dataset or part.dataset,
            table=key.table or part.table,
            referenced=key.referenced,
        )
        for key in (*(own if schema.primary_key else ()), *schema.foreign_keys)
    ]


def _key(part: JoinedPart) -> list[object]:
    return [part.step.here, part.step.there, part.step.key.where, part.step.backwards] if part.step else []
