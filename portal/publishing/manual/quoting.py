"""Any text as a literal, a name or a comment of a programming language: titles and columns are what publishers make of them.

    comment       one line; what ends a line, or turns the direction of what is read, is a space
    python, r     "…"  with \\u00e9 and \\U0001f600 for what cannot be seen
    javascript    "…"  with \\u{1f600}
    shell         '…'  and '\\'' for the quote (POSIX, 2.2.2)
    sql           '…'  and "…" for names, quotes doubled
    m             "…"  and #"…" for names, quotes doubled, #(000D) for what cannot be seen, #(#)( for #( (M language, 2.4)

What cannot be seen is whatever `str.isprintable` refuses: controls, line and paragraph separators, marks of direction.
"""

from collections.abc import Callable


def comment(text: str) -> str:
    """Give *text* as one line that ends no line comment."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def python(text: str) -> str:
    return '"' + _escaped(text, _backslashed, _of_python) + '"'


r = python
"""R reads the same escapes (R language definition, 10.3.1)."""


def javascript(text: str) -> str:
    return '"' + _escaped(text, _backslashed, lambda code: f"\\u{{{code:x}}}") + '"'


def shell(text: str) -> str:
    """Give *text* as one word of a POSIX shell; it has no NUL."""
    return "'" + text.replace("'", "'\\''") + "'"


def sql(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def sql_name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def m(text: str) -> str:
    """Give *text* as a literal of Power Query's M."""
    plain = text.replace('"', '""').replace("#(", "#(#)(")
    return '"' + _escaped(plain, {}, lambda code: f"#({code:04X})" if code < 0x10000 else f"#({code:08X})") + '"'


def m_name(text: str) -> str:
    """Give *text* as a name in M: the same escapes after a hash."""
    return f"#{m(text)}"


_backslashed = {"\\": "\\\\", '"': '\\"'}


def _of_python(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _escaped(text: str, known: dict[str, str], unseen: Callable[[int], str]) -> str:
    if text.isprintable() and not any(sign in text for sign in known):
        return text
    return "".join(known.get(sign) or (sign if sign.isprintable() else unseen(ord(sign))) for sign in text)
