"""Messy files as people send them, each with the table it really means; made here, the same every time.

`expect` says what has to come of a file: `right` (the table, without a question), `asked` (an error with a remedy;
accepting all remedies proposed gives the table, where one is given) or `refused` (an error without one).
"""

import csv
import io
import itertools
from collections.abc import Iterator
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
_DATE_COLUMNS, _NUMBERS, _WHOLE, _BOOLEAN = (1,), (2,), (3,), (5,)


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


def dialects() -> Iterator[Case]:
    """Every encoding with every delimiter and notation: the everyday files."""
    for (encoding, (codec, mark)), (name, delimiter), (style, write) in itertools.product(
        ENCODINGS.items(), DELIMITERS.items(), STYLES.items()
    ):
        rows = [PLACES.header, *(write(row) for row in PLACES.rows)]
        line_end = "\r\n" if encoding.startswith(("utf-16", "windows")) else "\n"
        content = mark + text(rows, delimiter, line_end=line_end).encode(codec)
        shown = PLACES if style != "english" else _two_digits(PLACES)
        yield Case(name=f"{encoding}-{name}-{style}.csv", content=content, truth=shown)


def _two_digits(places: Truth) -> Truth:
    return Truth(
        columns=places.columns, rows=tuple((*row[:2], f"{float(row[2]):.2f}", *row[3:]) for row in places.rows)
    )


def frames() -> Iterator[Case]:
    """What stands around tables: titles, sources, sums, blank lines, units, and what a spreadsheet pads."""
    body = [german(row) for row in PLACES.rows]
    head, table = PLACES.header, text([PLACES.header, *body], ";")
    width = len(head)
    pad = ";" * (width - 1)
    for name, content in {
        "preamble-one-line": f"Ortsteile der Stadt\n{table}",
        "preamble-three-lines": f"Stadt Krefeld\nAmt für Statistik\n\n{table}",
        "preamble-padded": f"Ortsteile der Stadt{pad}\n{pad}\n{table}",
        "preamble-key-value": f"Stand:;31.12.2024\nQuelle:;Amt 12\n\n{table}",
        "footer-source": f"{table}\nQuelle: Stadt Krefeld; Stand 2024\n".replace("; Stand", ", Stand"),
        "footer-padded": f"{table}{pad}\nQuelle: Stadt Krefeld{pad}\n",
        "footer-star": f"{table}* vorläufige Werte\n",
        "footer-copyright": f"{table}\n© Stadt Krefeld 2024\n",
        "footer-two-lines": f"{table}\nAlle Angaben ohne Gewähr\nStand: 31.12.2024\n",
        "preamble-and-footer": f"Ortsteile\n\n{table}\nQuelle: Amt 12\n",
        "blank-lines-between": table.replace("\nHüls", "\n\n\nHüls"),
        "blank-rows-padded": table.replace("\nHüls", f"\n{pad}\n{pad}\nHüls"),
        "blank-lines-at-end": f"{table}\n\n\n",
        "sep-line": f"sep=;\n{table}",
        "no-newline-at-end": table.rstrip("\n"),
        "carriage-returns": table.replace("\n", "\r"),
        "mixed-line-ends": table.replace("\n", "\r\n", 3),
        "trailing-delimiters": "\n".join(f"{line};" for line in table.splitlines()) + "\n",
        "all-quoted": text([head, *body], ";", every=True),
        "single-quotes": text([head, *body], ";", quote="'", every=True),
        "padded-names": table.replace("Gebiet;Stichtag", " Gebiet ; Stichtag "),
        "padded-cells": "\n".join(" ; ".join(row) for row in [head, *(row[:6] for row in body)]) if False else table.replace(";ja;", "; ja ;").replace(";nein;", ";nein ;"),
    }.items():  # fmt: skip
        yield Case(name=f"{name}.csv", content=content.encode(), truth=PLACES)
    total = f"{table}Summe;;1.254,30;1.249.183;;;\n"
    yield Case(name="total-row.csv", content=total.encode(), truth=PLACES, expect="asked", code="total-row")
    yield Case(name="total-row-gesamt.csv", content=total.replace("Summe", "Gesamt").encode(), truth=PLACES, expect="asked", code="total-row")  # fmt: skip
    yield Case(name="total-and-footer.csv", content=f"{total}\nQuelle: Amt\n".encode(), truth=PLACES, expect="asked")
    yield Case(name="header-again.csv", content=table.replace("Hüls", f"{';'.join(head)}\nHüls").encode(), truth=PLACES, expect="asked", code="repeated-header")  # fmt: skip
    yield Case(name="no-header.csv", content=text(body, ";").encode(), truth=Truth(columns=tuple((f"spalte_{n}", kind) for n, (_, kind) in enumerate(PLACES.columns, 1)), rows=PLACES.rows), expect="asked", code="no-header")  # fmt: skip


def headers() -> Iterator[Case]:
    """Names of columns that are gaps, twins or several lines."""
    years = truth("Ort:string|2019:integer|2020:integer|2021:integer", "A|12|5|6", "B|4|5|70", "C|1|2|3")
    yield Case(name="years-as-names.csv", content=b"Ort;2019;2020;2021\nA;12;5;6\nB;4;5;70\nC;1;2;3\n", truth=years)
    yield Case(
        name="two-lines-merged.csv",
        content="Ort;Bevölkerung;;Fläche\n;Männer;Frauen;km²\nMitte;12;13;4,5\nSüd;22;23;5,5\nNord;32;33;6,5\n".encode(),
        truth=truth("Ort:string|Bevölkerung Männer:integer|Bevölkerung Frauen:integer|Fläche km²:number", "Mitte|12|13|4.5", "Süd|22|23|5.5", "Nord|32|33|6.5"),
    )  # fmt: skip
    yield Case(
        name="units-line.csv",
        content="Ort;Länge;Gewicht\n;(km);(t)\nMitte;12,1;4,5\nSüd;22,2;5,5\nNord;32,3;6,5\n".encode(),
        truth=truth("Ort:string|Länge (km):number|Gewicht (t):number", "Mitte|12.1|4.5", "Süd|22.2|5.5", "Nord|32.3|6.5"),
    )  # fmt: skip
    yield Case(
        name="second-line-of-names.csv",
        content=b"ort;wert;zahl\nName des Ortes;Messwert;Anzahl\nMitte;12,1;4\nNord;22,2;5\nWest;32,3;6\n",
        truth=truth("ort Name des Ortes:string|wert Messwert:number|zahl Anzahl:integer", "Mitte|12.1|4", "Nord|22.2|5", "West|32.3|6"),
        expect="asked", code="multi-line-header",
    )  # fmt: skip
    yield Case(name="first-row-missing.csv", content=b"Name;Wert\nA;k.A.\nB;5\nC;6\nD;7\n", truth=truth("Name:string|Wert:integer", "A|", "B|5", "C|6", "D|7"), expect="asked", code="missing-marker")  # fmt: skip
    yield Case(name="gap.csv", content=b"a,,c\n1,x,3\n2,y,4\n", truth=truth("a:integer|spalte_2:string|c:integer", "1|x|3", "2|y|4"), code="unnamed-column")  # fmt: skip
    yield Case(name="twins.csv", content=b"Wert,Wert,wert\n1,2,3\n4,5,6\n", truth=truth("Wert:integer|Wert_2:integer|wert_3:integer", "1|2|3", "4|5|6"), code="duplicate-column")  # fmt: skip
    yield Case(name="line-break-in-name.csv", content='Ort,"Fläche\nin km²"\nMitte,1.5\nSüd,2.5\n'.encode(), truth=truth("Ort:string|Fläche in km²:number", "Mitte|1.5", "Süd|2.5"))  # fmt: skip
    yield Case(name="empty-column.csv", content=b"a;b;\n1;x;\n2;y;\n", truth=truth("a:integer|b:string", "1|x", "2|y"))
    yield Case(name="reserved-name.csv", content=b"_row,b\n1,x\n2,y\n", truth=truth("_row_2:integer|b:string", "1|x", "2|y"))  # fmt: skip
    yield Case(name="one-column.csv", content=b"Name\nAnna\nBert\nCarl\n", truth=truth("Name:string", "Anna", "Bert", "Carl"))  # fmt: skip
    yield Case(name="one-column-numbers.csv", content=b"Wert\n1\n2\n3\n", truth=truth("Wert:integer", "1", "2", "3"))
    yield Case(name="one-data-row.csv", content=b"a;b\n1;x\n", truth=truth("a:integer|b:string", "1|x"))
    yield Case(name="names-only.csv", content=b"a;b;c\n", truth=None, expect="refused", code="no-rows")
    yield Case(name="all-texts.csv", content=b"Name;Ort\nAnna;Krefeld\nBert;Moers\n", truth=truth("Name:string|Ort:string", "Anna|Krefeld", "Bert|Moers"))  # fmt: skip
    yield Case(name="texts-without-names.csv", content=b"Anna;Krefeld\nBert;Krefeld\nCarl;Krefeld\nDora;Moers\n", truth=truth("spalte_1:string|spalte_2:string", "Anna|Krefeld", "Bert|Krefeld", "Carl|Krefeld", "Dora|Moers"), expect="asked")  # fmt: skip


def structure() -> Iterator[Case]:
    """Records that are too short, too long, broken, and what quotes may hold."""
    ab = truth("a:integer|b:string|c:string", "1|x|y", "2|z|", "3|u|v")
    yield Case(name="short-row.csv", content=b"a,b,c\n1,x,y\n2,z\n3,u,v\n", truth=ab, expect="asked", code="ragged-row")
    yield Case(name="long-row.csv", content=b"a,b,c\n1,x,y\n2,z,q,r\n3,u,v\n", truth=None, expect="refused", code="ragged-row")  # fmt: skip
    yield Case(name="long-row-empty.csv", content=b"a,b,c\n1,x,y\n2,z,,,\n3,u,v\n", truth=ab)
    yield Case(
        name="bare-decimal-commas.csv", content=b"a,b\n1,5,2,5\n2,5,3,5\n3,5,4,5\n", truth=None, expect="refused"
    )
    yield Case(name="open-quote.csv", content=b'a,b\n1,"x\n2,y\n3,z\n', truth=truth("a:integer|b:string", '1|"x', "2|y", "3|z"), expect="asked", code="unterminated-quote")  # fmt: skip
    yield Case(name="text-after-quote.csv", content=b'a,b\n1,"x"y\n2,z\n3,w\n', truth=truth("a:integer|b:string", '1|"x"y', "2|z", "3|w"), expect="asked", code="misplaced-quote")  # fmt: skip
    yield Case(name="doubled-quotes.csv", content=b'a,b\n1,"say ""hi"""\n2,z\n', truth=truth("a:integer|b:string", '1|say "hi"', "2|z"))  # fmt: skip
    yield Case(
        name="inches.csv", content=b'a;b\n1;5" Rohr\n2;z\n', truth=truth("a:integer|b:string", '1|5" Rohr', "2|z")
    )
    yield Case(name="line-breaks.csv", content=b'a,b\n1,"x\ny"\n2,"z\r\nw"\n', truth=truth("a:integer|b:string", "1|x\ny", "2|z\r\nw"))  # fmt: skip
    yield Case(name="delimiters-in-texts.csv", content=b'a;b\n1;"x;y"\n2;"z;w"\n', truth=truth("a:integer|b:string", "1|x;y", "2|z;w"))  # fmt: skip
    yield Case(name="commas-in-texts.csv", content=b"a;b\n1;x, y\n2;z, w\n3;u, v\n", truth=truth("a:integer|b:string", "1|x, y", "2|z, w", "3|u, v"))  # fmt: skip
    yield Case(name="commas-in-names.csv", content=b"Name, Vorname;Ort, Teil\nMay, A;Moers, Ost\nRau, B;Kamen, West\n", truth=truth("Name, Vorname:string|Ort, Teil:string", "May, A|Moers, Ost", "Rau, B|Kamen, West"), expect="asked")  # fmt: skip
    yield Case(name="fixed-width.txt", content=b"Name      Wert   Ort\nAnna      12     Moers\nBert      13     Kamen\n", truth=None, expect="refused", code="fixed-width")  # fmt: skip
    yield Case(name="outer-blanks.csv", content=b"a;b\n1; x\n2;y \n", truth=truth("a:integer|b:string", "1| x", "2|y "), code="outer-blanks")  # fmt: skip
    yield Case(
        name="two-tables.csv",
        content=b"ort;n\nA;1\nB;2\nC;3\n\nname;m\nX;7\nY;8\nZ;9\n",
        truth=None,
        expect="refused",
        code="second-table",
    )
    rows = {letter: "".join(f"{letter}{n};{n};{n}\n" for n in range(9)) for letter in "AB"}
    yield Case(
        name="headings-between.csv",
        content=f"ort;n;m\nBezirk Nord;;\n{rows['A']}Bezirk Süd;;\n{rows['B']}".encode(),
        truth=truth("ort:string|n:integer|m:integer", *(f"{letter}{n}|{n}|{n}" for letter in "AB" for n in range(9))),
        expect="asked",
        code="heading-row",
    )
    yield Case(
        name="html.csv", content=b"<html><table><tr><td>1</td></tr></table></html>", truth=None, expect="refused"
    )
    yield Case(name="empty.csv", content=b"", truth=None, expect="refused", code="empty-file")
    yield Case(name="only-bom.csv", content=b"\xef\xbb\xbf", truth=None, expect="refused", code="empty-file")
    yield Case(name="only-blank-lines.csv", content=b"\n\n\n", truth=None, expect="refused")


def damage() -> Iterator[Case]:
    """Encodings that cannot be told, and files that have been hurt."""
    table = text([PLACES.header, *(german(row) for row in PLACES.rows)], ";")
    plain_table, plain_truth = table.replace("„neu“ – € 5", "neu"), _replaced("„neu“ – € 5", "neu")
    yield Case(name="latin-1.csv", content=plain_table.encode("latin-1"), truth=plain_truth)
    for codec in ("cp850", "mac-roman"):
        yield Case(name=f"{codec}.csv", content=plain_table.encode(codec), truth=plain_truth, expect="asked", code="encoding-unsure")  # fmt: skip
    yield Case(name="latin-9.csv", content=table.replace("„neu“ – ", "").encode("iso-8859-15"), truth=_replaced("„neu“ – ", ""), expect="asked")  # fmt: skip
    yield Case(name="doubled.csv", content=table.encode().decode("latin-1").encode(), truth=PLACES, expect="asked", code="double-encoding")  # fmt: skip
    doubled = plain_table.encode().decode("cp1252").encode()
    yield Case(name="doubled-windows.csv", content=doubled, truth=plain_truth, expect="asked", code="double-encoding")
    half = plain_table.encode().replace("Hüls".encode(), "Hüls".encode("cp1252"))
    yield Case(name="mixed-encoding.csv", content=half, truth=plain_truth, expect="asked", code="mixed-encoding")
    nul = table.replace("geschätzt", "ge\x00schätzt").encode()
    yield Case(name="nul.csv", content=nul, truth=PLACES, expect="asked", code="forbidden-character")
    yield Case(name="control.csv", content=table.replace("geschätzt", "ge\x0bschätzt").encode(), truth=PLACES, expect="asked")  # fmt: skip
    yield Case(name="replacement.csv", content=table.replace("Größe", "Gr\ufffd\ufffde").encode(), truth=_replaced("Größe", "Gr\ufffd\ufffde"), expect="asked", code="replacement-character")  # fmt: skip
    yield Case(name="cut-in-a-sign.csv", content=table.encode()[: table.encode().index("ü".encode()) + 1], truth=None, expect="refused", code="truncated-file")  # fmt: skip
    yield Case(
        name="cut-in-utf-16.csv", content=b"\xff\xfe" + table.encode("utf-16-le")[:-1], truth=None, expect="refused"
    )
    yield Case(name="cut-in-a-quote.csv", content=b'a,b\n1,"x"\n2,"y', truth=None, expect="asked")
    yield Case(name="utf-32.csv", content=table.encode("utf-32"), truth=None, expect="refused")


def _replaced(old: str, new: str) -> Truth:
    return Truth(
        columns=PLACES.columns, rows=tuple(tuple(cell.replace(old, new) for cell in row) for row in PLACES.rows)
    )


def column(name: str, kind: str, pairs: dict[str, str], label: str | None = None, **more: object) -> Case:
    """Give a file with a column of texts beside a key; *pairs* is text ↔ canonical."""
    rows: list[Row] = [("schluessel_text", name), *((f"k{n}", cell) for n, cell in enumerate(pairs))]
    meant = Truth(columns=(("schluessel_text", "string"), (name, kind)), rows=tuple((f"k{n}", cell) for n, cell in enumerate(pairs.values())))  # fmt: skip
    return Case(name=f"{label or name}.csv", content=text(rows, ";").encode(), truth=meant, **more)  # type: ignore[arg-type]


def same(*cells: str) -> dict[str, str]:
    return {cell: cell for cell in cells}


def values() -> Iterator[Case]:  # noqa: PLR0915 - a list, one line a column
    """Columns of one kind of value each, as they are written here and there."""
    yield column("wert", "integer", same("1", "-2", "30"), "whole")
    yield column("wert", "integer", {"+1": "1", "−2": "-2", "3": "3"}, "signs")
    yield column("wert", "number", {"1,5": "1.5", "1.234,50": "1234.50", "-,5": "-0.5", "3,00-": "-3.00"}, "german")
    yield column("wert", "number", {"1.5": "1.5", "1,234.50": "1234.50", ".5": "0.5"}, "english")
    yield column("wert", "number", {"1'234.50": "1234.50", "12.00": "12.00"}, "swiss")
    yield column("wert", "number", {"1\u00a0234,5": "1234.5", "12,0": "12.0"}, "no-break-blanks")
    yield column("wert", "number", {"1 234,5": "1234.5", "12,0": "12.0"}, "blanks", expect="asked")
    yield column("wert", "integer", {"1.234": "1234", "950": "950", "1.234.567": "1234567"}, "millions")
    yield column("wert", "number", {"1.234": "1.234", "0.567": "0.567"}, "three-decimals")
    yield column(
        "wert", "number", {"1.234": "1.234", "12.345": "12.345"}, "dot-unclear", expect="asked", code="number-ambiguous"
    )
    yield column(
        "wert",
        "number",
        {"1,234": "1.234", "12,345": "12.345"},
        "comma-unclear",
        expect="asked",
        code="number-ambiguous",
    )
    yield column("anteil", "number", {"12,5 %": "12.5", "3 %": "3", "100%": "100"}, "percent")
    yield column("preis", "number", {"12,50 €": "12.50", "1.300,00 €": "1300.00"}, "euro")
    yield column("preis", "number", {"EUR 12,50": "12.50", "EUR 3,00": "3.00"}, "euro-before")
    yield column("price", "number", {"$1,300.00": "1300.00", "$12.50": "12.50"}, "dollar")
    yield column("preis", "string", same("12,50 €", "3,00 $", "4,00 €", "5,00 €"), "two-currencies")
    yield column("strecke", "number", {"12,5 km": "12.5", "3 km": "3"}, "kilometres")
    yield column("plz", "string", same("47798", "47051", "47803"), "postal-codes")
    yield column("AGS", "string", same("05114000", "05112000"), "municipality-keys")
    yield column("AGS", "string", same("11000000", "12051000"), "municipality-keys-without-zero")
    yield column("nummer", "string", same("007", "012", "120"), "leading-zeros")
    yield column("telefon", "string", same("0203 283-0", "02151 86-0"), "telephones")
    yield column("konto", "string", same("1234567890123456", "9934567890123451"), "long-numbers")
    yield column("version", "string", same("1.2.3", "1.10.0"), "versions")
    yield column("hausnummer", "string", same("12", "12a", "14-16"), "house-numbers")
    yield column("messung", "string", same("1.5E+11", "2.5E+11"), "scientific", code="scientific-notation")
    yield column("jahr", "year", same("2019", "2020"), "years")
    yield column("monat", "yearmonth", same("2024-01", "2024-12"), "months")
    yield column("saison", "string", same("2010-11", "2011-12"), "seasons")
    yield column("uhrzeit", "time", {"9:30": "09:30:00", "17:05": "17:05:00"}, "clock")
    yield column("ergebnis", "string", same("2:10", "3:11"), "scores")
    yield column("datum", "date", {"1.2.2024": "2024-02-01", "31.12.2024": "2024-12-31"}, "german-dates")
    yield column("datum", "date", {"31/01/2024": "2024-01-31", "02/03/2024": "2024-03-02"}, "day-first")
    yield column("date", "date", {"01/31/2024": "2024-01-31", "02/03/2024": "2024-02-03"}, "month-first")
    yield column(
        "datum",
        "date",
        {"03/04/2024": "2024-04-03", "05/06/2024": "2024-06-05"},
        "unclear-dates",
        expect="asked",
        code="date-ambiguous",
    )
    yield column(
        "datum",
        "date",
        {"03-04-2024": "2024-04-03", "05-06-2024": "2024-06-05"},
        "unclear-dashes",
        expect="asked",
        code="date-ambiguous",
    )
    yield column(
        "datum",
        "date",
        {"31.01.24": "2024-01-31", "01.02.24": "2024-02-01"},
        "short-years",
        expect="asked",
        code="two-digit-year",
    )
    yield column("datum", "date", {"2024/01/31": "2024-01-31", "2024/02/01": "2024-02-01"}, "year-first")
    yield column("datum", "date", {"3. März 2024": "2024-03-03", "12. Dezember 2024": "2024-12-12"}, "month-names")
    yield column("datum", "date", {"20240131": "2024-01-31", "20240201": "2024-02-01"}, "compact-dates")
    yield column("datum", "date", {"2024-01-31": "2024-01-31", "01.02.2024": "2024-02-01"}, "iso-and-german")
    yield column(
        "datum",
        "string",
        same("31.02.2024", "01.02.2024", "03.02.2024", "04.02.2024", "05.02.2024"),
        "thirty-first-of-february",
        code="mixed-types",
    )
    yield column(
        "wann",
        "datetime",
        {"31.01.2024 9:30": "2024-01-31T09:30:00", "01.02.2024 17:05:10": "2024-02-01T17:05:10"},
        "german-moments",
    )
    yield column(
        "wann",
        "datetime",
        {"2024-01-31 09:30:00": "2024-01-31T09:30:00", "2024-02-01T17:05:10": "2024-02-01T17:05:10"},
        "iso-moments",
    )
    yield column(
        "wann",
        "datetime",
        {"2024-01-31T09:30:00Z": "2024-01-31T09:30:00Z", "2024-02-01T17:05:10+02:00": "2024-02-01T17:05:10+02:00"},
        "moments-with-zone",
    )
    yield column(
        "wann",
        "datetime",
        {"03/04/2024 09:30": "2024-04-03T09:30:00", "05/06/2024 10:30": "2024-06-05T10:30:00"},
        "unclear-moments",
        expect="asked",
    )
    yield column("termin", "number", same("12.10", "24.12"), "day-and-month", expect="asked", code="number-or-date")
    yield column("aktiv", "boolean", {"ja": "true", "nein": "false"}, "ja-nein")
    yield column("aktiv", "boolean", {"WAHR": "true", "FALSCH": "false"}, "wahr-falsch")
    yield column("aktiv", "boolean", {"True": "true", "False": "false"}, "true-false")
    yield column("aktiv", "boolean", {"ja": "true", "": "", "nein": "false"}, "ja-nein-gaps")
    yield column("wert", "number", {"1,5": "1.5", "": "", "2,5": "2.5"}, "number-gaps")
    yield column("land", "string", same("NO", "no", "No"), "norway")
    yield column("bit", "integer", same("0", "1"), "bits")
    yield column(
        "wert", "integer", {"1": "1", "2": "2", "k. A.": ""}, "no-answer", expect="asked", code="missing-marker"
    )
    yield column(
        "wert",
        "number",
        {"1,5": "1.5", "2,5": "2.5", "-": "", ".": ""},
        "statistics-signs",
        expect="asked",
        code="missing-marker",
    )
    yield column("wert", "integer", {"1": "1", "2": "2", "3": "3", "#DIV/0!": ""}, "spreadsheet-error", expect="asked")
    yield column("land", "string", same("NA", "DE", "NULL", "None"), "namibia")
    yield column(
        "wert", "string", same("1", "2", "3", "4", "5", "6", "7", "8", "9", "zehn"), "mixed", code="mixed-types"
    )
    yield column("wert", "integer", same("12345678901", "-99999999999"), "eleven-digits")
    yield column("text", "string", same("=1+1", "+49 203", "@x"), "formulas")
    yield column("fläche", "number", {"1,10": "1.10", "2,20": "2.20"}, "trailing-zeros")


def pairs_of_columns() -> Iterator[Case]:
    """Numbers that only the rest of the file explains, and those it does not."""
    yield Case(name="grouped-by-context.csv", content=b"ort;flaeche;einwohner\nA;12,5;950\nB;3,25;1.234\n", truth=truth("ort:string|flaeche:number|einwohner:integer", "A|12.5|950", "B|3.25|1234"))  # fmt: skip
    yield Case(name="decimals-by-context.csv", content=b"ort;flaeche;dichte\nA;12,5;1,234\nB;3,25;5,678\n", truth=truth("ort:string|flaeche:number|dichte:number", "A|12.5|1.234", "B|3.25|5.678"))  # fmt: skip
    yield Case(name="coordinates-with-dots.csv", content=b"ort;flaeche;lat\nA;12,5;51.234\nB;3,25;51.456\n", truth=truth("ort:string|flaeche:number|lat:number", "A|12.5|51.234", "B|3.25|51.456"), expect="asked", code="number-ambiguous")  # fmt: skip
    yield Case(name="groups-beside-coordinates.csv", content=b"ort;lat;einwohner\nA;51.2345;1.234\nB;51.45;5.678\n", truth=None, expect="asked", code="number-ambiguous")  # fmt: skip


def text_cases() -> Iterator[Case]:
    """Every case that is a text file with a delimiter."""
    for make in (dialects, frames, headers, structure, damage, values, pairs_of_columns):
        yield from make()
