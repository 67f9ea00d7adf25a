"""Everything an operator may choose: one frozen object, read from the environment once, at the door.

Each setting is an environment variable `PORTAL_<NAME>`; `portal settings` prints them with their values and help
(a test holds docs/operations.md and this file together).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from portal.foundation.errors import Misconfigured
from portal.foundation.text import is_web_address

PREFIX = "PORTAL_"
LOG_LEVELS = ("debug", "info", "warning", "error")
MIN_SQL_MEMORY_BYTES = 64 * 1024**2
"""Python and SQLite need a third of it before they are asked anything."""


def setting(help_text: str, default: Any) -> Any:  # Any: dataclasses.field is typed the same way
    """Declare a setting: one line of help and its default."""
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the operator chose. Paths are absolute, addresses have no trailing slash."""

    data: Path = setting("Folder of the embedded database and the stored files.", Path("data"))
    host: str = setting("Address the server listens on.", "127.0.0.1")
    port: int = setting("Port the server listens on.", 8000)
    base_url: str = setting("Public address of the portal, without a trailing slash; empty: http://HOST:PORT.", "")
    database_url: str = setting("SQLAlchemy address of the database; empty: SQLite in the data folder.", "")
    datasets: str = setting("Folder of dataset folders loaded at start; empty: the shipped catalogue; '-': none.", "")
    threads: int = setting("Threads of one server process: how many slow readers it bears at once.", 64)
    workers: int = setting("Server processes.", 1)
    trusted_proxies: int = setting(
        "Reverse proxies before the portal whose X-Forwarded-For is believed; 0: nobody's.", 0
    )
    upload_max_bytes: int = setting("Largest file that is received, in bytes.", 2 * 1024**3)
    job_above_bytes: int = setting(
        "A larger file, or a question that reads larger tables of a draft, is answered with a job's address, in bytes.",
        64 * 1024**2,
    )
    query_timeout_s: float = setting("A query of rows is cut off after this long, in seconds.", 10.0)
    query_file_timeout_s: float = setting("The same where the answer is a file, in seconds.", 120.0)
    sql: bool = setting("Answer free read-only SQL over published tables, in processes of their own.", False)
    sql_timeout_s: float = setting("An SQL statement is cut off after this long, in seconds.", 3.0)
    sql_processes: int = setting("SQL statements that one server process carries out at once.", 2)
    sql_memory_bytes: int = setting("Memory of a process that carries out SQL, in bytes.", 256 * 1024**2)
    sql_max_rows: int = setting("Rows in an answer to SQL; more are left out, and the answer says so.", 10_000)
    sql_max_bytes: int = setting("The same in bytes of its rows.", 10_000_000)
    log_level: str = setting("Least severe log line written: debug, info, warning, error.", "info")
    access_log: bool = setting("Write a log line for every answered request.", True)
    title_de: str = setting("Name of the portal in German.", "Datenwerkstatt")
    title_en: str = setting("Name of the portal in English.", "Datenwerkstatt")
    description_de: str = setting(
        "One sentence about the portal in German.",
        "Offene Daten aus Werkstätten, Initiativen und Strategien, für alle lesbar.",
    )
    description_en: str = setting(
        "One sentence about the portal in English.",
        "Open data from workshops, initiatives and strategies, readable by everyone.",
    )
    operator: str = setting("Slug of the operator, who publishes the shipped catalogue.", "datenwerkstatt")
    operator_name_de: str = setting("Name of the operator in German.", "Betreiber der Datenwerkstatt")
    operator_name_en: str = setting("Name of the operator in English.", "Operator of the Datenwerkstatt")
    operator_type: str = setting("Kind of body of the operator (code of the ADMS publisher types).", "LocalAuthority")
    contact_email: str = setting("Mail address for questions about the data; empty: the contact page only.", "")
    contributor_id: str = setting(
        "GovData's code of the system that delivers to it (such as openNRW); empty: none.", ""
    )
    oidc_issuer: str = setting("OpenID Connect: address of the provider (its issuer); empty: no login by it.", "")
    oidc_client_id: str = setting("OpenID Connect: the portal's name at the provider.", "")
    oidc_client_secret: str = setting("OpenID Connect: the portal's secret at the provider; empty: PKCE alone.", "")
    oidc_title: str = setting("OpenID Connect: what the login page calls the provider.", "Single Sign-on")
    oidc_create_users: bool = setting("OpenID Connect: make a user without roles for whoever logs in first.", False)

    @property
    def public_url(self) -> str:
        """The address under which readers see the portal: the start of every IRI."""
        return self.base_url or f"http://{self.host}:{self.port}"

    @property
    def sqlalchemy_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'portal.sqlite'}"

    @property
    def blobs(self) -> Path:
        return self.data / "blobs"

    @property
    def changes(self) -> Path:
        """Where changes between versions are kept once somebody asked for them; may be removed at any time."""
        return self.data / "changes"

    @property
    def queries(self) -> Path:
        """Where files that answer queries, and indexes of words, are kept; may be removed at any time."""
        return self.data / "queries"

    @property
    def joins(self) -> Path:
        """Where joined tables are kept once somebody asked for them; may be removed at any time."""
        return self.data / "joins"

    @property
    def work(self) -> Path:
        """Where releases are prepared: on the same file system as the blobs, so that a rename is atomic."""
        return self.data / "work"

    @property
    def drafts(self) -> Path:
        """What is not public yet, or never will be: the sources of drafts, and the workshops in which they are built."""
        return self.data / "drafts"

    def as_environment(self) -> dict[str, str]:
        """Give the variables that say the same to a process started for this portal."""
        values = {PREFIX + one.name.upper(): getattr(self, one.name) for one in fields(self)}
        return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in values.items()}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings.

        Raises:
            Misconfigured: a value does not fit its setting, or a `PORTAL_` variable names no setting.
        """
        known = {PREFIX + one.name.upper(): one for one in fields(cls)}
        given = {name: text for name, text in environment.items() if name.startswith(PREFIX)}
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise Misconfigured(
                f"There is no setting {', '.join(unknown)}. `portal settings` lists them.",
                detail_de=f"Die Einstellung {', '.join(unknown)} gibt es nicht. `portal settings` zeigt alle.",
            )
        values: dict[str, Any] = {  # Any: each setting has its own type, checked by _parsed
            known[name].name: _parsed(name, text, known[name].default) for name, text in given.items()
        }
        return _checked(cls(**values))


def _parsed(name: str, text: str, default: object) -> object:
    try:
        if isinstance(default, bool):
            return {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}[text.lower()]
        if isinstance(default, int | float):
            return type(default)(text)
    except (KeyError, ValueError):
        kind = {bool: "true or false", int: "a whole number", float: "a number"}[type(default)]
        raise Misconfigured(f"{name} must be {kind}, not {text!r}.", setting=name) from None
    return Path(text) if isinstance(default, Path) else text


def _checked(settings: Settings) -> Settings:
    if not 0 <= settings.port <= 65535:
        raise Misconfigured(f"PORTAL_PORT must be between 0 and 65535, not {settings.port}.")
    if not 0 <= settings.trusted_proxies <= 10:
        raise Misconfigured(f"PORTAL_TRUSTED_PROXIES must be between 0 and 10, not {settings.trusted_proxies}.")
    if settings.upload_max_bytes < 1:
        raise Misconfigured("PORTAL_UPLOAD_MAX_BYTES must be at least 1.")
    if not all(0 < limit < 86_400 for limit in (settings.query_timeout_s, settings.query_file_timeout_s)):
        raise Misconfigured("PORTAL_QUERY_TIMEOUT_S and PORTAL_QUERY_FILE_TIMEOUT_S must be above 0 and below a day.")
    if not 0 < settings.sql_timeout_s < 3_600 or settings.sql_memory_bytes < MIN_SQL_MEMORY_BYTES:
        raise Misconfigured(
            f"PORTAL_SQL_TIMEOUT_S must be above 0 and below an hour, PORTAL_SQL_MEMORY_BYTES at least {MIN_SQL_MEMORY_BYTES}."
        )
    if min(settings.sql_processes, settings.sql_max_rows, settings.sql_max_bytes) < 1:
        raise Misconfigured("PORTAL_SQL_PROCESSES, PORTAL_SQL_MAX_ROWS and PORTAL_SQL_MAX_BYTES must be at least 1.")
    if settings.threads < 1 or settings.workers < 1:
        raise Misconfigured("PORTAL_THREADS and PORTAL_WORKERS must be at least 1.")
    if settings.log_level not in LOG_LEVELS:
        raise Misconfigured(f"PORTAL_LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}, not {settings.log_level!r}.")
    if settings.base_url and not settings.base_url.startswith(("http://", "https://")):
        raise Misconfigured(f"PORTAL_BASE_URL must begin with http:// or https://, not {settings.base_url!r}.")
    if settings.base_url and not _is_root(settings.base_url):
        raise Misconfigured(
            f"PORTAL_BASE_URL is the address of a host, such as https://daten.example, without a path, not {settings.base_url!r}.",
            detail_de=f"PORTAL_BASE_URL ist die Adresse eines Rechners wie https://daten.example, ohne Pfad, nicht {settings.base_url!r}.",
        )
    if settings.oidc_issuer and not (_is_safe(settings.oidc_issuer) and settings.oidc_client_id):
        raise Misconfigured(
            "PORTAL_OIDC_ISSUER must begin with https:// (http:// only on this machine) and needs a PORTAL_OIDC_CLIENT_ID.",
            detail_de="PORTAL_OIDC_ISSUER muss mit https:// beginnen (http:// nur auf diesem Rechner) und braucht eine PORTAL_OIDC_CLIENT_ID.",
        )
    values = {one.name: getattr(settings, one.name) for one in fields(settings)}
    values["data"] = settings.data.expanduser().resolve()
    values["base_url"] = settings.base_url.rstrip("/")
    return Settings(**values)


def _is_root(address: str) -> bool:
    """Tell whether *address* is that of a host, at whose root the portal serves."""
    try:
        parts = urlsplit(address)
        inside = parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None
        return is_web_address(address) and bool(parts.hostname) and not inside and parts.port != 0
    except ValueError:  # a port that is none
        return False


def _is_safe(address: str) -> bool:
    """Tell whether what an address says cannot be changed on the way."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1"))
