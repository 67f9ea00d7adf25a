"""A table in Excel or Power BI: M for the Advanced Editor of Power Query.

string, yearmonth   text           leading zeros stay; an empty cell is null
integer, year       Int64.Type     beyond 64 bits text
number              number         of more than 15 digits text, as Excel has no such numbers
boolean             logical
date, time          date, time
datetime            datetime, with a zone datetimezone
"""

from portal.foundation.tableschema import Column, ColumnType
from portal.publishing.manual.quoting import m, m_name
from portal.publishing.manual.reading import Reading
from portal.rows.physical import is_exact_text, is_zoned

_TYPES = {
    ColumnType.INTEGER: "Int64.Type",
    ColumnType.YEAR: "Int64.Type",
    ColumnType.NUMBER: "type number",
    ColumnType.BOOLEAN: "type logical",
    ColumnType.DATE: "type date",
    ColumnType.TIME: "type time",
    ColumnType.DATETIME: "type datetime",
}


def write_power_query(reading: Reading) -> str:
    """Give the query; "en-US" reads the decimal point and ISO dates whatever the computer is set to."""
    types = ",\n".join(
        f"        {{{m(column.name)}, {_type(column, physical)}}}" for column, physical, _ in reading.columns
    )
    return reading.commented(
        "//",
        [
            "let",
            f"    File = {_contents(reading)},",
            '    Cells = Csv.Document(File, [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]),',
            "    Named = Table.PromoteHeaders(Cells, [PromoteAllScalars = true]),",
            '    Nulls = Table.ReplaceValue(Named, "", null, Replacer.ReplaceValue, Table.ColumnNames(Named)),',
            "    Typed = Table.TransformColumnTypes(Nulls, {",
            types,
            '    }, "en-US")',
            "in",
            "    Typed",
        ],
    )


def _contents(reading: Reading) -> str:
    url = m(reading.url(".csv"))
    if reading.question is None:
        return f"Web.Contents({url})"
    pairs = ", ".join(f"{m_name(name)} = {m(value)}" for name, value in reading.parameters.items())
    return f"Web.Contents({url}, [Query = [{pairs}]])"


def _type(column: Column, physical: str) -> str:
    if is_exact_text(column, physical):
        return "type text"
    if column.type is ColumnType.DATETIME and is_zoned(physical):
        return "type datetimezone"
    return _TYPES.get(column.type, "type text")
