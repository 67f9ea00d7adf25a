"""From sources to files: type the tables, then derive everything a reader may ask for.

    SourceDataset ──type_tables──▶ TypedTable (Parquet)     checked; errors end here, with a Report
                                        │
                                        └──derive──▶ row files, exports, documents, ZIP     repeatable

Deriving needs nothing but the descriptor and the Parquet files, so it can be done again at any time: after a
change of the public address, or of a writer (`BUILDER`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from portal.catalogue.version import StoredFile, Table
from portal.dcat.syntax import SYNTAXES
from portal.dcat.syntaxes import fragments, head, tail
from portal.dcat.to_graph import dataset_statements
from portal.exports.precompression import precompress
from portal.exports.table import TableExport
from portal.exports.written import write_formats
from portal.exports.zipped import write_zip
from portal.foundation.config import Settings
from portal.foundation.errors import InvalidDataset
from portal.foundation.tableschema import TableSchema
from portal.foundation.text import LangString
from portal.ingest.engine import Engine
from portal.ingest.keys import check_foreign_keys
from portal.ingest.report import Finding, Report, Severity
from portal.ingest.statistics import ColumnStatistics
from portal.ingest.typed import TypedTable, build_table
from portal.publishing.built import PreparedFile, stored_file, table_record
from portal.publishing.documents import Release, described, json_document
from portal.publishing.folder import SourceDataset
from portal.publishing.package import package_descriptor, package_members, package_text, readme_text
from portal.publishing.privacy import undecided
from portal.rows.index import build_row_file
from portal.store.local import Blob, LocalStore

_PACKAGED = "csv"
"""The format that the ZIP of the dataset holds."""


@dataclass(frozen=True)
class Derived:
    """Everything derived from one version, taken over by the store."""

    tables: list[Table]
    files: list[StoredFile]
    blobs: frozenset[Blob]
    """The bytes of all of it."""


def type_tables(source: SourceDataset, workshop: Path, engine: Engine) -> dict[str, TypedTable]:
    """Check and type the tables of *source*; the Parquet files lie in *workshop*.

    Raises:
        InvalidDataset: a table breaks its schema or a key, or holds what may be personal data and nobody decided.
    """
    typed: dict[str, TypedTable] = {}
    reports: list[Report] = []
    for table in source.tables:
        built, report = build_table(
            table.path, table.schema, workshop / f"{table.name}.typed", table=table.name, engine=engine
        )
        reports.append(report)
        if built is not None:
            typed[table.name] = built
    if len(typed) == len(source.tables):
        reports += [check_foreign_keys(typed, engine=engine), undecided(source.descriptor, typed, engine)]
    findings = [finding.as_dict() for report in reports for finding in report.findings]
    if any(report.has_errors for report in reports):
        first = next(finding for report in reports for finding in report.findings if finding.severity is Severity.ERROR)
        more = sum(report.errors for report in reports) - 1
        raise InvalidDataset(
            f"{source.slug}, {_place(first, 'en')}: {first.message.in_language('en')}{f' (and {more} more)' if more else ''}",
            detail_de=f"{source.slug}, {_place(first, 'de')}: {first.message.de}{f' (und {more} weitere)' if more else ''}",
            findings=findings,
        )
    return typed


_PLACE = {"de": ("Tabelle", "Zeile", "Spalte", "Wert"), "en": ("table", "row", "column", "value")}


def _place(finding: Finding, language: str) -> str:
    """Say where a finding is: table, row, column and value, as far as it has them; what may be personal is not repeated."""
    shown = None if finding.value is None or finding.code.startswith("personal") else repr(finding.value)
    facts = (finding.table, finding.row, finding.column, shown)
    named = zip(_PLACE[language], facts, strict=True)
    return ", ".join(f"{word} {fact}" for word, fact in named if fact is not None)


def derive(
    release: Release,
    typed: Mapping[str, TypedTable],
    *,
    store: LocalStore,
    workshop: Path,
    settings: Settings,
    engine: Engine,
) -> Derived:
    """Make every file of *release* and hand it to the store.

    Raises:
        OutOfSpace: the disk is full; nothing refers to what was written.
    """
    with ThreadPoolExecutor(2) as beside:
        row_files = beside.map(
            partial(_row_file, store=store, workshop=workshop, engine=engine),
            [(name, _under_another_name(table)) for name, table in typed.items()],
        )  # as long as all formats
        tables = [
            file for export in _exports(release, typed, settings) for file in _table_files(export, workshop, engine)
        ]
        packing = beside.submit(_package, release, tables, workshop, settings)  # while the rest is synced
        known = {path: digest for file in tables for path, digest in file.digests.items()}
        others = _paths(file for file in tables if file.format != _PACKAGED)
        blobs = store.adopt([*others, *(table.path for table in typed.values())], known)
        rows = dict(zip(typed, row_files, strict=True))
        prepared = [*tables, *_schemas(release, workshop), *packing.result()]
    blobs |= store.adopt([path for path in _paths(prepared) if path not in blobs], known)
    files = [stored_file(file, blobs) for file in prepared]
    documents = _documents(release, files, workshop, settings)
    blobs |= store.adopt(_paths(documents))
    records = [
        table_record(name, position, table, blobs[table.path], rows[name])
        for position, (name, table) in enumerate(typed.items())
    ]
    everything = frozenset((*blobs.values(), *rows.values()))
    return Derived(records, [*files, *(stored_file(file, blobs) for file in documents)], everything)


def _exports(release: Release, typed: Mapping[str, TypedTable], settings: Settings) -> Iterator[TableExport]:
    """Give every table as the writers see it."""
    for resource in release.descriptor["resources"]:
        table = typed[resource["name"]]
        yield table_export(
            release, resource, settings, parquet=table.path, schema=table.schema, physical=table.physical,
            row_count=table.row_count, statistics=table.statistics,
        )  # fmt: skip


def table_export(
    release: Release,
    resource: dict[str, Any],  # Any: JSON of the Data Package standard
    settings: Settings,
    *,
    parquet: Path,
    schema: TableSchema,
    physical: tuple[str, ...],
    row_count: int,
    statistics: tuple[ColumnStatistics, ...] | None = None,
) -> TableExport:
    """Give a table of *release* with all that its files say about it."""
    return TableExport(
        parquet=parquet,
        schema=schema,
        physical=physical,
        row_count=row_count,
        dataset=release.slug,
        table=resource["name"],
        title=LangString.of(resource, "title") if resource.get("title") else LangString(resource["name"]),
        description=LangString.of(resource, "description"),
        dataset_title=LangString.of(release.descriptor, "title"),
        version=release.number,
        licence_title=release.licence.title,
        licence_url=release.licence.url or release.licence.iri,
        attribution=release.attribution,
        base_url=settings.public_url,
        rdf_type=resource.get("rdfType"),
        modified_at=release.released_at,
        statistics=statistics,
    )


def _table_files(export: TableExport, workshop: Path, engine: Engine) -> Iterator[PreparedFile]:
    """Write a table in every format."""
    for file in write_formats(export, workshop, engine, read_next=_PACKAGED):
        yield PreparedFile(
            path=file.path,
            name=file.path.name,
            format=file.form.name,
            media_type=file.form.media_type,
            table=export.table,
            row_count=export.row_count,
            compressed=file.gzip,
            digests=file.digests,
        )


def _schemas(release: Release, workshop: Path) -> Iterator[PreparedFile]:
    for resource in release.descriptor["resources"]:
        content, name = _json(resource["schema"]), resource["name"]
        yield _text_file(workshop, f"{name}.schema.json", "schema", "application/json", content, name)


def _package(release: Release, files: Iterable[PreparedFile], workshop: Path, settings: Settings) -> list[PreparedFile]:
    tables = {file.table: file for file in files if file.format == _PACKAGED and file.table}
    package = package_descriptor(
        release.descriptor,
        tables=tables,
        version=release.number,
        homepage=f"{settings.public_url}/datasets/{release.slug}",
        publisher=release.publisher.name,
        at=release.released_at,
    )
    described = _text_file(workshop, "datapackage.json", "datapackage", "application/json", package_text(package))
    readme = readme_text(package, release.licence, release.attribution, release.rows)
    target = workshop / "dataset.zip"
    write_zip(target, package_members(package, tables, readme), modified_at=release.released_at)
    return [described, PreparedFile(path=target, name=".zip", format="zip", media_type="application/zip")]


def _documents(release: Release, files: Sequence[StoredFile], workshop: Path, settings: Settings) -> list[PreparedFile]:
    documents = [_text_file(workshop, ".json", "json", "application/json", json_document(release, files, settings))]
    pieces = fragments(dataset_statements(described(release, files, settings)))
    for syntax in SYNTAXES:
        content = head(syntax) + pieces[syntax] + tail(syntax)
        documents.append(_text_file(workshop, f".{syntax.suffix}", syntax.name, syntax.media_type, content))
    return documents


def _text_file(
    workshop: Path, name: str, form: str, media_type: str, content: bytes, table: str | None = None
) -> PreparedFile:
    path = workshop / f"document-{name}"
    path.write_bytes(content)
    return PreparedFile(
        path=path, name=name, format=form, media_type=media_type, table=table, compressed=precompress(path)
    )


def _row_file(named: tuple[str, TypedTable], *, store: LocalStore, workshop: Path, engine: Engine) -> Blob:
    """Make a table's row file, beside others, and hand it to the store."""
    name, table = named
    target = workshop / f"{name}.rows.sqlite"
    build_row_file(table.path, table.schema, table.physical, target, connection=engine.connection)
    return store.adopt([target])[target]


def _under_another_name(table: TypedTable) -> TypedTable:
    """Give *table* under a second name: the store takes the first away while the row file may still have to be begun."""
    path = table.path.with_name(f"{table.path.name}.for-rows")
    path.hardlink_to(table.path)
    return replace(table, path=path)


def _paths(prepared: Iterable[PreparedFile]) -> list[Path]:
    return [path for file in prepared for path in (file.path, file.compressed) if path is not None]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def typed_again(table: Table, schema: TableSchema, path: Path) -> TypedTable:
    """Give the typed table of a record, its Parquet file at *path*."""
    return TypedTable(
        path=path,
        schema=schema,
        row_count=table.row_count,
        physical=tuple(table.physical),
        statistics=tuple(ColumnStatistics(**one) for one in table.statistics),
    )
