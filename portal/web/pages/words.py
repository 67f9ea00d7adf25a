"""What every template can say: words in the reader's language, and addresses that keep it.

A language that was chosen (`?lang=en`) goes along with the links from page to page: reading sets no cookie that would know.
"""

from typing import Any
from urllib.parse import urlencode

from flask import request

from portal.foundation.text import LangString
from portal.web.context import portal, reader_language
from portal.web.translations import word


def words() -> dict[str, Any]:  # Any: functions and values for templates
    """Give the names that templates know."""
    language = reader_language()
    other = "en" if language == "de" else "de"

    def translated(described: dict[str, Any], key: str) -> str:  # Any: JSON
        return LangString.of(described, key).in_language(language)

    return {
        "t": lambda key: word(key, language),
        "language": language,
        "text": translated,
        "said": lambda texts: texts.get(language) or texts.get("de", ""),
        "settings": portal().settings,
        "other": other,
        "at": in_chosen_language,
        "in_other_language": _same_page(other),
    }


def in_chosen_language(address: str) -> str:
    """Give the address of another page, in the language that this one was asked for in, if it was."""
    asked = request.args.get("lang")
    if asked not in ("de", "en"):
        return address
    path, mark, place = address.partition("#")
    return f"{path}{'&' if '?' in path else '?'}lang={asked}{mark}{place}"


def _same_page(language: str) -> str:
    """Give the query that shows what is asked for in *language*: the same selection, the same place in the list."""
    asked = {**request.args.to_dict(flat=False), "lang": [language]}
    return f"?{urlencode(asked, doseq=True, safe=':,')}"
