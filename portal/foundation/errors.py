"""Everything that can go wrong on purpose: one tree of errors.

    PortalError
    ├── InvalidInput      400  a value, a file or a document cannot be read as what it should be
    │   ├── InvalidSearch 400  a search has a parameter or an order that does not exist
    │   │   └── UnreadableSearch 409  its text cannot be parsed
    │   └── InvalidDataset 422 a dataset folder or draft breaks the rules, with its Report
    ├── Unauthenticated   401  nobody, or not known who, asks for what not everyone may
    ├── Forbidden         403  the actor may not do this here
    ├── NotFound          404  nothing has this name
    ├── Gone              410  it was published and has been withdrawn
    ├── Conflict          409  somebody else was faster
    │   ├── LicencesClash 409  a combination may not be published under any licence
    │   ├── IllegalStep   409  the state it is in does not allow this step
    │   └── AllRefused    409  of many things at once, not one could be done
    ├── KeyReused         422  an Idempotency-Key came again with another request
    ├── Outdated          412  the change was made on another revision than the one there is
    ├── Unconditional     428  a change must say which revision it was made on
    ├── UnreadableType    415  the body is of a media type that is not read here
    ├── TooManyAttempts   429  too many wrong passwords; wait
    ├── TooCostly         422  a query takes longer than one may
    ├── Busy              503  more long work is waiting than the portal takes on; try again
    ├── OutOfSpace        507  the disk or the store is full
    ├── ProviderFailed    502  the OpenID Connect provider does not answer as it should
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


class InvalidSearch(InvalidInput):
    """A search has a parameter or an order that does not exist."""

    slug, status = "invalid-search", 400
    title = LangString("Ungültige Suche", "Invalid search")


class UnreadableSearch(InvalidSearch):
    """The text of a search cannot be parsed (CKAN answers 409 here, and its clients expect it)."""

    slug, status = "unreadable-search", 409
    title = LangString("Unlesbare Suche", "Unreadable search")


class Unauthenticated(PortalError):
    """It is not known who asks, and not everyone may do this."""

    slug, status = "unauthenticated", 401
    title = LangString("Anmeldung nötig", "Authentication required")


class Forbidden(PortalError):
    """It is known who asks, and they may not do this here."""

    slug, status = "forbidden", 403
    title = LangString("Nicht erlaubt", "Forbidden")


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


class LicencesClash(Conflict):
    """Datasets whose licences exclude each other were to be published together."""

    slug, status = "licences-clash", 409
    title = LangString("Lizenzen vertragen sich nicht", "Licences exclude each other")


class IllegalStep(Conflict):
    """The workflow does not allow this step in the state the thing is in."""

    slug, status = "illegal-step", 409
    title = LangString("Schritt in diesem Zustand nicht möglich", "Step not allowed in this state")


class AllRefused(Conflict):
    """Of many things that were to be done at once not one could be; `refusals` says why, one by one."""

    slug, status = "all-refused", 409
    title = LangString("Nichts davon war möglich", "None of it was possible")


class KeyReused(PortalError):
    """An `Idempotency-Key` came again with another request (draft-ietf-httpapi-idempotency-key-header, 2.7)."""

    slug, status = "key-reused", 422
    title = LangString("Schlüssel schon verwendet", "Key used before")


class Outdated(PortalError):
    """The change was made on another revision than the one there is (RFC 9110, section 15.5.13)."""

    slug, status = "outdated", 412
    title = LangString("Inzwischen geändert", "Changed in the meantime")


class Unconditional(PortalError):
    """A change must say which revision it was made on (RFC 6585, section 3)."""

    slug, status = "precondition-required", 428
    title = LangString("Bedingung nötig", "Precondition required")


class UnreadableType(PortalError):
    """The body is of a media type that is not read here (RFC 9110, section 15.5.16)."""

    slug, status = "unreadable-type", 415
    title = LangString("Medientyp wird nicht gelesen", "Media type is not read")


class TooManyAttempts(PortalError):
    """Too many wrong passwords; `retry_after_s` says how long to wait (RFC 6585, section 4)."""

    slug, status = "too-many-attempts", 429
    title = LangString("Zu viele Versuche", "Too many attempts")


class TooCostly(PortalError):
    """A query takes more time or memory than one may (RFC 9110, 15.5.21); `timeout_s` says how long it may take."""

    slug, status = "too-costly", 422
    title = LangString("Abfrage zu aufwendig", "Query too costly")


class Busy(PortalError):
    """More long work is waiting than the portal takes on; `retry_after_s` says when to ask again (RFC 9110, 15.6.4)."""

    slug, status = "busy", 503
    title = LangString("Ausgelastet", "Busy")


class OutOfSpace(PortalError):
    """The disk or the store is full; nothing was changed."""

    slug, status = "out-of-space", 507
    title = LangString("Kein Speicherplatz", "Out of space")


class ProviderFailed(PortalError):
    """The OpenID Connect provider does not answer, or not as the standard says."""

    slug, status = "provider-failed", 502
    title = LangString("Anmeldedienst antwortet nicht", "Login provider does not answer")


class Misconfigured(PortalError):
    """A setting does not fit."""

    slug, status = "misconfigured", 500
    title = LangString("Falsch eingestellt", "Misconfigured")
