"""Parquet: the typed table itself, with what a reader needs to know about it in the file's metadata.

Rows, order and types are those of the stored table; only the key/value metadata is added, which Parquet keeps in the
footer and cannot change in place.
"""

import json
from pathlib import Path

from portal.exports.table import TableExport
from portal.ingest.engine import borrowed, parquet_rows, quote_text


def write_parquet(export: TableExport, target: Path) -> None:
    """Write *export* as Parquet, compressed with Zstandard."""
    facts = ", ".join(f"{key}: {quote_text(value)}" for key, value in _facts(export).items())
    with borrowed(export.engine, target.parent) as engine:
        engine.run(f"""COPY (SELECT * FROM {parquet_rows(export.parquet)}) TO {quote_text(str(target))}
            (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{facts}}})""")  # noqa: S608 - quoted parts


def _facts(export: TableExport) -> dict[str, str]:
    return {
        "title": json.dumps(export.title.as_dict(), ensure_ascii=False),
        "dataset": export.dataset,
        "version": str(export.version),
        "modified": export.modified_at.isoformat(),
        "licence": export.licence_url,
        "attribution": export.attribution.de,
        "url": export.url,
    }
