"""Messy text files: every everyday dialect, what stands around tables, odd names, broken records, damaged encodings."""

import itertools
from collections.abc import Iterator

from tests.ingest.receive.corpus import DELIMITERS, ENCODINGS, PLACES, STYLES, Case, Truth, german, text, truth
from tests.ingest.receive.corpus_apostrophes import apostrophes
from tests.ingest.receive.corpus_values import pairs_of_columns, values


def text_cases() -> Iterator[Case]:
    """Every case that is a text file with a delimiter."""
    for make in (dialects, apostrophes, frames, headers, structure, damage, values, pairs_of_columns):
        yield from make()


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
