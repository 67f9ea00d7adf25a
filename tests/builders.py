"""Valid things that tests begin with; each builder takes only what a test is about.

a_folder(path, slug="baeume")                          a dataset folder with one small table
a_folder(path, slug="orte", tables={"orte": a_table(rows=[("o-1", "Krefeld")])})
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Cell = str | int | float | None


@dataclass(frozen=True, kw_only=True)
class ATable:
    """A table as it comes from a publisher: its columns, its key and its rows."""

    fields: Sequence[dict[str, Any]]  # Any: Table Schema fields as JSON
    rows: Sequence[Sequence[Cell]]
    primary_key: Sequence[str] = ("id",)
    facts: Mapping[str, Any] = field(default_factory=dict)  # Any: further keys of the resource as JSON


def a_field(name: str, kind: str = "string", **facts: Any) -> dict[str, Any]:
    """Give a column with a title and a description in both languages; *facts* replace or add keys."""
    return {
        "name": name,
        "type": kind,
        "title": name.capitalize(),
        "description": f"Was in der Spalte {name} steht.",
        "translations": {"en": {"title": name.capitalize(), "description": f"What column {name} holds."}},
        "dataProtection": "none",
        **facts,
    }


def a_table(
    *,
    fields: Sequence[dict[str, Any]] | None = None,
    rows: Sequence[Sequence[Cell]] | None = None,
    primary_key: Sequence[str] = ("id",),
    **facts: Any,
) -> ATable:
    """Give a table; without *fields* it has a key and a name, without *rows* two rows."""
    return ATable(
        fields=fields or (a_field("id", constraints={"required": True, "unique": True}), a_field("name")),
        rows=rows if rows is not None else (("x-1", "Linde"), ("x-2", "Bergahorn, groß")),
        primary_key=primary_key,
        facts=facts,
    )


def a_folder(path: Path, *, slug: str = "baeume", tables: Mapping[str, ATable] | None = None, **facts: Any) -> Path:
    """Write a valid Data Package folder into *path* and give it; *facts* replace or add keys of the descriptor."""
    path.mkdir(parents=True, exist_ok=True)
    named = tables or {"trees": a_table()}
    for name, table in named.items():
        _write_csv(path / f"{name}.csv", table)
    descriptor = {**_descriptor(slug), "resources": [_resource(*one) for one in named.items()], **facts}
    (path / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False), encoding="utf-8")
    return path


def _descriptor(slug: str) -> dict[str, Any]:
    title = slug.capitalize()
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": slug,
        "title": f"{title} der Stadt",
        "description": f"Alles über {title}.",
        "version": "1.0.0",
        "created": "2026-11-21T00:00:00Z",
        "keywords": ["Grünfläche", slug],
        "licenses": [{"name": "dl-zero-de/2.0"}],
        "translations": {
            "en": {"title": f"{title} of the city", "description": f"All about {title}.", "keywords": ["green", slug]}
        },
        "dcat": {
            "theme": ["ENVI"],
            "accrualPeriodicity": "ANNUAL",
            "accessRights": "PUBLIC",
            "language": ["DEU"],
            "spatial": ["krefeld"],
            "temporal": {"start": "2020-01-01", "end": "2025-12-31"},
            "politicalGeocodingLevel": ["municipality"],
            "rights": {"de": "Frei verwendbar.", "en": "Free to use."},
        },
    }


def _resource(name: str, table: ATable) -> dict[str, Any]:
    return {
        "name": name,
        "path": f"{name}.csv",
        "type": "table",
        "title": name.capitalize(),
        "description": f"Die Tabelle {name}.",
        "translations": {"en": {"title": name.capitalize(), "description": f"The table {name}."}},
        "schema": {"fields": list(table.fields), "primaryKey": list(table.primary_key)},
        **table.facts,
    }


def _write_csv(path: Path, table: ATable) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(column["name"] for column in table.fields)
        lines.writerows(table.rows)
