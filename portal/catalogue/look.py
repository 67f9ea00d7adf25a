"""What somebody saw who looked at a draft as it would be released: kept until the draft is another, or gone.

The row names what lies in the drafts' store; nothing of the data stands in it.
"""

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Record


class DraftLook(Record):
    """The last look of one kind at a draft."""

    __tablename__ = "draft_look"

    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    """One of `portal.jobs.job.LOOKS`."""
    basis: Mapped[str] = mapped_column(String(64))
    """Digest of what was looked at: content and notes of the draft, the public version it was held against."""
    told: Mapped[str] = mapped_column(String(64))
    """Digest of what is told of it, as JSON."""
    blobs: Mapped[list[str]] = mapped_column(JSON)
    """Digests of the files that it tells of."""
