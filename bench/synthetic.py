"""Synthetic input: valid Data Package folders with one table of 8 columns, any number of rows.

The columns are those of a defects register: key, district (enum), street and note (text), day, moment, cost, state.
The same arguments give the same bytes, so that a second run is comparable.
"""

import json
from pathlib import Path
from typing import Any

import duckdb

SMALL_ROWS = 20
"""Rows of the table in each of many datasets: what a list of a workshop or an office has."""

_DISTRICTS = ("Mitte", "Nord", "Süd", "West", "Ost", "Hafen", "Altstadt", "Neuland")
_THEMES = ("GOVE", "ECON", "TRAN", "ENVI", "REGI", "SOCI")

_ROWS = """SELECT i + 1 AS id,
    list_extract({districts}, CAST(hash(i) % {district_count} AS INTEGER) + 1) AS district,
    'Gleisweg ' || (hash(i, 1) % 90 + 1) || chr(CAST(97 + hash(i, 2) % 4 AS INTEGER)) AS street,
    DATE '2019-01-01' + CAST(hash(i, 3) % 2500 AS INTEGER) AS reported_on,
    strftime(TIMESTAMP '2019-01-01' + to_seconds(CAST(hash(i, 4) % 200000000 AS BIGINT)), '%Y-%m-%dT%H:%M:%SZ')
        AS changed_at,
    CAST(hash(i, 5) % 10000000 / 100 AS DECIMAL(9, 2)) AS cost_eur,
    hash(i, 6) % 3 = 0 AS done,
    CASE WHEN hash(i, 7) % 5 > 0 THEN 'Meldung ' || i || ': Schaden an ' ||
        list_extract(['Laterne', 'Fahrbahn', 'Spielplatz', 'Schild, beidseitig'], CAST(hash(i, 8) % 4 AS INTEGER) + 1)
    END AS note
    FROM range({first}, {last}) AS numbers(i) ORDER BY i"""

_FIELDS: list[tuple[str, str, str, dict[str, object]]] = [
    ("id", "integer", "Nummer", {"required": True, "minimum": "1"}),
    ("district", "string", "Stadtteil", {"required": True, "enum": list(_DISTRICTS)}),
    ("street", "string", "Straße", {"maxLength": 200}),
    ("reported_on", "date", "Gemeldet am", {"required": True}),
    ("changed_at", "datetime", "Geändert", {}),
    ("cost_eur", "number", "Kosten", {"minimum": "0"}),
    ("done", "boolean", "Erledigt", {"required": True}),
    ("note", "string", "Bemerkung", {}),
]


def write_rows(target: Path, rows: int, *, first: int = 0) -> Path:
    """Write a CSV file of *rows* rows with the 8 columns, beginning at row *first* of the endless register."""
    districts = "[" + ", ".join(f"'{name}'" for name in _DISTRICTS) + "]"
    query = _ROWS.format(districts=districts, district_count=len(_DISTRICTS), first=first, last=first + rows)
    duckdb.sql(f"COPY ({query}) TO '{target}' (FORMAT csv, HEADER)")
    return target


def write_dataset(folder: Path, slug: str, rows: int, *, number: int = 0) -> Path:
    """Make the dataset folder *folder* with a table `defects` of *rows* rows; *number* varies its content."""
    folder.mkdir(parents=True)
    write_rows(folder / "defects.csv", rows, first=number * rows)
    descriptor = json.dumps(dataset_descriptor(slug, number), ensure_ascii=False, indent=1)
    (folder / "datapackage.json").write_text(descriptor, encoding="utf-8")
    return folder


def dataset_descriptor(slug: str, number: int) -> dict[str, Any]:
    """Give the descriptor of a synthetic dataset, as long as those of the shipped catalogue usually are."""
    title = f"Mängelmelder, Bezirk {number}"
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": slug,
        "title": title,
        "description": f"{title}: gemeldete Schäden an Straßen, Plätzen und Schildern, mit Tag, Kosten und Stand. "
        "Erfunden, um zu messen; so lang wie die Beschreibung eines Datensatzes in einem Portal einer Stadt üblich ist.",
        "keywords": ["Mängel", "Straße", "Stadtteil", f"Bezirk {number}"],
        "licenses": [{"name": "dl-by-de/2.0"}],
        "translations": {
            "en": {"title": f"Defects register, area {number}", "description": "Invented reports, made to measure."}
        },
        "dcat": {
            "theme": [_THEMES[number % len(_THEMES)]],
            "accrualPeriodicity": "WEEKLY",
            "accessRights": "PUBLIC",
            "language": ["DEU"],
            "spatial": ["krefeld"],
            "temporal": {"start": "2019-01-01", "end": "2025-12-31"},
            "rights": {"de": "Die Lizenz gilt für die ganze Tabelle.", "en": "The licence covers the whole table."},
        },
        "resources": [
            {
                "name": "defects",
                "path": "defects.csv",
                "title": "Meldungen",
                "description": "Eine Zeile je Meldung.",
                "schema": {
                    "fields": [
                        {
                            "name": name,
                            "type": kind,
                            "title": title,
                            "description": f"{title} der Meldung.",
                            "dataProtection": "none",
                            "constraints": constraints,
                        }
                        for name, kind, title, constraints in _FIELDS
                    ],
                    "primaryKey": ["id"],
                },
            }
        ],
    }
