"""The metadata of a dataset as cells of a spreadsheet: each column a place in the descriptor, a way out and a way in.

A list is one cell, its items parted by `|`; an item that holds one, or a backslash, bears a backslash before it. A cell
that says what it said when it was fetched changes nothing, so no round trip can harm what a cell cannot say. Other
languages than German stand under `translations.en`, as in the Data Package.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.curation.merging import Described

NAME = "name"
MARK = "_revision"
SEPARATOR = "|"

Value = Any  # Any: JSON
Cells = Mapping[str, str]
"""By column."""


@dataclass(frozen=True)
class Column:
    """One column."""

    name: str
    path: tuple[str, ...]
    """Where its value stands in the descriptor."""
    kind: "Kind"

    @property
    def pointer(self) -> str:
        """JSON Pointer to its value."""
        return "".join(f"/{step}" for step in self.path)


@dataclass(frozen=True)
class Kind:
    """How a value becomes a cell, and a cell a value; None means that there is no value."""

    write: Callable[[Value], str]
    read: Callable[[str], Value]
    empty: Value = None
    """What an empty cell leaves behind; None: nothing, the key goes."""


def _written_list(value: Value) -> str:
    items = value if isinstance(value, list) else [value]
    return SEPARATOR.join(str(item).replace("\\", "\\\\").replace(SEPARATOR, f"\\{SEPARATOR}") for item in items)


def _read_list(cell: str) -> list[str]:
    parts = re.findall(r"(?:[^|\\]|\\.?)+", cell, re.DOTALL)
    return [item for part in parts if (item := re.sub(r"\\(.)", r"\1", part.strip(), flags=re.DOTALL))]


def _written_licence(value: Value) -> str:
    return str(value[0].get("name", "")) if value else ""


def _read_date(cell: str) -> str:
    """Give a date in ISO 8601; spreadsheets with German settings turn one into `31.01.2024` without being asked."""
    german = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", cell.strip())
    return f"{german[3]}-{german[2]:0>2}-{german[1]:0>2}" if german else cell.strip()


_TEXT = Kind(str, str)
_NEEDED_TEXT = Kind(str, str, empty="")
_CODE = Kind(str, str.strip)
_DATE = Kind(str, _read_date)
_LIST = Kind(_written_list, _read_list)
_NEEDED_LIST = Kind(_written_list, _read_list, empty=[])
_LICENCE = Kind(_written_licence, lambda cell: [{"name": cell.strip()}], empty=[])

COLUMNS = (
    Column("title_de", ("title",), _NEEDED_TEXT),
    Column("title_en", ("translations", "en", "title"), _TEXT),
    Column("description_de", ("description",), _NEEDED_TEXT),
    Column("description_en", ("translations", "en", "description"), _TEXT),
    Column("keywords_de", ("keywords",), _NEEDED_LIST),
    Column("keywords_en", ("translations", "en", "keywords"), _LIST),
    Column("licence", ("licenses",), _LICENCE),
    Column("themes", ("dcat", "theme"), _LIST),
    Column("places", ("dcat", "spatial"), _LIST),
    Column("temporal_start", ("dcat", "temporal", "start"), _DATE),
    Column("temporal_end", ("dcat", "temporal", "end"), _DATE),
    Column("frequency", ("dcat", "accrualPeriodicity"), _CODE),
    Column("access_rights", ("dcat", "accessRights"), _CODE),
    Column("languages", ("dcat", "language"), _LIST),
    Column("geocoding_levels", ("dcat", "politicalGeocodingLevel"), _LIST),
    Column("hvd_categories", ("dcat", "hvdCategory"), _LIST),
    Column("rights_de", ("dcat", "rights", "de"), _TEXT),
    Column("rights_en", ("dcat", "rights", "en"), _TEXT),
    Column("provenance_de", ("dcat", "provenance", "de"), _TEXT),
    Column("provenance_en", ("dcat", "provenance", "en"), _TEXT),
)
BY_NAME = {column.name: column for column in COLUMNS}
HEADER = (NAME, *BY_NAME, MARK)

_OBJECTS = (("dcat", "temporal"), ("dcat", "rights"), ("dcat", "provenance"), ("translations", "en"), ("translations",))
"""Objects that go when their last value goes."""


def cells_of(descriptor: Described) -> dict[str, str]:
    """Give the cell of every column."""
    return {column.name: _cell(column, descriptor) for column in COLUMNS}


def patch_of(descriptor: Described, cells: Cells) -> Described:
    """Give the merge patch that makes the descriptor say what *cells*, by column, say."""
    patch: Described = {}
    for name, cell in cells.items():
        column = BY_NAME[name]
        value = column.kind.read(unified(cell)) if cell.strip() else column.kind.empty
        _put(patch, column.path, value if value != [] else column.kind.empty)
    _drop_emptied(patch, descriptor)
    return patch


def column_at(pointer: str, among: Iterable[str]) -> str | None:
    """Give the column, of those named, that a finding at *pointer* is about; None: none of them."""
    fitting = [name for name in among if f"{pointer}/".startswith(f"{BY_NAME[name].pointer}/")]
    parents = [name for name in among if f"{BY_NAME[name].pointer}/".startswith(f"{pointer}/")]
    return next(iter([*fitting, *parents]), None)


def _cell(column: Column, descriptor: Described) -> str:
    value: Value = descriptor
    for step in column.path:
        value = value.get(step) if isinstance(value, Mapping) else None
    if value is None:
        return ""
    return column.kind.write(value).encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no text


def _put(patch: Described, path: tuple[str, ...], value: Value) -> None:
    for step in path[:-1]:
        patch = patch.setdefault(step, {})
    patch[path[-1]] = value


def _drop_emptied(patch: Described, descriptor: Described) -> None:
    """Let an object go that the patch would leave without any value: an empty one says nothing and breaks rules."""
    for path in _OBJECTS:
        asked, there = _at(patch, path), _at(descriptor, path)
        if not isinstance(asked, dict):
            continue
        left = {**(there if isinstance(there, Mapping) else {}), **asked}
        if all(value is None for value in left.values()):
            _put(patch, path, None)


def _at(described: Value, path: tuple[str, ...]) -> Value:
    for step in path:
        described = described.get(step) if isinstance(described, Mapping) else None
    return described


def unified(text: str) -> str:
    """Give *text* with one kind of line end: spreadsheets write them as they like."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
