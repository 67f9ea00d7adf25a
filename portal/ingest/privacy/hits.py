"""What the scan can find, and a hit as a value."""

from dataclasses import dataclass

from portal.foundation.text import LangString

KINDS: dict[str, LangString] = {
    "name": LangString("dem Namen einer Person", "a person's name"),
    "email": LangString("einer Mail-Adresse", "a mail address"),
    "phone": LangString("einer Telefonnummer", "a telephone number"),
    "iban": LangString("einer Kontonummer (IBAN)", "a bank account number (IBAN)"),
    "tax": LangString("einer Steuernummer", "a tax number"),
    "social": LangString("einer Rentenversicherungsnummer", "a German social insurance number"),
    "health": LangString("einer Krankenversichertennummer", "a German health insurance number"),
    "card": LangString("einer Kreditkartennummer", "a credit card number"),
    "identity": LangString("einer Ausweis- oder Passnummer", "the number of an identity card or passport"),
    "plate": LangString("einem Autokennzeichen", "a number plate"),
    "ip": LangString("einer IP-Adresse", "an IP address"),
    "birth": LangString("Geburtsdaten", "dates of birth"),
    "address": LangString("Anschriften von Personen", "postal addresses of persons"),
    "group": LangString(
        "wenigen Personen mit denselben Merkmalen, die man wiedererkennen kann",
        "few persons with the same traits, who can be recognised",
    ),
}
"""Kind ↔ what it looks like, as it follows "this looks like"."""

ONLY_WARNS = frozenset({"group"})
"""Kinds that are a reason to look, not to stop."""


@dataclass(frozen=True, kw_only=True)
class PersonalHit:
    """A value, or a whole column, that looks personal."""

    kind: str
    """One of `KINDS`."""
    row: int | None
    """None: the column as a whole."""
    column: str
    key: str
    """The row's primary key (parts joined by a comma), or its number where the table has none; empty: the column."""
    value: str
    """What was found; for a column, some of its values."""

    @property
    def is_serious(self) -> bool:
        """Tell whether nothing may be released before somebody has decided."""
        return self.kind not in ONLY_WARNS
