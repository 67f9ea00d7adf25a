"""A table in R, without any package: the CSV file, each column as its type says.

string, yearmonth, time   character   leading zeros stay; only an empty cell is missing, "NA" is a text
integer                   numeric     beyond 2^53 character, as R has no such numbers
number                    numeric     of more than 15 digits character
year                      integer
boolean                   logical
date                      Date
datetime                  POSIXct, in UTC
"""

from portal.foundation.tableschema import Column, ColumnType
from portal.ingest.statistics import ColumnStatistics
from portal.publishing.manual.quoting import r
from portal.publishing.manual.reading import Reading, is_beyond_double
from portal.rows.physical import is_exact_text

_CLASSES = {
    ColumnType.INTEGER: "numeric",
    ColumnType.NUMBER: "numeric",
    ColumnType.YEAR: "integer",
    ColumnType.BOOLEAN: "logical",
    ColumnType.DATE: "Date",
}


def write_r(reading: Reading) -> str:
    """Give the code that reads the table into a data frame."""
    classes = [f"    {r(_name(one[0]))} = {r(_class(*one))}" for one in reading.columns]
    moments = [
        f'table[[{r(_name(one))}]] <- as.POSIXct(table[[{r(_name(one))}]], format = "%Y-%m-%dT%H:%M:%OS", tz = "UTC")'
        for one in reading.of_type(ColumnType.DATETIME)
    ]
    return reading.commented(
        "#",
        [
            *_question(reading),
            "table <- read.csv(",
            f"  {_address(reading)},",
            "  colClasses = c(",
            ",\n".join(classes),
            "  ),",
            '  na.strings = "", check.names = FALSE, encoding = "UTF-8"',
            ")",
            *moments,
            "str(table)",
        ],
    )


def _address(reading: Reading) -> str:
    return r(reading.url(".csv")) if reading.question is None else f"paste0({r(reading.url('.csv') + '?')}, question)"


def _question(reading: Reading) -> list[str]:
    if reading.question is None:
        return []
    pairs = ",\n".join(f"  {r(name)} = {r(value)}" for name, value in reading.parameters.items())
    return [
        "question <- c(",
        pairs,
        ")",
        "escaped <- function(text) URLencode(text, reserved = TRUE, repeated = TRUE)",
        'question <- paste(sapply(names(question), escaped), sapply(question, escaped), sep = "=", collapse = "&")',
    ]


def _name(column: Column) -> str:
    return column.name.strip(" ")


def _class(column: Column, physical: str, statistics: ColumnStatistics) -> str:
    if is_exact_text(column, physical) or (column.type is ColumnType.INTEGER and is_beyond_double(statistics)):
        return "character"
    return _CLASSES.get(column.type, "character")
