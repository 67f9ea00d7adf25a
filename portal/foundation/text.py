"""Text in German and English, and the slugs made of it.

Everything a person reads exists in both languages (docs/glossary.md); German is the main one and never missing.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Self

LANGUAGES = ("de", "en")

FORMULA_STARTS = "=+-@\t\r"
"""First signs that make spreadsheets run a text (OWASP, "CSV Injection")."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+")
"""What a link may lead to: an IRI as Turtle and N-Triples can write it (RDF 1.1 Turtle, section 6.5, IRIREF)."""


@dataclass(frozen=True)
class LangString:
    """A text in German and, where it exists, in English."""

    de: str
    en: str | None = None
    """None: nobody has translated it yet; readers of English see the German text."""

    def in_language(self, language: str) -> str:
        """Give the text in *language*, in German where there is none."""
        return self.en if language == "en" and self.en else self.de

    def items(self) -> list[tuple[str, str]]:
        """Give the (language tag, text) pairs that exist, German first."""
        pairs = [("de", self.de)]
        return [*pairs, ("en", self.en)] if self.en else pairs

    def as_dict(self) -> dict[str, str]:
        """Give the language map used in JSON answers."""
        return dict(self.items())

    @classmethod
    def of(cls, described: dict[str, object], key: str) -> Self:
        """Read *key* of a Data Package object: German in the key itself, English under `translations.en`."""
        translations = described.get("translations")
        english = translations.get("en", {}).get(key) if isinstance(translations, dict) else None
        return cls(de=str(described.get(key) or ""), en=str(english) if english else None)


def slugify(text: str) -> str:
    """Give the address form of *text*: lower-case ASCII letters, digits and single hyphens."""
    plain = unicodedata.normalize("NFKD", text.translate(_UMLAUTS)).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def is_web_address(text: str) -> bool:
    """Tell whether *text* is an address that may be linked to: http or https, and nothing that would end an IRI."""
    return _WEB_ADDRESS.fullmatch(text) is not None
