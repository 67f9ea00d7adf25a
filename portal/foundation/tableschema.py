"""Table Schema as values: the columns of a table, its keys and what its columns mean.

Read from a Data Package's `schema` object (Data Package v2, Table Schema). On top of the standard we read
`translations` (English texts), `unit`, `dataProtection`, `rdfProperty` and `externalKeys` (foreign keys into
another dataset, which the standard cannot say). Keys that hold for some rows only (`conditionalKeys`) are no part of the
value: they are checked here and followed by portal/publishing/joining.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from portal.foundation.errors import InvalidInput
from portal.foundation.text import LangString


class ColumnType(StrEnum):
    """The Table Schema types the portal stores; others are refused with a sentence."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    YEAR = "year"
    YEARMONTH = "yearmonth"


class DataProtection(StrEnum):
    """How close a column comes to a person."""

    NONE = "none"
    PERSONAL = "personal"
    SPECIAL = "special"


@dataclass(frozen=True, kw_only=True)
class Constraints:
    """What every value of a column must meet (Table Schema, section Constraints); empty cells pass all but `required`."""

    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    min_length: int | None = None
    max_length: int | None = None


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its name in every format, its type, and what it means."""

    name: str
    type: ColumnType
    title: LangString
    description: LangString
    constraints: Constraints = Constraints()
    unit: str | None = None
    data_protection: DataProtection = DataProtection.NONE
    rdf_property: str | None = None
    """IRI of a well-known property that says the same; None: the portal mints one from the dictionary."""


@dataclass(frozen=True, kw_only=True)
class ForeignKey:
    """Columns whose values are keys of another table."""

    columns: tuple[str, ...]
    dataset: str | None
    """Slug of the other dataset; None: a table of the same dataset."""
    table: str
    referenced: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TableSchema:
    """The columns of a table in order, and its keys."""

    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()

    def column(self, name: str) -> Column:
        """Give the column called *name*.

        Raises:
            InvalidInput: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise InvalidInput(f"There is no column {name!r}.", detail_de=f"Es gibt keine Spalte {name!r}.", column=name)

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def read_schema(described: dict[str, Any]) -> TableSchema:  # Any: JSON of a standard, checked here
    """Read a Table Schema object.

    Raises:
        InvalidInput: a column has no name, a name twice, a type the portal does not store, or a key names no column.
    """
    try:
        return _read(described)
    except (AttributeError, TypeError, ValueError) as error:  # a list where an object should be, an unknown class
        raise InvalidInput(
            f"This is no Table Schema: {error}.", detail_de=f"Das ist kein Table Schema: {error}."
        ) from None


def columns_known(described: dict[str, Any]) -> TableSchema | None:  # Any: as above
    """Read a Table Schema object; None: its list of columns is empty, as nobody has said yet what they are.

    Raises:
        InvalidInput: as `read_schema`.
    """
    return None if described.get("fields") == [] else read_schema(described)


def _read(described: dict[str, Any]) -> TableSchema:  # Any: as above
    columns = tuple(_column(field) for field in described.get("fields", ()))
    names = [column.name for column in columns]
    if not columns:
        raise InvalidInput(
            "A table needs at least one column.", detail_de="Eine Tabelle braucht mindestens eine Spalte."
        )
    lowered = [name.lower() for name in names]
    for name in names:
        if lowered.count(name.lower()) > 1:
            raise InvalidInput(f"Column {name!r} is there twice.", detail_de=f"Die Spalte {name!r} gibt es zweimal.")
    primary_key = _names(described.get("primaryKey", ()))
    foreign_keys = tuple(
        _foreign_key(key) for kind in ("foreignKeys", "externalKeys") for key in described.get(kind, ())
    )
    conditional = [
        name
        for key in described.get("conditionalKeys", ())
        for name in (*_names(key.get("fields")), *key.get("where", {}))
    ]
    for name in (*primary_key, *(column for key in foreign_keys for column in key.columns), *conditional):
        if name not in names:
            raise InvalidInput(
                f"A key names the column {name!r}, which does not exist.",
                detail_de=f"Ein Schlüssel nennt die Spalte {name!r}, die es nicht gibt.",
            )
    return TableSchema(columns=columns, primary_key=primary_key, foreign_keys=foreign_keys)


def _column(field: dict[str, Any]) -> Column:
    name = field.get("name")
    if not isinstance(name, str) or not name or any(ord(sign) < 32 for sign in name):
        raise InvalidInput(
            f"A column needs a name, not {name!r}.", detail_de=f"Eine Spalte braucht einen Namen, nicht {name!r}."
        )
    try:
        kind = ColumnType(field.get("type", "string"))
    except ValueError:
        raise InvalidInput(
            f"Column {name!r} has the type {field.get('type')!r}; known are {', '.join(ColumnType)}.",
            detail_de=f"Die Spalte {name!r} hat den Typ {field.get('type')!r}; bekannt sind {', '.join(ColumnType)}.",
        ) from None
    rules = field.get("constraints", {})
    return Column(
        name=name,
        type=kind,
        title=LangString.of(field, "title") if field.get("title") else LangString(name),
        description=LangString.of(field, "description"),
        constraints=Constraints(
            required=bool(rules.get("required", False)),
            unique=bool(rules.get("unique", False)),
            enum=tuple(str(value) for value in rules.get("enum", ())),
            pattern=rules.get("pattern"),
            minimum=None if rules.get("minimum") is None else str(rules["minimum"]),
            maximum=None if rules.get("maximum") is None else str(rules["maximum"]),
            min_length=rules.get("minLength"),
            max_length=rules.get("maxLength"),
        ),
        unit=field.get("unit"),
        data_protection=DataProtection(field.get("dataProtection", "none")),
        rdf_property=field.get("rdfProperty"),
    )


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(name) for name in value) if isinstance(value, list | tuple) else ()


def _foreign_key(key: dict[str, Any]) -> ForeignKey:
    reference = key.get("reference", {})
    return ForeignKey(
        columns=_names(key.get("fields")),
        dataset=reference.get("package"),
        table=str(reference.get("resource", "")),
        referenced=_names(reference.get("fields")),
    )
