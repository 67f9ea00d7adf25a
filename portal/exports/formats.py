"""Every format a table is published in: one line each, in the order people see them.

The third column of the table is the code of the EU's file type vocabulary
(http://publications.europa.eu/resource/authority/file-type), which DCAT-AP asks for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import cast

from portal.exports.table import TableExport
from portal.foundation.text import LangString

ODS_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
XLSX_MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, kw_only=True)
class TableFormat:
    """One way to write a table."""

    name: str
    suffix: str
    media_type: str
    file_type: str | None
    """Code in the EU file type vocabulary; None: it knows no such format."""
    title: LangString
    hint: LangString
    """What it is good for, in one sentence."""
    is_text: bool
    """Its writer gives the text in pieces, and a gzip of it is worth keeping; the others are files, compressed already."""
    reads_rows: bool = True
    """It is made of the rows as texts."""
    writer: str
    """Where its writer is, as `module.function` of this room. It is loaded when it is first needed: a server that sends
    what was written must not wait for what writes it."""

    def write(self, export: TableExport, target: Path) -> None:
        """Write *export* to the file *target*."""
        if not self.is_text:
            cast(Callable[[TableExport, Path], None], self._function)(export, target)
            return
        with target.open("wb") as stream:
            stream.writelines(self.pieces(export))

    def pieces(self, export: TableExport) -> Iterator[bytes | memoryview]:
        """Give *export* as UTF-8; only for text."""
        return cast(Callable[[TableExport], Iterator[bytes | memoryview]], self._function)(export)

    @property
    def _function(self) -> object:
        module, name = self.writer.split(".")
        return getattr(import_module(f"portal.exports.{module}"), name)


FORMATS = (
    TableFormat(
        name="csv",
        suffix=".csv",
        media_type="text/csv; charset=utf-8; header=present",
        file_type="CSV",
        title=LangString("CSV", "CSV"),
        hint=LangString("Für Programme: Komma, UTF-8, Dezimalpunkt.", "For programs: comma, UTF-8, decimal point."),
        is_text=True,
        writer="delimited.csv_pieces",
    ),
    TableFormat(
        name="excel-csv",
        suffix=".excel.csv",
        media_type="text/csv; charset=utf-8; header=present",
        file_type="CSV",
        title=LangString("CSV für Excel", "CSV for Excel"),
        hint=LangString(
            "Zum Doppelklicken in deutschem Excel: Semikolon, Dezimalkomma.",
            "To double-click in a German Excel: semicolon, decimal comma.",
        ),
        is_text=True,
        writer="delimited.excel_csv_pieces",
    ),
    TableFormat(
        name="xlsx",
        suffix=".xlsx",
        media_type=XLSX_MIMETYPE,
        file_type="XLSX",
        title=LangString("Excel-Arbeitsmappe", "Excel workbook"),
        hint=LangString(
            "Mit Spaltenverzeichnis und Lizenz auf eigenen Blättern.", "With column dictionary and licence as sheets."
        ),
        is_text=False,
        writer="xlsx.write_xlsx",
    ),
    TableFormat(
        name="ods",
        suffix=".ods",
        media_type=ODS_MIMETYPE,
        file_type="ODS",
        title=LangString("OpenDocument-Tabelle", "OpenDocument spreadsheet"),
        hint=LangString("Dasselbe für LibreOffice.", "The same for LibreOffice."),
        is_text=False,
        writer="ods.write_ods",
    ),
    TableFormat(
        name="json",
        suffix=".json",
        media_type="application/json",
        file_type="JSON",
        title=LangString("JSON", "JSON"),
        hint=LangString(
            "Ein Objekt mit Titel, Lizenz, Spalten und Zeilen.", "One object with title, licence, columns and rows."
        ),
        is_text=True,
        writer="json_text.json_pieces",
    ),
    TableFormat(
        name="jsonl",
        suffix=".jsonl",
        media_type="application/x-ndjson",
        file_type=None,
        title=LangString("JSON Lines", "JSON Lines"),
        hint=LangString("Eine Zeile je Datenzeile, für Ströme.", "One line per row, for streams."),
        is_text=True,
        writer="json_text.jsonl_pieces",
    ),
    TableFormat(
        name="parquet",
        suffix=".parquet",
        media_type="application/vnd.apache.parquet",
        file_type=None,
        title=LangString("Parquet", "Parquet"),
        hint=LangString("Mit genauen Typen, für pandas, DuckDB und R.", "With exact types, for pandas, DuckDB and R."),
        is_text=False,
        reads_rows=False,
        writer="parquet.write_parquet",
    ),
    TableFormat(
        name="jsonld",
        suffix=".jsonld",
        media_type="application/ld+json",
        file_type="JSON_LD",
        title=LangString("JSON-LD", "JSON-LD"),
        hint=LangString("Verknüpfte Daten als JSON.", "Linked data as JSON."),
        is_text=True,
        writer="jsonld.jsonld_pieces",
    ),
    TableFormat(
        name="ttl",
        suffix=".ttl",
        media_type="text/turtle",
        file_type="RDF_TURTLE",
        title=LangString("Turtle", "Turtle"),
        hint=LangString("Verknüpfte Daten, für Menschen lesbar.", "Linked data that people can read."),
        is_text=True,
        writer="turtle.turtle_pieces",
    ),
)
