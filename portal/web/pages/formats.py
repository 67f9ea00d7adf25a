"""How files are shown to a person: in plain words, sizes that can be read."""

from typing import Any

from portal.exports.formats import FORMATS
from portal.web.context import reader_language


def file_rows(files: list[dict[str, Any]]) -> list[dict[str, Any]]:  # Any: JSON of the dataset's document
    """Give the files of a table with the words that people know them by, in the order of `FORMATS`."""
    by_format = {file["format"]: file for file in files}
    language = reader_language()
    return [
        {**by_format[form.name], "title": form.title.in_language(language), "hint": form.hint.in_language(language)}
        for form in FORMATS
        if form.name in by_format
    ]


def readable_size(size_bytes: int) -> str:
    """Give a size as people read it, in decimal units and the reader's spelling."""
    size = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    text = f"{size:.0f}" if unit == "B" else f"{size:.1f}"
    return f"{text.replace('.', ',') if reader_language() == 'de' else text} {unit}"


def cell(value: object) -> str:
    """Give a value of a row as a table shows it: nothing for null, truth values as the files have them."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
