"""What a manual says of a table, whatever the table: in one language or both, and for very many columns."""

import json
from datetime import UTC, datetime
from pathlib import Path

from portal.exports.table import TableExport
from portal.foundation.tableschema import read_schema
from portal.foundation.text import LangString
from portal.ingest.statistics import ColumnStatistics
from portal.publishing.manual.facts import TableManual, in_both
from portal.publishing.manual.openapi import table_document
from portal.publishing.manual.snippets import NAMES, snippets_of
from portal.rows.parameters import OPS
from tests.builders import a_field

KINDS = {"string": "VARCHAR", "integer": "BIGINT", "number": "DECIMAL(7,2)", "date": "DATE", "boolean": "BOOLEAN"}
VALUES = {"string": "Linde", "integer": "7", "number": "12.50", "date": "2026-11-22", "boolean": "true"}


def a_manual(columns: int) -> TableManual:
    """Give the manual of a table with so many columns, of every kind in turn, and one row."""
    kinds = [list(KINDS)[number % len(KINDS)] for number in range(columns)]
    fields = [a_field(f"c{number}", kind) for number, kind in enumerate(kinds)]
    table = TableExport(
        parquet=Path("none"), schema=read_schema({"fields": fields}), physical=tuple(KINDS[kind] for kind in kinds), row_count=1,
        dataset="baeume", table="trees", title=LangString("Bäume", "Trees"), description=LangString("Alle Bäume.", "All trees."),
        dataset_title=LangString("Bäume der Stadt"), version=2, licence_title=LangString("Frei", "Free"),
        licence_url="https://example.org/licence", attribution=LangString("Quelle: Stadt", "Source: city"),
        base_url="https://daten.example", rdf_type=None, modified_at=datetime(2026, 11, 22, tzinfo=UTC),
    )  # fmt: skip
    statistics = [
        ColumnStatistics(
            nulls=0, distinct=1, distinct_is_exact=True, minimum=VALUES[kind], maximum=VALUES[kind], longest=9
        )
        for kind in kinds
    ]
    shown = [{field["name"]: VALUES[kind] for field, kind in zip(fields, kinds, strict=True)}]
    return TableManual(table=table, statistics=statistics, shown=shown, pinned=False)


def test_a_table_of_2_000_columns_has_all_its_parameters() -> None:
    manual = a_manual(2_000)
    document = json.loads(json.dumps(table_document(manual, in_both)))

    assert len(document["components"]["parameters"]) == sum(
        len(OPS[column.type]) for column in manual.table.schema.columns
    )
    assert [snippet.name for snippet in snippets_of(manual, in_both)] == list(NAMES)


def test_a_text_is_told_in_both_languages_or_once_where_they_agree() -> None:
    info = table_document(a_manual(1), in_both)["info"]

    assert info["title"] == "Bäume · Trees – Bäume der Stadt"
    assert info["license"] == {"name": "Frei · Free", "url": "https://example.org/licence"}
    assert info["version"] == "2"


def test_the_language_of_comments_is_the_reader_s() -> None:
    german, english = (
        next(snippets_of(a_manual(3), lambda text, language=language: text.in_language(language))).code  # type: ignore[misc]  # a default binds the loop's value
        for language in ("de", "en")
    )

    assert "# Lizenz: Frei <https://example.org/licence>\n# Quelle: Stadt\n" in german
    assert "# Licence: Free <https://example.org/licence>\n# Source: city\n" in english
