"""Messy values: columns of one kind each, as they are written here and there, and what the rest of a file explains."""

from collections.abc import Iterator

from tests.ingest.receive.corpus import Case, Row, Truth, text, truth


def column(name: str, kind: str, pairs: dict[str, str], label: str | None = None, **more: object) -> Case:
    """Give a file with a column of texts beside a key; *pairs* is text ↔ canonical."""
    rows: list[Row] = [("schluessel_text", name), *((f"k{n}", cell) for n, cell in enumerate(pairs))]
    meant = Truth(columns=(("schluessel_text", "string"), (name, kind)), rows=tuple((f"k{n}", cell) for n, cell in enumerate(pairs.values())))  # fmt: skip
    return Case(name=f"{label or name}.csv", content=text(rows, ";").encode(), truth=meant, **more)  # type: ignore[arg-type]


def same(*cells: str) -> dict[str, str]:
    return {cell: cell for cell in cells}


def values() -> Iterator[Case]:  # noqa: PLR0915 - a list, one line a column
    """Columns of one kind of value each, as they are written here and there."""
    yield column("wert", "integer", same("1", "-2", "30"), "whole")
    yield column("wert", "integer", {"+1": "1", "−2": "-2", "3": "3"}, "signs")
    yield column("wert", "number", {"1,5": "1.5", "1.234,50": "1234.50", "-,5": "-0.5", "3,00-": "-3.00"}, "german")
    yield column("wert", "number", {"1.5": "1.5", "1,234.50": "1234.50", ".5": "0.5"}, "english")
    yield column("wert", "number", {"1'234.50": "1234.50", "12.00": "12.00"}, "swiss")
    yield column("wert", "number", {"1\u00a0234,5": "1234.5", "12,0": "12.0"}, "no-break-blanks")
    yield column("wert", "number", {"1 234,5": "1234.5", "12,0": "12.0"}, "blanks", expect="asked")
    yield column("wert", "integer", {"1.234": "1234", "950": "950", "1.234.567": "1234567"}, "millions")
    yield column("wert", "number", {"1.234": "1.234", "0.567": "0.567"}, "three-decimals")
    yield column(
        "wert", "number", {"1.234": "1.234", "12.345": "12.345"}, "dot-unclear", expect="asked", code="number-ambiguous"
    )
    yield column(
        "wert",
        "number",
        {"1,234": "1.234", "12,345": "12.345"},
        "comma-unclear",
        expect="asked",
        code="number-ambiguous",
    )
    yield column("anteil", "number", {"12,5 %": "12.5", "3 %": "3", "100%": "100"}, "percent")
    yield column("preis", "number", {"12,50 €": "12.50", "1.300,00 €": "1300.00"}, "euro")
    yield column("preis", "number", {"EUR 12,50": "12.50", "EUR 3,00": "3.00"}, "euro-before")
    yield column("price", "number", {"$1,300.00": "1300.00", "$12.50": "12.50"}, "dollar")
    yield column("preis", "string", same("12,50 €", "3,00 $", "4,00 €", "5,00 €"), "two-currencies")
    yield column("strecke", "number", {"12,5 km": "12.5", "3 km": "3"}, "kilometres")
    yield column("plz", "string", same("47798", "47051", "47803"), "postal-codes")
    yield column("AGS", "string", same("05114000", "05112000"), "municipality-keys")
    yield column("AGS", "string", same("11000000", "12051000"), "municipality-keys-without-zero")
    yield column("nummer", "string", same("007", "012", "120"), "leading-zeros")
    yield column("telefon", "string", same("0203 283-0", "02151 86-0"), "telephones")
    yield column("konto", "string", same("1234567890123456", "9934567890123451"), "long-numbers")
    yield column("version", "string", same("1.2.3", "1.10.0"), "versions")
    yield column("hausnummer", "string", same("12", "12a", "14-16"), "house-numbers")
    yield column("messung", "string", same("1.5E+11", "2.5E+11"), "scientific", code="scientific-notation")
    yield column("jahr", "year", same("2019", "2020"), "years")
    yield column("monat", "yearmonth", same("2024-01", "2024-12"), "months")
    yield column("saison", "string", same("2010-11", "2011-12"), "seasons")
    yield column("uhrzeit", "time", {"9:30": "09:30:00", "17:05": "17:05:00"}, "clock")
    yield column("ergebnis", "string", same("2:10", "3:11"), "scores")
    yield column("datum", "date", {"1.2.2024": "2024-02-01", "31.12.2024": "2024-12-31"}, "german-dates")
    yield column("datum", "date", {"31/01/2024": "2024-01-31", "02/03/2024": "2024-03-02"}, "day-first")
    yield column("date", "date", {"01/31/2024": "2024-01-31", "02/03/2024": "2024-02-03"}, "month-first")
    yield column(
        "datum",
        "date",
        {"03/04/2024": "2024-04-03", "05/06/2024": "2024-06-05"},
        "unclear-dates",
        expect="asked",
        code="date-ambiguous",
    )
    yield column(
        "datum",
        "date",
        {"03-04-2024": "2024-04-03", "05-06-2024": "2024-06-05"},
        "unclear-dashes",
        expect="asked",
        code="date-ambiguous",
    )
    yield column(
        "datum",
        "date",
        {"31.01.24": "2024-01-31", "01.02.24": "2024-02-01"},
        "short-years",
        expect="asked",
        code="two-digit-year",
    )
    yield column("datum", "date", {"2024/01/31": "2024-01-31", "2024/02/01": "2024-02-01"}, "year-first")
    yield column("datum", "date", {"3. März 2024": "2024-03-03", "12. Dezember 2024": "2024-12-12"}, "month-names")
    yield column("datum", "date", {"20240131": "2024-01-31", "20240201": "2024-02-01"}, "compact-dates")
    yield column("datum", "date", {"2024-01-31": "2024-01-31", "01.02.2024": "2024-02-01"}, "iso-and-german")
    yield column(
        "datum",
        "string",
        same("31.02.2024", "01.02.2024", "03.02.2024", "04.02.2024", "05.02.2024"),
        "thirty-first-of-february",
        code="mixed-types",
    )
    yield column(
        "wann",
        "datetime",
        {"31.01.2024 9:30": "2024-01-31T09:30:00", "01.02.2024 17:05:10": "2024-02-01T17:05:10"},
        "german-moments",
    )
    yield column(
        "wann",
        "datetime",
        {"2024-01-31 09:30:00": "2024-01-31T09:30:00", "2024-02-01T17:05:10": "2024-02-01T17:05:10"},
        "iso-moments",
    )
    yield column(
        "wann",
        "datetime",
        {"2024-01-31T09:30:00Z": "2024-01-31T09:30:00Z", "2024-02-01T17:05:10+02:00": "2024-02-01T17:05:10+02:00"},
        "moments-with-zone",
    )
    yield column(
        "wann",
        "datetime",
        {"03/04/2024 09:30": "2024-04-03T09:30:00", "05/06/2024 10:30": "2024-06-05T10:30:00"},
        "unclear-moments",
        expect="asked",
    )
    yield column("termin", "number", same("12.10", "24.12"), "day-and-month", expect="asked", code="number-or-date")
    yield column("aktiv", "boolean", {"ja": "true", "nein": "false"}, "ja-nein")
    yield column("aktiv", "boolean", {"WAHR": "true", "FALSCH": "false"}, "wahr-falsch")
    yield column("aktiv", "boolean", {"True": "true", "False": "false"}, "true-false")
    yield column("aktiv", "boolean", {"ja": "true", "": "", "nein": "false"}, "ja-nein-gaps")
    yield column("wert", "number", {"1,5": "1.5", "": "", "2,5": "2.5"}, "number-gaps")
    yield column("land", "string", same("NO", "no", "No"), "norway")
    yield column("bit", "integer", same("0", "1"), "bits")
    yield column(
        "wert", "integer", {"1": "1", "2": "2", "k. A.": ""}, "no-answer", expect="asked", code="missing-marker"
    )
    yield column(
        "wert",
        "number",
        {"1,5": "1.5", "2,5": "2.5", "-": "", ".": ""},
        "statistics-signs",
        expect="asked",
        code="missing-marker",
    )
    yield column("wert", "integer", {"1": "1", "2": "2", "3": "3", "#DIV/0!": ""}, "spreadsheet-error", expect="asked")
    yield column("land", "string", same("NA", "DE", "NULL", "None"), "namibia")
    yield column(
        "wert", "string", same("1", "2", "3", "4", "5", "6", "7", "8", "9", "zehn"), "mixed", code="mixed-types"
    )
    yield column("wann", "string", same("01.04.1999", "31.02.2001", "17.05.2010"), "one-of-three", code="mixed-types")
    yield column("wert", "integer", same("12345678901", "-99999999999"), "eleven-digits")
    yield column("text", "string", same("=1+1", "+49 203", "@x"), "formulas")
    yield column("fläche", "number", {"1,10": "1.10", "2,20": "2.20"}, "trailing-zeros")


def pairs_of_columns() -> Iterator[Case]:
    """Numbers that only the rest of the file explains, and those it does not."""
    yield Case(name="grouped-by-context.csv", content=b"ort;flaeche;einwohner\nA;12,5;950\nB;3,25;1.234\n", truth=truth("ort:string|flaeche:number|einwohner:integer", "A|12.5|950", "B|3.25|1234"))  # fmt: skip
    yield Case(name="decimals-by-context.csv", content=b"ort;flaeche;dichte\nA;12,5;1,234\nB;3,25;5,678\n", truth=truth("ort:string|flaeche:number|dichte:number", "A|12.5|1.234", "B|3.25|5.678"))  # fmt: skip
    yield Case(name="coordinates-with-dots.csv", content=b"ort;flaeche;lat\nA;12,5;51.234\nB;3,25;51.456\n", truth=truth("ort:string|flaeche:number|lat:number", "A|12.5|51.234", "B|3.25|51.456"), expect="asked", code="number-ambiguous")  # fmt: skip
    yield Case(name="groups-beside-coordinates.csv", content=b"ort;lat;einwohner\nA;51.2345;1.234\nB;51.45;5.678\n", truth=None, expect="asked", code="number-ambiguous")  # fmt: skip
