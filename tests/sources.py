"""What dataset folders say, read with nothing but the standard library: the truth that served files are held against."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from tests.shipped import DATASETS

Value = str | int | Decimal | bool | date | time | datetime | None

PARSERS: dict[str, Callable[[str], Value]] = {
    "string": str,
    "integer": int,
    "number": Decimal,
    "boolean": lambda text: {"true": True, "false": False}[text],
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
    "year": int,
    "yearmonth": str,
}
"""Table Schema type ↔ how its text becomes a value of Python."""


@dataclass(frozen=True)
class SourceTable:
    """A table as its folder has it."""

    dataset: str
    name: str
    described: dict[str, Any]
    texts: list[dict[str, str]]

    @property
    def columns(self) -> list[str]:
        return [field["name"] for field in self.described["schema"]["fields"]]

    @property
    def types(self) -> dict[str, str]:
        return {field["name"]: field["type"] for field in self.described["schema"]["fields"]}

    @property
    def rows(self) -> list[dict[str, Value]]:
        """The rows as values; an empty field is None."""
        return [{name: parsed(text, self.types[name]) for name, text in row.items()} for row in self.texts]

    @property
    def key(self) -> str:
        return f"{self.dataset}/{self.name}"


def parsed(text: str, kind: str) -> Value:
    """Give the value of *text* by its Table Schema type; None for an empty one."""
    return PARSERS[kind](text) if text else None


@cache
def descriptor(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "datapackage.json").read_bytes()))


@cache
def tables(folder: Path) -> tuple[SourceTable, ...]:
    """Give the tables of a dataset folder."""
    described = descriptor(folder)
    return tuple(
        SourceTable(described["name"], resource["name"], resource, _texts(folder / resource["path"]))
        for resource in described["resources"]
    )


def shipped_folders() -> list[Path]:
    return sorted(path.parent for path in DATASETS.glob("*/datapackage.json"))


def _texts(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))
