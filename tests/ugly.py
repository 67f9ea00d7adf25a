"""Dataset folders as ugly as real tables are: signs, numbers and dates at which readers part ways, names that break code."""

from pathlib import Path

from tests.builders import a_field, a_folder, a_table

UGLY = "haessliche-tabelle"

COLUMNS = {
    "nummer": "integer",
    "schlüssel": "string",
    "text": "string",
    "preis": "number",
    "zähler": "integer",
    "offen": "boolean",
    "am": "date",
    "um": "time",
    "gemeldet": "datetime",
    "jahr": "year",
    'Spalte; mit, "allem"': "string",
}

ROWS = (
    ("1", "05114000", "Straße „am Wall“", "1234567.50", "9007199254740993", "true", "1871-01-18", "00:00:00", "2024-03-31T02:30:00", "2024", "a;b"),
    ("2", "007", "Zeile eins\nZeile zwei", "-0.01", "-1", "false", "2024-02-29", "23:59:59", "1999-12-31T23:59:59", "1648", "a,b"),
    ("3", "0", 'er sagte "nein"', "0.10", "0", "true", "1899-12-31", "12:00:00", "2024-10-27T02:30:00", "1871", '"'),
    ("4", "", "", "", "", "", "", "", "", "", ""),
    ("5", "1e5", "=1+1", "12345678901234.56", "123456789012345678", "false", "9999-12-31", "06:07:08", "0001-01-01T00:00:00", "1000", "'"),
    ("6", "+49", "@SUM(A1)", "100.00", "1000000", "true", "0001-01-01", "18:30:00", "2024-01-01T00:00:00", "9999", "-"),
    ("7", "TRUE", " innen  weit ", "7.00", "7", "false", "2024-01-01", "01:02:03", "2024-06-30T12:00:00", "2000", "Ä Ö Ü ß é 日本 👩‍👩‍👧"),
    ("8", "1.234,56", "01.02.2024", "8.80", "8", "true", "2000-01-01", "10:00:00", "2020-02-29T08:00:00", "1900", "</table>"),
)  # fmt: skip


def write_ugly_folder(folder: Path) -> Path:
    """Write the folder and give it back."""
    table = a_table(fields=[a_field(name, kind) for name, kind in COLUMNS.items()], rows=ROWS, primary_key=("nummer",))
    return a_folder(folder, slug=UGLY, tables={"haesslich": table})


NASTY = "boese-namen"

NAMES = (
    "id", 'q"uote', "q'uote", "back\\slash", "*/ -- # // */", "#(lf) #(#)(", "${HOME} $(id) `id`", "__proto__", "constructor",
    "limit", "q", "ä ö ß é", "a,b", "a&b=c?d", "%41%", "id__lt", "🌳 日本", "line\u2028sep", "ri\u202eght", "</code></pre>", "{{7*7}}",
    "\\u0041 \\", "'; DROP TABLE x; --", "TRUE", " blank ", "{0}", "!x", "-id", "~/x", "@file",
)  # fmt: skip
"""Columns of text whose names mean something in some language."""

VALUES = ('"', "'", "\\", "*/", "$(id)", "#(lf)", "ä", "a,b", "NA", "007", "=1+1", "; --", "null", "%41", "@x", " x ")

_TITLE = "Titel \"mit\" */ allem\u2028 \\ ''' ${x} `id` $(id) #(lf) --> ]]> <script>"


def write_nasty_folder(folder: Path) -> Path:
    """Write a folder whose names and titles are as hostile as a descriptor allows; every column may be filtered by."""
    fields = [a_field(name, title=_TITLE, description=_TITLE) for name in NAMES]
    rows = [(f"{place}{value}", *(value for _ in NAMES[1:])) for place, value in enumerate(VALUES * 2)]
    table = a_table(fields=fields, rows=rows, title=_TITLE, description=_TITLE)
    return a_folder(folder, slug=NASTY, title=_TITLE, tables={"nasty": table})
