"""Who publishes: the body that decided on the publication (DCAT-AP.de conventions, K36)."""

from typing import Any

from sqlalchemy import JSON, String, true
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Record
from portal.foundation.text import LangString


class Publisher(Record):
    """A body that publishes datasets."""

    __tablename__ = "publisher"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name_de: Mapped[str] = mapped_column(String(500))
    name_en: Mapped[str | None] = mapped_column(String(500))
    type_code: Mapped[str | None] = mapped_column(String(80))
    """Code of the ADMS publisher types; None: not said."""
    homepage: Mapped[str | None] = mapped_column(String(2000))
    contact: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # Any: JSON: name, email, url
    default_licence: Mapped[str | None] = mapped_column(String(100))
    logo_url: Mapped[str | None] = mapped_column(String(2000))
    """Address of its logo, as it stands in DCAT; the portal's pages show none of a third party."""
    four_eyes: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether the approver of a draft must be another person than its submitter."""

    @property
    def name(self) -> LangString:
        return LangString(self.name_de, self.name_en)
