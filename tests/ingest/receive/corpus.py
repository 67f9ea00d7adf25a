"""What the corpus of messy files is made of: a file as people send it, the table it really means, ways of writing it.

`expect` says what has to come of a file: `right` (the table, without a question), `asked` (an error with a remedy;
accepting all remedies proposed gives the table, where one is given) or `refused` (an error without one).
"""

import csv
import io
from dataclasses import dataclass, field

from portal.foundation.tableschema import TableSchema
from portal.ingest.receive.delivery import Choices

Row = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What a file means: names, types, canonical texts."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]

    @property
    def header(self) -> Row:
        return tuple(name for name, _ in self.columns)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One file of the corpus."""

    name: str
    content: bytes
    truth: Truth | None
    """None: nobody can tell from the file."""
    expect: str = "right"
    code: str | None = None
    """Finding that must be there."""
    schema: TableSchema | None = None
    choices: Choices = field(default_factory=Choices)

    @property
    def is_text(self) -> bool:
        return self.name.endswith((".csv", ".tsv", ".txt"))


def truth(columns: str, *rows: str) -> Truth:
    """Write a truth as `name:type` and cells parted by `|`; a single `|` is a table of one column."""
    pairs = tuple((one.rpartition(":")[0], one.rpartition(":")[2]) for one in columns.split("|"))
    return Truth(columns=pairs, rows=tuple(tuple(row.split("|")) for row in rows))


PLACES = truth(
    "Gebiet:string|Stichtag:date|Fläche:number|Einwohner:integer|PLZ:string|aktiv:boolean|Bemerkung:string",
    "Süchteln|2024-01-31|12.5|950|04711|true|Größe geschätzt",
    "Königshof|2024-02-01|1200.75|1234|47051|false|",
    "Dießem|2024-03-15|0.8|12345|47798|true|„neu“ – € 5",
    "Hüls|2024-12-24|33.0|1234567|47839|false|a, b; c",
    "Ößling|2023-07-04|7.25|87|01920|true|",
)


def german(row: Row) -> Row:
    """Write a row of PLACES as a German office does."""
    year, month, day = row[1].split("-")
    whole, _, fraction = row[2].partition(".")
    return (row[0], f"{day}.{month}.{year}", f"{int(whole):,}".replace(",", ".") + "," + fraction, f"{int(row[3]):,}".replace(",", "."), row[4], {"true": "ja", "false": "nein"}[row[5]], row[6])  # fmt: skip


def english(row: Row) -> Row:
    """Write a row of PLACES with grouped numbers as in English."""
    return (row[0], row[1], f"{float(row[2]):,.2f}", f"{int(row[3]):,}", *row[4:])


def plain(row: Row) -> Row:
    return row


STYLES = {"plain": plain, "german": german, "english": english}

ENCODINGS = {
    "utf-8": ("utf-8", b""),
    "utf-8-bom": ("utf-8", b"\xef\xbb\xbf"),
    "utf-16-le": ("utf-16-le", b"\xff\xfe"),
    "utf-16-be": ("utf-16-be", b"\xfe\xff"),
    "utf-16-le-bare": ("utf-16-le", b""),
    "windows-1252": ("cp1252", b""),
}

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}


def text(rows: list[Row], delimiter: str = ",", *, line_end: str = "\n", quote: str = '"', every: bool = False) -> str:
    stream = io.StringIO()
    quoting = csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL
    csv.writer(stream, delimiter=delimiter, lineterminator=line_end, quotechar=quote, quoting=quoting).writerows(rows)
    return stream.getvalue()
