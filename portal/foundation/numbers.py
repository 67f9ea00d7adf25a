"""Whole numbers as addresses and parameters write them: ASCII digits, nothing else, within bounds.

Python's `int` would also read `1_0`, `+1`, blanks and the digits of every script.
"""

from portal.foundation.errors import InvalidInput

MAX_COUNTED = 999_999_999
"""Versions, revisions, pages, offsets: small enough for the integers of every database."""

_MAX_DIGITS = 16


def whole_number(parameter: str, text: str, *, least: int = 1, most: int = MAX_COUNTED) -> int:
    """Give the number that *text* says.

    Raises:
        InvalidInput: it says none, or one outside the bounds; *parameter* is named.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS and least <= int(text) <= most):
        raise InvalidInput(
            f"{parameter}: a whole number from {least} to {most}.",
            detail_de=f"{parameter}: eine ganze Zahl von {least} bis {most}.",
            parameter=parameter,
        )
    return int(text)
