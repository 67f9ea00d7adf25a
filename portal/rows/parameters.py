"""The parameters of a request become a RowQuery, or are refused with the sentence and the name of the parameter.

    column=value            column__op=value      in: a,b,c    between: a,b    null: true, false
    q=words                 sort=a,-b             columns=a,b
    group_by=a,b__month     figures=c__sum        distinct=a
    limit  after  count=exact

Lists are one line of CSV: a name or value that has a comma stands in quotes. A name that is a parameter is never a
column; the column of that name is asked for with its operator written out: `limit__exact=5`.
"""

import csv
import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from portal.foundation.errors import InvalidInput
from portal.foundation.numbers import whole_number
from portal.foundation.tableschema import Column, ColumnType, TableSchema
from portal.rows.conditions import fitted
from portal.rows.habits import HABITS
from portal.rows.query import COUNT, MAX_PAGE, Condition, Figure, Group, Measure, Op, Order, Part, RowQuery, Value
from portal.rows.values import MAX_TEXT, SHOWN, read_value

RESERVED = (
    "limit", "after", "sort", "columns", "q", "count", "distinct", "group_by", "figures", "version", "format", "join", "versions",
)  # fmt: skip
"""Parameters that are no columns."""

MAX_CONDITIONS, MAX_LISTED, MAX_SORTED, MAX_GROUPS = 50, 500, 8, 4
_MAX_AFTER = 2**53

_EVERY, _ORDERED = (Op.EXACT, Op.NOT, Op.IN, Op.NULL), (Op.LT, Op.LTE, Op.GT, Op.GTE)
BETWEEN = "between"
OPS: dict[ColumnType, tuple[str, ...]] = {
    **dict.fromkeys(ColumnType, (*_EVERY, *_ORDERED, BETWEEN)),
    ColumnType.STRING: (*_EVERY, *_ORDERED, BETWEEN, Op.CONTAINS, Op.STARTSWITH),
    ColumnType.BOOLEAN: _EVERY,
}
"""Type ↔ the operators there are for it."""

_DATED = (ColumnType.DATE, ColumnType.DATETIME)
FIGURES: dict[ColumnType, tuple[Figure, ...]] = {
    **dict.fromkeys(ColumnType, (Figure.MIN, Figure.MAX)),
    **dict.fromkeys((ColumnType.INTEGER, ColumnType.NUMBER), tuple(Figure)),
}


def read_query(parameters: Mapping[str, str], schema: TableSchema, physical: tuple[str, ...]) -> RowQuery:
    """Read *parameters*; `version`, `versions`, `format` and `join` are somebody else's and passed over.

    Raises:
        InvalidInput: one of them is not understood; `parameter` says which.
    """
    return _Reader(schema, physical).read(parameters)


@dataclass(frozen=True)
class _Reader:
    schema: TableSchema
    physical: tuple[str, ...]

    def read(self, given: Mapping[str, str]) -> RowQuery:
        conditions = tuple(
            condition
            for name, text in given.items()
            if name not in RESERVED
            for condition in self._condition(name, text)
        )
        if len(conditions) > MAX_CONDITIONS:
            raise _refused(None, f"more than {MAX_CONDITIONS} conditions", f"mehr als {MAX_CONDITIONS} Bedingungen")
        query = RowQuery(
            conditions=conditions,
            text=self._text(given.get("q", "")),
            columns=tuple(self._column("columns", name).name for name in _listed("columns", given)),
            after=whole_number("after", given.get("after", "0"), least=0, most=_MAX_AFTER),
            limit=whole_number("limit", given["limit"], most=MAX_PAGE) if "limit" in given else None,
            counted=_choice("count", given["count"], ("exact",)) == "exact" if "count" in given else False,
        )
        return self._sorted(self._grouped(query, given), given)

    def _condition(self, name: str, text: str) -> Iterator[Condition]:
        """Read `column=value` or `column__op=value`."""
        column, op = self._named(name)
        kind = column.type
        if op not in OPS[kind]:
            options = ", ".join(OPS[kind])
            raise _refused(
                name,
                f"column {column.name!r} ({kind}) has no operator {op!r}; it has {options}",
                f"die Spalte {column.name!r} ({kind}) hat keinen Operator {op!r}; sie hat {options}",
            )
        if op == Op.NULL:
            yield Condition(column.name, Op.NULL if _choice(name, text, ("true", "false")) == "true" else Op.FILLED)
        elif op == BETWEEN:
            bounds = _listed(name, {name: text})
            if len(bounds) != 2:
                raise _refused(name, "between takes two values: a,b", "between braucht zwei Werte: a,b")
            for each, bound in zip((Op.GTE, Op.LTE), bounds, strict=True):
                yield from self._fitted(column, each, (self._value(name, column, bound),))
        else:
            texts = _listed(name, {name: text}) if op == Op.IN else [text]
            yield from self._fitted(column, Op(op), tuple(self._value(name, column, one) for one in texts))

    def _named(self, name: str) -> tuple[Column, str]:
        """Find column and operator of a parameter: a column's name alone means `exact`."""
        if name in self.schema.names:
            return self.schema.column(name), Op.EXACT
        start, mark, op = name.rpartition("__")
        if mark and start in self.schema.names:
            return self.schema.column(start), op
        raise self._unknown(name, start if mark and op in OPS[ColumnType.STRING] else name)

    def _fitted(self, column: Column, op: Op, values: tuple[Value, ...]) -> Iterator[Condition]:
        return fitted(Condition(column.name, op, values), column.type, self._physical(column))

    def _physical(self, column: Column) -> str:
        return self.physical[self.schema.names.index(column.name)]

    def _value(self, name: str, column: Column, text: str) -> Value:
        try:
            return read_value(column.type, self._physical(column), text)
        except (ValueError, KeyError):
            like = SHOWN.get(column.type, f"at most {MAX_TEXT} characters")
            raise _refused(
                name,
                f"{text[:100]!r} is no {column.type} such as {like}",
                f"{text[:100]!r} ist kein Wert vom Typ {column.type} wie {like}",
            ) from None

    def _text(self, text: str) -> str:
        if len(text) > MAX_TEXT or any(ord(sign) < 32 or 0xD800 <= ord(sign) <= 0xDFFF for sign in text):
            raise _refused("q", f"at most {MAX_TEXT} printable characters", f"höchstens {MAX_TEXT} druckbare Zeichen")
        return text.strip()

    def _column(self, parameter: str, name: str) -> Column:
        if name in self.schema.names:
            return self.schema.column(name)
        raise self._unknown(parameter, name)

    def _grouped(self, query: RowQuery, given: Mapping[str, str]) -> RowQuery:
        if "distinct" in given and ("group_by" in given or "figures" in given):
            raise _refused("distinct", "distinct stands alone", "distinct steht allein")
        names = _listed("distinct" if "distinct" in given else "group_by", given)
        groups = tuple(self._group("distinct" if "distinct" in given else "group_by", name) for name in names)
        measures = tuple(self._measure(name) for name in _listed("figures", given) if name != COUNT)
        if len(groups) > (1 if "distinct" in given else MAX_GROUPS) or len(measures) > MAX_LISTED:
            raise _refused("group_by", f"at most {MAX_GROUPS} columns", f"höchstens {MAX_GROUPS} Spalten")
        if (groups or measures or "figures" in given) and query.columns:
            raise _refused("columns", "groups have no columns to choose", "Gruppen haben keine Spalten zur Auswahl")
        names = [*(one.name for one in groups), *(one.name for one in measures), COUNT]
        if "figures" in given and len(names) == 1:
            raise _refused("figures", "count alone needs group_by", "count allein braucht group_by")
        if len(set(names)) < len(names):
            raise _refused("group_by", "a name twice, or one called count", "ein Name doppelt, oder einer heißt count")
        sort = (Order(COUNT, descending=True),) if "distinct" in given else ()
        return replace(query, groups=groups, measures=measures, sort=sort)

    def _group(self, parameter: str, name: str) -> Group:
        if name in self.schema.names:
            return Group(name)
        start, _, part = name.rpartition("__")
        column = self._column(parameter, start or name)
        parts = [one for one in Part if one is not Part.DAY or column.type is ColumnType.DATETIME]
        if column.type not in _DATED or part not in parts:
            options = ", ".join(parts) if column.type in _DATED else "none"
            raise _refused(
                parameter,
                f"column {column.name!r} has no part {part!r}; parts: {options}",
                f"die Spalte {column.name!r} hat keinen Teil {part!r}; Teile: {options}",
            )
        return Group(column.name, Part(part))

    def _measure(self, name: str) -> Measure:
        start, _, figure = name.rpartition("__")
        column = self._column("figures", start or name)
        if figure not in FIGURES[column.type]:
            options = ", ".join(f"{column.name}__{one}" for one in FIGURES[column.type])
            raise _refused("figures", f"no figure {name!r}; there are {options}", f"kein {name!r}; es gibt {options}")
        return Measure(column.name, Figure(figure))

    def _sorted(self, query: RowQuery, given: Mapping[str, str]) -> RowQuery:
        if "sort" not in given:
            return query
        groups = query.names
        known = groups if query.is_grouped else list(self.schema.names)
        sort = []
        for text in _listed("sort", given):
            descending = text.startswith("-") and text not in known
            name = text[1:] if descending else text
            if name not in known:
                raise self._unknown("sort", name, known)
            sort.append(Order(name, descending))
        if len(sort) > MAX_SORTED or len({one.column for one in sort}) < len(sort):
            raise _refused("sort", f"at most {MAX_SORTED} columns, each once", f"höchstens {MAX_SORTED}, jede einmal")
        return replace(query, sort=tuple(sort))

    def _unknown(self, parameter: str, name: str, known: list[str] | None = None) -> InvalidInput:
        """Give the error for a name that is no column, with those that look like it."""
        options = known or list(self.schema.names)
        likely = options + (list(RESERVED) if parameter == name else [])
        similar = difflib.get_close_matches(name[:100], likely, n=3)
        meant = HABITS.get(name.lower()) if parameter == name else None
        similar = [meant] if meant else similar
        hint_de, hint = (f" Gemeint {similar[0]!r}?", f" Did you mean {similar[0]!r}?") if similar else ("", "")
        return InvalidInput(
            f"There is no column {name[:100]!r}.{hint}",
            detail_de=f"Es gibt keine Spalte {name[:100]!r}.{hint_de}",
            parameter=parameter[:200],
            similar=similar,
            columns=options,
            parameters=list(RESERVED),
        )


def _listed(parameter: str, given: Mapping[str, str]) -> list[str]:
    """Read a list as a line of CSV; absent: nothing."""
    if parameter not in given:
        return []
    text = given[parameter]
    if len(text) > MAX_LISTED * 20 or any(sign in text for sign in "\r\n\0"):
        raise _refused(parameter, "not a list of reasonable length", "keine Liste von vernünftiger Länge")
    try:
        found = next(csv.reader([text], strict=True), [])
    except csv.Error:
        raise _refused(parameter, "not a list: a quote is left open", "keine Liste: Anführungszeichen offen") from None
    if not found or len(found) > MAX_LISTED:
        raise _refused(parameter, f"1 to {MAX_LISTED} values", f"1 bis {MAX_LISTED} Werte")
    return found


def _choice(parameter: str, text: str, options: tuple[str, ...]) -> str:
    if text not in options:
        listed = ", ".join(options)
        raise _refused(parameter, f"one of {listed}", f"eines von {listed}")
    return text


def _refused(parameter: str | None, why: str, why_de: str) -> InvalidInput:
    shown = "query" if parameter is None else parameter[:200]
    return InvalidInput(f"{shown}: {why}.", detail_de=f"{shown}: {why_de}.", parameter=shown)
