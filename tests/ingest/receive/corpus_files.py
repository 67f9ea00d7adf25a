"""Workbooks, JSON, GeoJSON, Parquet and archives with known truth; written by other people's writers."""

import io
import json
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import xlsxwriter
from odf import opendocument, table
from odf.text import P

from tests.ingest.receive.corpus import PLACES, Case, german, text, truth

Cell = Any
TYPED = truth(
    "Ort:string|Tag:date|Wert:number|Zahl:integer|aktiv:boolean",
    "Süd|2024-01-31|12.5|950|true",
    "Nord|2024-02-01|1.234|1234|false",
)
_ROWS: list[list[Cell]] = [
    ["Ort", "Tag", "Wert", "Zahl", "aktiv"],
    ["Süd", date(2024, 1, 31), 12.5, 950, True],
    ["Nord", date(2024, 2, 1), 1.234, 1234, False],
]


def xlsx(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "dd.mm.yyyy"})
    fill(book)
    book.close()
    return stream.getvalue()


def sheet(
    rows: list[list[Cell]], name: str = "Tabelle", top: int = 0, left: int = 0
) -> Callable[[xlsxwriter.Workbook], None]:
    def fill(book: xlsxwriter.Workbook) -> None:
        made = book.add_worksheet(name)
        for number, row in enumerate(rows, start=top):
            for place, cell in enumerate(row, start=left):
                if isinstance(cell, date | datetime | time):
                    made.write_datetime(number, place, cell)
                elif cell is not None:
                    made.write(number, place, cell)

    return fill


def changed(content: bytes, change: dict[str, Callable[[str], str]], added: dict[str, bytes] | None = None) -> bytes:
    """Rewrite members of a ZIP file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            inner = old.read(member)
            new.writestr(
                member.filename, change[member.filename](inner.decode()) if member.filename in change else inner
            )
        for name, inner in (added or {}).items():
            new.writestr(name, inner)
    return stream.getvalue()


def workbooks() -> Iterator[Case]:
    """XLSX files as offices make them."""
    yield Case(name="typed.xlsx", content=xlsx(sheet(_ROWS)), truth=TYPED)
    yield Case(name="away-from-a1.xlsx", content=xlsx(sheet(_ROWS, top=4, left=2)), truth=TYPED)
    yield Case(name="title.xlsx", content=xlsx(sheet([["Bericht"], [], *_ROWS])), truth=TYPED, code="preamble")
    yield Case(name="footer.xlsx", content=xlsx(sheet([*_ROWS, [], ["Quelle: Amt 12"]])), truth=TYPED, code="footer")
    yield Case(name="sum.xlsx", content=xlsx(sheet([*_ROWS, ["Summe", None, 13.734, 2184]])), truth=TYPED, expect="asked", code="total-row")  # fmt: skip
    texts = [list(PLACES.header), *(list(german(row)) for row in PLACES.rows)]
    yield Case(name="everything-as-text.xlsx", content=xlsx(sheet(texts)), truth=PLACES)
    yield Case(name="postal-codes.xlsx", content=xlsx(sheet([["plz", "n"], ["04711", 1], ["47798", 2]])), truth=truth("plz:string|n:integer", "04711|1", "47798|2"))  # fmt: skip

    def shown_zeros(book: xlsxwriter.Workbook) -> None:
        made, style = book.add_worksheet(), book.add_format({"num_format": "00000"})
        made.write_row(0, 0, ["Schlüssel", "n"])
        for number, key in enumerate((1067, 47798), start=1):
            made.write_number(number, 0, key, style)
            made.write_number(number, 1, number)

    yield Case(name="shown-zeros.xlsx", content=xlsx(shown_zeros), truth=truth("Schlüssel:string|n:integer", "01067|1", "47798|2"))  # fmt: skip

    def merged(book: xlsxwriter.Workbook) -> None:
        made = book.add_worksheet()
        made.merge_range(0, 1, 0, 2, "Bevölkerung")
        made.write(0, 0, "Ort")
        made.write(0, 3, "Fläche")
        for number, row in enumerate([[None, "Männer", "Frauen", "km²"], ["A", 1, 2, 4.5], ["B", 3, 4, 5.5]], start=1):
            for place, cell in enumerate(row):
                if cell is not None:
                    made.write(number, place, cell)

    yield Case(name="merged-names.xlsx", content=xlsx(merged), truth=truth("Ort:string|Bevölkerung Männer:integer|Bevölkerung Frauen:integer|Fläche km²:number", "A|1|2|4.5", "B|3|4|5.5"))  # fmt: skip

    def merged_cells(book: xlsxwriter.Workbook) -> None:
        sheet([["Ort", "Straße", "n"], ["A", "x1", 1], [None, "x2", 2], ["B", "x3", 3]])(book)
        book.worksheets()[0].merge_range(1, 0, 2, 0, "A")

    yield Case(name="merged-cells.xlsx", content=xlsx(merged_cells), truth=truth("Ort:string|Straße:string|n:integer", "A|x1|1", "|x2|2", "B|x3|3"), expect="asked", code="merged-cells")  # fmt: skip

    def hidden(book: xlsxwriter.Workbook) -> None:
        sheet(_ROWS)(book)
        book.worksheets()[0].set_row(2, None, None, {"hidden": True})

    yield Case(name="hidden-row.xlsx", content=xlsx(hidden), truth=TYPED, code="hidden-rows")

    def two(book: xlsxwriter.Workbook) -> None:
        sheet(_ROWS, "2024")(book)
        sheet([["Ort", "n"], ["A", 1], ["B", 2]], "2023")(book)

    yield Case(name="two-tables.xlsx", content=xlsx(two), truth=TYPED, expect="asked", code="other-sheets")

    def cover(book: xlsxwriter.Workbook) -> None:
        sheet([["Deckblatt"], ["Stand 2024"]], "Deckblatt")(book)
        sheet(_ROWS, "Daten")(book)

    yield Case(name="cover.xlsx", content=xlsx(cover), truth=TYPED, code="other-sheets")
    floats = [["a", "b"], [0.1 + 0.2, 1e-7], [100.0, 123456789.25]]
    yield Case(name="floats.xlsx", content=xlsx(sheet(floats)), truth=truth("a:number|b:number", "0.3|0.0000001", "100|123456789.25"))  # fmt: skip
    moments = [
        ["wann", "um"],
        [datetime.fromisoformat("2024-01-31T09:30"), time(9, 30)],
        [datetime.fromisoformat("2024-02-01T00:00:05"), time(17, 5)],
    ]

    def dated(book: xlsxwriter.Workbook) -> None:
        made, moment, clock = book.add_worksheet(), book.add_format({"num_format": "dd.mm.yyyy hh:mm"}), book.add_format({"num_format": "hh:mm"})  # fmt: skip
        made.write_row(0, 0, ["wann", "Uhrzeit"])
        for number, (when, at) in enumerate(moments[1:], start=1):
            made.write_datetime(number, 0, when, moment)
            made.write_datetime(number, 1, at, clock)

    yield Case(name="moments.xlsx", content=xlsx(dated), truth=truth("wann:datetime|Uhrzeit:time", "2024-01-31T09:30:00|09:30:00", "2024-02-01T00:00:05|17:05:00"))  # fmt: skip


def formulas() -> Iterator[Case]:
    """Cells that are computed, or should be."""

    def computed(value: object, *, full: bool = False) -> bytes:
        def fill(book: xlsxwriter.Workbook) -> None:
            made = book.add_worksheet()
            made.write_row(0, 0, ["a", "b"])
            for number in (1, 2):
                made.write(number, 0, number)
                made.write_formula(number, 1, f"=A{number + 1}*2", None, value if number == 2 else 2)

        content = xlsx(fill)
        return content if full else changed(content, {"xl/workbook.xml": lambda xml: xml.replace(' fullCalcOnLoad="1"', "")})  # fmt: skip

    yield Case(name="formulas.xlsx", content=computed(4), truth=truth("a:integer|b:integer", "1|2", "2|4"))
    yield Case(name="formula-error.xlsx", content=computed("#DIV/0!"), truth=truth("a:integer|b:integer", "1|2", "2|"), expect="asked", code="formula-error")  # fmt: skip
    yield Case(name="formulas-never-computed.xlsx", content=computed(4, full=True), truth=None, expect="refused", code="formula-not-computed")  # fmt: skip
    book = openpyxl.Workbook()
    for row in (["a", "b"], [1, "=A2*2"], [2, "=A3*2"]):
        book.active.append(row)  # type: ignore[union-attr]
    stream = io.BytesIO()
    book.save(stream)
    yield Case(name="formulas-by-openpyxl.xlsx", content=stream.getvalue(), truth=None, expect="refused", code="formula-not-computed")  # fmt: skip


def open_documents() -> Iterator[Case]:
    """ODS files."""
    document = opendocument.OpenDocumentSpreadsheet()
    made = table.Table(name="Daten")
    for row in _ROWS:
        line = table.TableRow()
        for cell in row:
            line.addElement(_ods_cell(cell))
        made.addElement(line)
    document.spreadsheet.addElement(made)
    stream = io.BytesIO()
    document.write(stream)
    yield Case(name="typed.ods", content=stream.getvalue(), truth=TYPED)


def _ods_cell(cell: Cell) -> table.TableCell:
    if isinstance(cell, bool):
        return table.TableCell(valuetype="boolean", booleanvalue="true" if cell else "false")
    if isinstance(cell, int | float):
        return table.TableCell(valuetype="float", value=str(cell))
    if isinstance(cell, date):
        return table.TableCell(valuetype="date", datevalue=cell.isoformat())
    made = table.TableCell(valuetype="string")
    made.addElement(P(text=cell))
    return made


def xls(rows: list[list[Cell]], *, error: tuple[int, int] | None = None) -> bytes:
    """Write the smallest XLS file (BIFF8 in a Compound File) with texts and numbers."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def cell(row: int, column: int, value: Cell) -> bytes:
        place = struct.pack("<HHH", row, column, 15)
        if (row, column) == error:
            return record(0x0205, place + b"\x07\x01")
        if isinstance(value, str):
            letters = value.encode("utf-16-le")
            return record(0x0204, place + struct.pack("<HB", len(letters) // 2, 1) + letters)
        return record(0x0203, place + struct.pack("<d", value))

    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    body = start + record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, len(rows[0]), 0))
    body += b"".join(cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row)) + record(
        0x000A, b""
    )
    book = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + record(0x0042, struct.pack("<H", 1200))
    name = b"Blatt"
    place = len(book) + 4 + 8 + len(name) + 4
    book += record(0x0085, struct.pack("<IBBBB", place, 0, 0, len(name), 0) + name) + record(0x000A, b"")
    return _compound(book + body)


def _compound(stream: bytes) -> bytes:
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    table_ = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    allocation = struct.pack("<128I", *(table_ + [0xFFFFFFFF] * (128 - len(table_))))

    def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        letters = name.encode("utf-16-le")
        head = letters.ljust(64, b"\0") + struct.pack(
            "<HBBIII", len(letters) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child
        )
        return head + b"\0" * 36 + struct.pack("<IQ", first, size)

    directory = (
        entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream)) + b"\0" * 256
    )
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)  # fmt: skip
    return head + allocation + directory + stream


def old_workbooks() -> Iterator[Case]:
    """XLS files."""
    rows: list[list[Cell]] = [["Ort", "Wert"], ["Süd", 12.5], ["Nord", 1.234]]
    known = truth("Ort:string|Wert:number", "Süd|12.5", "Nord|1.234")
    yield Case(name="typed.xls", content=xls(rows), truth=known)
    broken = truth("Ort:string|Wert:number", "Süd|12.5", "Nord|")
    yield Case(name="error.xls", content=xls(rows, error=(2, 1)), truth=broken, expect="asked", code="formula-error")


def json_files() -> Iterator[Case]:
    """Records in JSON and JSON Lines, points and areas in GeoJSON."""
    records = [{"id": "007", "n": 1, "wert": 1.50, "tag": "2024-01-31", "ok": True}, {"id": "012", "n": 2, "wert": 2.25, "tag": "2024-02-01", "ok": None}]  # fmt: skip
    meant = truth("id:string|n:integer|wert:number|tag:date|ok:boolean", "007|1|1.5|2024-01-31|true", "012|2|2.25|2024-02-01|")  # fmt: skip
    lines = "\n".join(json.dumps(record) for record in records)
    yield Case(name="array.json", content=json.dumps(records).encode(), truth=meant)
    yield Case(name="array-utf-16.json", content=b"\xff\xfe" + json.dumps(records).encode("utf-16-le"), truth=meant)
    yield Case(name="lines.jsonl", content=lines.encode(), truth=meant)
    yield Case(name="lines-called.json", content=lines.encode(), truth=meant)
    yield Case(name="array-called.csv.json", content=json.dumps(records, indent=2).encode(), truth=meant)
    yield Case(name="under-a-name.json", content=json.dumps({"stand": "2024", "daten": records}).encode(), truth=meant, code="other-members")  # fmt: skip
    yield Case(name="nested.json", content=b'[{"a":{"b":1,"c":{"d":"x"}},"e":2},{"a":{"b":3},"e":4}]', truth=truth("a.b:integer|a.c.d:string|e:integer", "1|x|2", "3||4"))  # fmt: skip
    yield Case(name="list-inside.json", content=b'[{"a":1,"b":["x","y"]},{"a":2,"b":[]}]', truth=truth("a:integer|b:string", '1|["x", "y"]', "2|"), expect="asked", code="nested-list")  # fmt: skip
    yield Case(name="two-lists.json", content=b'{"a":[{"x":1}],"b":[{"y":2}]}', truth=truth("x:integer", "1"), expect="asked", code="several-lists")  # fmt: skip
    yield Case(name="names-that-vary.jsonl", content=b'{"a":1}\n{"b":"x"}\n{"a":2,"b":"y"}\n', truth=truth("a:integer|b:string", "1|", "|x", "2|y"))  # fmt: skip
    yield Case(name="exact-digits.json", content=b'[{"a":0.10,"b":12345678901234567890},{"a":1e-3,"b":2}]', truth=truth("a:number|b:integer", "0.10|12345678901234567890", "0.001|2"))  # fmt: skip
    yield Case(name="texts-of-digits.json", content=b'[{"a":"1.234"},{"a":"5.678"}]', truth=truth("a:string", "1.234", "5.678"))  # fmt: skip
    yield Case(
        name="mixed-kinds.json", content=b'[{"a":1},{"a":"x"}]', truth=truth("a:string", "1", "x"), code="mixed-types"
    )
    yield Case(name="name-twice.json", content=b'[{"a":1,"a":2}]', truth=None, expect="refused", code="duplicate-name")
    yield Case(name="nan.json", content=b'[{"a":NaN}]', truth=None, expect="refused")
    yield Case(name="scalars.json", content=b"[1,2,3]", truth=None, expect="refused", code="not-an-object")
    yield Case(name="cut.json", content=json.dumps(records).encode()[:-20], truth=None, expect="refused")
    yield Case(name="cut-between.json", content=json.dumps(records).encode()[:-1], truth=None, expect="refused", code="truncated-file")  # fmt: skip
    yield Case(name="deep.json", content=b"[" + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b"]", truth=None, expect="refused", code="too-deep")  # fmt: skip
    yield Case(name="empty-array.json", content=b"[]", truth=None, expect="refused", code="no-records")

    def features(*geometries: object, **more: object) -> bytes:
        made = [{"type": "Feature", "properties": {"name": f"P{n}"}, "geometry": geometry} for n, geometry in enumerate(geometries)]  # fmt: skip
        return json.dumps({"type": "FeatureCollection", "features": made, **more}).encode()

    point = {"type": "Point", "coordinates": [6.5, 51.25]}
    yield Case(name="points.geojson", content=features(point, None), truth=truth("name:string|longitude:number|latitude:number|geometry:string", "P0|6.5|51.25|POINT (6.5 51.25)", "P1|||"))  # fmt: skip
    area = {"type": "Polygon", "coordinates": [[[6, 51], [7, 51], [7, 52], [6, 51]]]}
    yield Case(name="areas.geojson", content=features(area), truth=truth("name:string|geometry:string", "P0|POLYGON ((6 51, 7 51, 7 52, 6 51))"))  # fmt: skip
    swapped = {"type": "Point", "coordinates": [51.25, 6.5]}
    yield Case(name="swapped.geojson", content=features(swapped), truth=truth("name:string|longitude:number|latitude:number|geometry:string", "P0|6.5|51.25|POINT (6.5 51.25)"), expect="asked", code="swapped-coordinates")  # fmt: skip
    metres = {"type": "Point", "coordinates": [340000, 5690000]}
    yield Case(
        name="metres.geojson", content=features(metres), truth=None, expect="refused", code="coordinates-outside"
    )
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    yield Case(name="utm.geojson", content=features(metres, crs=crs), truth=None, expect="refused", code="foreign-crs")


def parquet(sql: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.parquet"
        duckdb.sql(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
        return path.read_bytes()


def columnar_files() -> Iterator[Case]:
    """Parquet files."""
    typed = "SELECT * FROM (VALUES ('007', 1::BIGINT, 1.50::DECIMAL(9,2), DATE '2024-01-31', TIMESTAMP '2024-01-31 09:30:00', true), (NULL, 2, 2.25, NULL, NULL, false)) AS t(id, n, wert, tag, wann, ok)"  # fmt: skip
    meant = truth("id:string|n:integer|wert:number|tag:date|wann:datetime|ok:boolean", "007|1|1.50|2024-01-31|2024-01-31T09:30:00|true", "|2|2.25|||false")  # fmt: skip
    yield Case(name="typed.parquet", content=parquet(typed), truth=meant)
    yield Case(name="list.parquet", content=parquet("SELECT 1 AS a, [1, 2] AS b"), truth=truth("a:integer|b:string", "1|[1,2]"), expect="asked", code="nested-list")  # fmt: skip
    yield Case(name="nan.parquet", content=parquet("SELECT unnest([1.5, 'NaN'::DOUBLE]) AS a"), truth=truth("a:number", "1.5", ""), expect="asked")  # fmt: skip
    yield Case(name="cut.parquet", content=parquet(typed)[:-10], truth=None, expect="refused", code="truncated-file")


def zipped(members: dict[str, bytes], **more: Any) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content, **more)
    return stream.getvalue()


def archives() -> Iterator[Case]:
    """ZIP files and Data Packages."""
    everyday = text([PLACES.header, *(german(row) for row in PLACES.rows)], ";").encode("cp1252")
    yield Case(
        name="one.zip", content=zipped({"orte.csv": everyday, "LIESMICH.md": b"x"}), truth=PLACES, code="not-a-table"
    )
    fields = [{"name": name, "type": kind} for name, kind in PLACES.columns]
    package = json.dumps({"name": "p", "resources": [{"name": "orte", "path": "daten/orte.csv", "schema": {"fields": fields}}]})  # fmt: skip
    yield Case(name="package.zip", content=zipped({"datapackage.json": package.encode(), "daten/orte.csv": everyday}), truth=PLACES)  # fmt: skip
    yield Case(name="package-without-file.zip", content=zipped({"datapackage.json": package.encode(), "x.csv": b"a\n1\n"}), truth=None, expect="refused", code="missing-member")  # fmt: skip
    yield Case(
        name="nothing.zip", content=zipped({"LIESMICH.md": b"x"}), truth=None, expect="refused", code="no-tables"
    )
    yield Case(name="inside.zip", content=zipped({"a.zip": zipped({"b.csv": b"a\n1\n"})}), truth=None, expect="refused", code="nested-archive")  # fmt: skip
    yield Case(name="inside-renamed.zip", content=zipped({"a.csv": zipped({"b.csv": b"a\n1\n"})}), truth=None, expect="refused", code="nested-archive")  # fmt: skip


def attacks() -> Iterator[Case]:
    """Files made to hurt: each has to be refused, quickly and in bounded memory."""
    yield Case(name="bomb.zip", content=zipped({"a.csv": b"a\n" + b"0" * 50_000_000}), truth=None, expect="refused", code="zip-bomb")  # fmt: skip
    lying = bytearray(zipped({"a.csv": b"a\n" + b"0" * 5_000_000}))
    place = lying.rindex(b"PK\x01\x02")
    lying[place + 24 : place + 28] = struct.pack("<I", 100)
    yield Case(name="bomb-that-lies.zip", content=bytes(lying), truth=None, expect="refused")
    yield Case(name="climbing.zip", content=zipped({"../../etc/a.csv": b"a\n1\n"}), truth=None, expect="refused", code="path-traversal")  # fmt: skip
    yield Case(name="absolute.zip", content=zipped({"/etc/a.csv": b"a\n1\n"}), truth=None, expect="refused", code="path-traversal")  # fmt: skip
    yield Case(name="backslashes.zip", content=zipped({"..\\a.csv": b"a\n1\n"}), truth=None, expect="refused", code="path-traversal")  # fmt: skip
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = 0o120777 << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    yield Case(name="link.zip", content=stream.getvalue(), truth=None, expect="refused", code="symbolic-link")
    many = zipped({f"{n}.csv": b"" for n in range(1001)})
    yield Case(name="crowd.zip", content=many, truth=None, expect="refused", code="too-many-members")
    yield Case(
        name="cut.zip", content=zipped({"a.csv": b"a\n1\n"})[:-10], truth=None, expect="refused", code="truncated-file"
    )
    book = xlsx(sheet(_ROWS))
    lol = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    for member in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"):
        bomb = changed(book, {member: lambda xml: xml.replace("?>", f"?>{lol}", 1).replace("Ort", "&b;")})
        yield Case(name=f"entities-{member.split('/')[-1]}.xlsx", content=bomb, truth=None, expect="refused", code="xml-entities")  # fmt: skip
    far = changed(book, {"xl/worksheets/sheet1.xml": lambda xml: xml.replace("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')})  # fmt: skip
    yield Case(name="far-corner.xlsx", content=far, truth=None, expect="refused", code="workbook-too-large")
    yield Case(name="bomb.xlsx", content=changed(book, {}, {"xl/media/x.bin": b"0" * 50_000_000}), truth=None, expect="refused", code="zip-bomb")  # fmt: skip
    yield Case(name="macros.xlsm", content=changed(book, {}, {"xl/vbaProject.bin": b"x"}), truth=None, expect="refused", code="macros")  # fmt: skip
    yield Case(name="links.xlsx", content=changed(book, {}, {"xl/externalLinks/externalLink1.xml": b"<x/>"}), truth=TYPED, expect="asked", code="external-links")  # fmt: skip
    yield Case(name="cut.xlsx", content=book[: len(book) // 2], truth=None, expect="refused", code="truncated-file")
    yield Case(name="cut.xls", content=xls([["a", "b"], ["x", 1.0]])[:1500], truth=None, expect="refused")
    yield Case(name="huge-cell.csv", content=b'a,b\n1,"' + b"x" * 20_000_000 + b'"\n', truth=None, expect="refused")
    yield Case(
        name="open-quote-and-much.csv",
        content=b'a,b\n1,"x\n' + b"2,%s\n" % (b"y" * 150) * 150_000,
        truth=None,
        expect="asked",
    )
    yield Case(name="many-columns.csv", content=b",".join(b"c%d" % n for n in range(5000)) + b"\n" + b",".join([b"1"] * 5000), truth=None, expect="refused", code="too-many-columns")  # fmt: skip
    yield Case(name="picture.csv", content=b"\x89PNG\r\n\x1a\n" + b"\0" * 100, truth=None, expect="refused")
    ods = zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": b"<x/>", "content.xml": _repeating()})  # fmt: skip
    yield Case(name="repeated.ods", content=ods, truth=None, expect="refused")


def _repeating() -> bytes:
    spaces = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'  # fmt: skip
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>xxxxxxxx</text:p></table:table-cell>'  # fmt: skip
    return f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="a"><table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>'.encode()


def file_cases() -> Iterator[Case]:
    """Every case that is no text file with a delimiter, and the attacks."""
    for make in (workbooks, formulas, open_documents, old_workbooks, json_files, columnar_files, archives, attacks):
        yield from make()
