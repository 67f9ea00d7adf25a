"""Everything that can go wrong on purpose: one tree of errors.

    PortalError
    ├── InvalidInput      400  a value, a file or a document cannot be read as what it should be
    │   └── InvalidDataset 422 a dataset folder or draft breaks the rules, with its Report
    ├── NotFound          404  nothing has this name
    ├── Gone              410  it was published and has been withdrawn
    ├── Conflict          409  somebody else was faster
    ├── OutOfSpace        507  the disk or the store is full
    └── Misconfigured     500  a setting does not fit

The class says what kind of thing went wrong; the raise says the particulars in a full sentence. Facts are
added by name and appear in the problem document (RFC 9457, section 3.2).
"""

from portal.foundation.text import LangString


class PortalError(Exception):
    """Something the portal refuses, in words for a person and facts for a machine."""

    slug = "error"
    title = LangString("Fehler", "Error")
    status = 500

    def __init__(self, detail: str, /, *, detail_de: str | None = None, **facts: object) -> None:
        super().__init__(detail)
        self.detail = LangString(de=detail_de or detail, en=detail)
        self.facts = facts


class InvalidInput(PortalError):
    """A value, a file or a document cannot be read as what it should be."""

    slug, status = "invalid-input", 400
    title = LangString("Ungültige Eingabe", "Invalid input")


class InvalidDataset(InvalidInput):
    """A dataset breaks the rules of its own schema or of the portal; `findings` says where."""

    slug, status = "invalid-dataset", 422
    title = LangString("Datensatz mit Fehlern", "Dataset with errors")


class NotFound(PortalError):
    """Nothing has this name."""

    slug, status = "not-found", 404
    title = LangString("Nicht gefunden", "Not found")


class Gone(PortalError):
    """It was published and has been withdrawn; the reason is among the facts."""

    slug, status = "gone", 410
    title = LangString("Zurückgezogen", "Withdrawn")


class Conflict(PortalError):
    """Somebody else changed the same thing first."""

    slug, status = "conflict", 409
    title = LangString("Konflikt", "Conflict")


class OutOfSpace(PortalError):
    """The disk or the store is full; nothing was changed."""

    slug, status = "out-of-space", 507
    title = LangString("Kein Speicherplatz", "Out of space")


class Misconfigured(PortalError):
    """A setting does not fit."""

    slug, status = "misconfigured", 500
    title = LangString("Falsch eingestellt", "Misconfigured")
