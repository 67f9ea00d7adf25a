"""A saved combination: a question about joined tables with a name and an address, kept in every form it ever had.

slug ──1:n── revisions      the last one counts, the others stay readable; `removed_at` on the last: it is gone
"""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Select, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from portal.catalogue.publisher import Publisher
from portal.foundation.db import Record, UtcDateTime
from portal.foundation.errors import Gone, NotFound
from portal.foundation.text import LangString


class SavedCombination(Record):
    """One revision of a saved combination; it never changes, but for being removed."""

    __tablename__ = "saved_combination"
    __table_args__ = (UniqueConstraint("slug", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100))
    revision: Mapped[int]
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publisher.id"), index=True)
    title_de: Mapped[str] = mapped_column(String(500))
    title_en: Mapped[str | None] = mapped_column(String(500))
    description_de: Mapped[str] = mapped_column(Text, default="")
    description_en: Mapped[str | None] = mapped_column(Text)
    dataset: Mapped[str] = mapped_column(String(200))
    """Slug of the base table's dataset."""
    table_name: Mapped[str] = mapped_column(String(200))
    join: Mapped[str] = mapped_column(Text)
    """As `join=` has it; empty: the table alone."""
    query: Mapped[dict[str, str]] = mapped_column(JSON)
    """Parameters of the row query."""
    versions: Mapped[dict[str, int]] = mapped_column(JSON)
    """The versions of the datasets when it was saved: with these it is known to work."""
    uses: Mapped[str] = mapped_column(Text)
    """What goes in, `orte` and `orte/places`, with a space before and after each."""
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[str] = mapped_column(String(200))
    """Who saved it, as in the log: never a person's name."""
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None: it is public."""

    publisher: Mapped[Publisher] = relationship(lazy="joined")

    @property
    def title(self) -> LangString:
        return LangString(self.title_de, self.title_en)

    @property
    def description(self) -> LangString:
        return LangString(self.description_de, self.description_en)

    def tables_of(self, dataset: str) -> list[str]:
        """Give the tables of *dataset* that go in."""
        begin = f"{dataset}/"
        return [one.removeprefix(begin) for one in self.uses.split() if one.startswith(begin)]


def latest_combination(session: Session, slug: str) -> SavedCombination | None:
    """Give the last revision of a combination, removed or not; None: there never was one."""
    query = select(SavedCombination).where(SavedCombination.slug == slug[:200])
    return session.scalar(query.order_by(SavedCombination.revision.desc()).limit(1))


def public_combination(session: Session, slug: str, revision: int | None = None) -> SavedCombination:
    """Give a public combination, in its last revision for None.

    Raises:
        NotFound: there is none, or no such revision.
        Gone: it was removed.
    """
    latest = latest_combination(session, slug)
    if latest is None:
        raise NotFound(
            f"There is no combination {slug[:100]!r}.", detail_de=f"Es gibt keine Kombination {slug[:100]!r}."
        )
    if latest.removed_at is not None:
        raise Gone(
            f"The combination {slug!r} was removed by those who had saved it.",
            detail_de=f"Die Kombination {slug!r} wurde von denen entfernt, die sie gespeichert hatten.",
            withdrawn=latest.removed_at,
        )
    if revision is None or revision == latest.revision:
        return latest
    query = select(SavedCombination).where(SavedCombination.slug == slug, SavedCombination.revision == revision)
    found = session.scalar(query)
    if found is None:
        raise NotFound(
            f"The combination {slug!r} has no revision {revision}.",
            detail_de=f"Die Kombination {slug!r} hat keine Fassung {revision}.",
        )
    return found


def public_combinations(
    session: Session, *, dataset: str | None, offset: int, limit: int | None
) -> list[SavedCombination]:
    """Give up to *limit* (None: all) public combinations by slug, after *offset* others; with *dataset* those that it goes into."""
    query = _public(dataset).order_by(SavedCombination.slug).offset(offset).limit(limit)
    return list(session.scalars(query))


def count_combinations(session: Session, *, dataset: str | None) -> int:
    """Give how many combinations are public, in all or with a dataset."""
    return session.scalar(select(func.count()).select_from(_public(dataset).subquery())) or 0


def combinations_state(session: Session) -> tuple[int, int, datetime | None]:
    """Give what changes whenever a combination is saved or removed, and when that last happened: last revision, removals, time."""
    newest, saved_at, removed_at, removals = session.execute(
        select(
            func.max(SavedCombination.id),
            func.max(SavedCombination.saved_at),
            func.max(SavedCombination.removed_at),
            func.count(SavedCombination.removed_at),
        )
    ).one()
    return newest or 0, removals, max((at for at in (saved_at, removed_at) if at is not None), default=None)


def _public(dataset: str | None) -> Select[SavedCombination]:
    newest = select(func.max(SavedCombination.id)).group_by(SavedCombination.slug)
    query = select(SavedCombination).where(SavedCombination.id.in_(newest), SavedCombination.removed_at.is_(None))
    if dataset is None:
        return query
    return query.where(SavedCombination.uses.contains(f" {dataset} ", autoescape=True))
