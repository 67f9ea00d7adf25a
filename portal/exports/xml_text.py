"""Text inside XML, as SQL: what XML 1.0 asks for, and what Excel and ODF add to it."""

from html import escape

from portal.exports.cells import Cell, contains_any
from portal.exports.marks import BLANKS

EXCEL_ESCAPE = r"_x([0-9A-Fa-f]{4})"
"""Excel reads `_x000D_` as a character (ECMA-376, 22.9.2.19, ST_Xstring), so text that looks so is escaped itself."""


def escaped(text: str) -> str:
    """Give *text* for use in XML content and attributes."""
    return escape(text, quote=True)


def attribute(sql: str) -> str:
    """Give SQL of a text for an XML attribute that keeps its white space (XML 1.0, 3.3.3)."""
    replaced = _all(sql)
    for sign, entity in (('"', "&quot;"), ("\t", "&#9;"), ("\n", "&#10;"), ("\r", "&#13;")):
        replaced = f"replace({replaced}, '{sign}', '{entity}')"
    return replaced


def excel_content(sql: str) -> str:
    """Give SQL of a text for an Excel cell: XML, and carriage returns in Excel's own way."""
    return _all(f"replace(regexp_replace({sql}, '{EXCEL_ESCAPE}', '_x005F_x\\1', 'g'), chr(13), '_x000D_')")


def odf_paragraphs(sql: str) -> str:
    """Give SQL of a text as ODF paragraphs (ODF 1.3, 6.1.2): line breaks part them, white space is spelt out."""
    one_line = f"replace({_all(sql)}, '  ', ' <text:s/>')"
    broken = f"regexp_replace({one_line}, '\\r\\n|\\r|\\n', '</text:p><text:p>', 'g')"
    tabbed = f"replace({broken}, chr(9), '<text:tab/>')"
    ends = f"replace(replace({tabbed}, '<text:p> ', '<text:p><text:s/>'), ' </text:p>', '<text:s/></text:p>')"
    return f"regexp_replace(regexp_replace({ends}, '^ ', '<text:s/>'), ' $', '<text:s/>')"


def either(cell: Cell, sql: str, plain: list[str], marked: str, *others: str) -> list[str]:
    """Give the parts *plain* where the text *sql*, made of *cell*, stands in XML as it is, elsewhere *marked*.

    As it is stands a text without markup, without *others*, and without white space but single blanks inside.
    """
    signs = cell.held("&", "<", ">", "\t", "\r", "\n", *others)
    tests = [contains_any(sql, *signs)] if signs else []
    if cell.held(BLANKS):
        tests += [contains_any(sql, "  "), f"starts_with({sql}, ' ')", f"ends_with({sql}, ' ')"]
    return [f"CASE WHEN {' OR '.join(tests)} THEN {marked} ELSE {' || '.join(plain)} END"] if tests else plain


def _all(sql: str) -> str:
    return f"replace(replace(replace({sql}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"
