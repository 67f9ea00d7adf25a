"""Coarser values: what a column becomes when a curator decides that its values are too precise.

    parameters               for                          becomes
    {"to": "yearmonth"}      date, datetime, yearmonth    yearmonth
    {"to": "year"}           the same, and year           year
    {"step": 10}             integer, number, year        the same type, down to the next multiple: 37 → 30, -3 → -10
    {"characters": 2}        string                       string of the first characters: 47051 → 47

Every one of them leaves values as they are that are that coarse already, so it can be done again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.foundation.errors import InvalidInput
from portal.foundation.tableschema import Column, ColumnType
from portal.ingest.engine import quote_name
from portal.ingest.lexical import MAX_DIGITS, canonical, decimal_digits

Parameters = Mapping[str, Any]  # Any: JSON, checked here

_MOMENTS = (ColumnType.DATE, ColumnType.DATETIME, ColumnType.YEARMONTH, ColumnType.YEAR)


@dataclass(frozen=True)
class Coarse:
    """What a coarsened column is and how its values are made."""

    type: ColumnType
    physical: str
    sql: str


def coarsened(column: Column, physical: str, parameters: Parameters) -> Coarse:
    """Give the coarser form of *column*, whose values are stored as *physical*.

    Raises:
        InvalidInput: the parameters are none of the table above, or do not fit the column's type.
    """
    name = quote_name(column.name)
    match dict(parameters):
        case {"to": "year", **others} if not others and column.type in _MOMENTS:
            return Coarse(
                ColumnType.YEAR, "INTEGER", f"CAST(left({canonical(column.type, physical, name)}, 4) AS INTEGER)"
            )
        case {"to": "yearmonth", **others} if not others and column.type in _MOMENTS[:3]:
            return Coarse(ColumnType.YEARMONTH, "VARCHAR", f"left({canonical(column.type, physical, name)}, 7)")
        case {"characters": int(length), **others} if (
            not others and not isinstance(length, bool) and length > 0 and column.type is ColumnType.STRING
        ):
            return Coarse(column.type, physical, f"left({name}, {length})")
        case {"step": step, **others} if not others:
            return _stepped(column, physical, name, _step(step, column, parameters))
        case _:
            raise _unfit(column, parameters)


def _stepped(column: Column, physical: str, name: str, step: Decimal) -> Coarse:
    digits = decimal_digits(physical)
    scale = digits[1] if digits else 0
    units = step.scaleb(scale)
    if column.type not in (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.YEAR) or units != int(units):
        raise _unfit(column, {"step": str(step)})
    whole = f"CAST(replace(CAST({name} AS VARCHAR), '.', '') AS HUGEINT)"  # exact: a DECIMAL(38) fits
    unit = f"CAST({int(units)} AS HUGEINT)"
    floored = f"({whole} - (({whole} % {unit}) + {unit}) % {unit})"
    if digits is None:
        return Coarse(column.type, physical, f"CAST({floored} AS {physical})")
    wide = min(MAX_DIGITS, max(digits[0], len(str(int(units)))) + 1)  # -9 becomes -10: one digit more
    stored = f"DECIMAL({wide},{scale})" if column.type is ColumnType.NUMBER else physical
    return Coarse(column.type, stored, f"CAST({_with_point(floored, scale)} AS {stored})")


def _with_point(units: str, scale: int) -> str:
    """Give SQL for the text of a number that is *units* of its last of *scale* decimal places."""
    if scale == 0:
        return f"CAST({units} AS VARCHAR)"
    bare = f"CAST(abs({units}) AS VARCHAR)"
    text = f"lpad({bare}, CAST(greatest({scale + 1}, length({bare})) AS INTEGER), '0')"
    return (
        f"(CASE WHEN {units} < 0 THEN '-' ELSE '' END || left({text}, length({text}) - {scale}) || '.' || "
        f"right({text}, {scale}))"
    )


def _step(given: object, column: Column, parameters: Parameters) -> Decimal:
    try:
        step = Decimal(str(given))
    except InvalidOperation:
        raise _unfit(column, parameters) from None
    if isinstance(given, bool) or not step.is_finite() or not 0 < step < 10**18 or step.adjusted() < -18:
        raise _unfit(column, parameters)
    return step


def _unfit(column: Column, parameters: Parameters) -> InvalidInput:
    return InvalidInput(
        f"Column {column.name!r} of type {column.type} cannot be made coarser by {dict(parameters)!r}.",
        detail_de=f"Die Spalte {column.name!r} vom Typ {column.type} lässt sich mit {dict(parameters)!r} nicht vergröbern.",
        column=column.name,
    )
