"""Foreign keys between the tables of one dataset: every filled key must name a row that exists.

Table Schema v2, "foreignKeys"; a key with an empty part points nowhere and passes. Keys into other datasets are not
checked here: the other dataset may be released later.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from portal.foundation.tableschema import ForeignKey
from portal.foundation.text import LangString
from portal.ingest.engine import Engine, borrowed, parquet_rows, quote_name
from portal.ingest.lexical import canonical
from portal.ingest.report import MAX_LISTED, Finding, Report, Severity, shortened
from portal.ingest.typed import TypedTable


def check_foreign_keys(tables: Mapping[str, TypedTable], *, engine: Engine | None = None) -> Report:
    """Look up every foreign key among *tables*, given by name."""
    findings: list[Finding] = []
    counts: dict[str, int] = {}
    with borrowed(engine, _any_folder(tables)) as own:
        for name, table in tables.items():
            for key in table.schema.foreign_keys:
                if key.dataset is None:
                    number, found = _dangling(own, tables, name, key)
                    findings += found
                    for code in {finding.code for finding in found}:
                        counts[code] = counts.get(code, 0) + number
    return Report.of(findings, counts)


def _dangling(
    engine: Engine, tables: Mapping[str, TypedTable], name: str, key: ForeignKey
) -> tuple[int, list[Finding]]:
    child, parent = tables[name], tables.get(key.table or name)
    if parent is None or len(key.columns) != len(key.referenced) or not set(key.referenced) <= set(parent.schema.names):
        return 1, [_unknown_target(name, key)]
    pairs = list(zip(_texts(child, key.columns), _texts(parent, key.referenced), strict=True))
    filled = " AND ".join(f"{quote_name(column)} IS NOT NULL" for column in key.columns)
    parts = ", ".join(f"{text} AS k{index}" for index, (text, _) in enumerate(pairs))
    targets = ", ".join(f"{text} AS k{index}" for index, (_, text) in enumerate(pairs))
    same = " AND ".join(f"child.k{index} = parent.k{index}" for index in range(len(pairs)))
    value = f"concat_ws(', ', {', '.join(f'child.k{index}' for index in range(len(pairs)))})"
    dangling = f"""FROM (SELECT file_row_number + 1 AS row, {parts}
                         FROM {parquet_rows(child.path, numbered=True)} WHERE {filled}) AS child
                   ANTI JOIN (SELECT {targets} FROM {parquet_rows(parent.path)}) AS parent ON {same}"""  # noqa: S608
    bad = engine.rows(f"SELECT row, {value}, count(*) OVER () {dangling} ORDER BY row LIMIT {MAX_LISTED}")
    message = _no_such_row(key)
    return (bad[0][2] if bad else 0), [
        Finding(
            code="foreign-key",
            severity=Severity.ERROR,
            message=message,
            row=row,
            column=", ".join(key.columns),
            value=shortened(text),
            table=name,
        )
        for row, text, _ in bad
    ]


def _texts(table: TypedTable, names: tuple[str, ...]) -> Iterator[str]:
    """Give the canonical texts of columns: comparable whatever the types on both sides."""
    for name in names:
        index = table.schema.names.index(name)
        yield canonical(table.schema.columns[index].type, table.physical[index], quote_name(name))


def _unknown_target(table: str, key: ForeignKey) -> Finding:
    return Finding(
        code="foreign-key-target",
        severity=Severity.ERROR,
        message=LangString(
            f"Der Fremdschlüssel zeigt auf {key.table!r} ({', '.join(key.referenced)}), was es nicht gibt.",
            f"The foreign key points to {key.table!r} ({', '.join(key.referenced)}), which does not exist.",
        ),
        column=", ".join(key.columns),
        table=table,
    )


def _no_such_row(key: ForeignKey) -> LangString:
    return LangString(
        f"In der Tabelle {key.table!r} gibt es keine Zeile mit diesem Schlüssel.",
        f"The table {key.table!r} has no row with this key.",
    )


def _any_folder(tables: Mapping[str, TypedTable]) -> Path:
    return next((table.path.parent for table in tables.values()), Path())
