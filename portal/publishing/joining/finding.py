"""From the text of `join=` to the joined table it means, or the sentence that says which joins there are.

    join=posters.idea_id,posters.idea_id:topic_table_id      paths parted by commas, steps by colons; a path brings its start along

Each dataset goes in in one version: the one that is pinned, else the current one. What is withdrawn is gone here too, and what
was never public is not there.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from portal.catalogue.lookup import no_such_table, public_version
from portal.catalogue.reading import tables_of
from portal.catalogue.version import Table, Version
from portal.foundation.config import Settings
from portal.foundation.errors import InvalidInput, NotFound, PortalError
from portal.foundation.text import LangString
from portal.publishing.chosen_files import published_source
from portal.publishing.joining.joined import Joined, JoinedPart, alias_for, joined_schema
from portal.publishing.joining.steps import Step, steps_from
from portal.publishing.lineage import input_of, lineage_of
from portal.publishing.references import Reference, References, references_of
from portal.store.local import LocalStore

MAX_JOINS = 8
"""Tables joined to one."""
MAX_COLUMNS = 400
_MAX_TEXT = 2_000


@dataclass(frozen=True)
class Offer:
    """A step that a table's readers can take."""

    step: Step
    title: LangString
    """Of the table it leads to."""
    multiplies: bool
    columns: tuple[str, ...]
    """What the columns gained are called, where this is the only join."""


@dataclass(frozen=True)
class _Public:
    version: Version
    tables: dict[str, Table]


class Finder:
    """Finds joined tables within one session; what it has looked up it keeps."""

    def __init__(
        self,
        session: Session,
        store: LocalStore,
        references: References,
        settings: Settings,
        *,
        versions: Mapping[str, int] | None = None,
    ) -> None:
        """*versions* pins datasets; the others go in in their current version."""
        self._session, self._store, self._settings = session, store, settings
        self._references = references
        self._pinned = dict(versions or {})
        self._known: dict[str, _Public] = {}

    def find(self, slug: str, table: str, join: str) -> Joined:
        """Give the joined table that *join* means for a table; without any, the table alone.

        Raises:
            NotFound: there is no such dataset, version or table.
            Gone: a dataset that would go in was withdrawn.
            InvalidInput: a join is none of those there are, or too much is asked for.
        """
        parts = [self._part(slug, table)]
        places = {"": 0}
        for path in _paths(join):
            before, _, name = path.rpartition(":")
            step = self._step(parts[places[before]], name, path)
            part = self._part(step.dataset, step.table)
            places[path] = len(parts)
            alias = alias_for(step, parts, parts[places[before]])
            parts.append(replace(part, path=path, alias=alias, parent=places[before], step=step))
        unused = self._pinned.keys() - {part.dataset for part in parts}
        if unused:
            raise _refused("versions", f"{min(unused)!r} does not go in", f"{min(unused)!r} kommt nicht vor")
        schema, physical = joined_schema(parts)
        if len(schema.columns) > MAX_COLUMNS:
            raise _refused("join", f"more than {MAX_COLUMNS} columns", f"mehr als {MAX_COLUMNS} Spalten")
        used = [self._public(part.dataset).version for part in parts]
        lineage = lineage_of([input_of(self._session, version, self._settings) for version in used])
        return Joined(parts=tuple(parts), lineage=lineage, schema=schema, physical=physical)

    def offers(self, slug: str, table: str) -> list[Offer]:
        """Give the steps from a table of a public dataset that lead to what is public."""
        base = self._part(slug, table)
        found = []
        for step in self._steps(slug, table):
            try:
                target = self._part(step.dataset, step.table)
            except PortalError:  # not there, or not any more
                continue
            schema = target.source.schema
            if step.fits(base.source.schema, schema):
                placed = replace(target, path=step.name, alias=alias_for(step, [base], base), parent=0, step=step)
                columns = tuple(placed.name_of(name) for name in schema.names)
                found.append(Offer(step, target.title, step.multiplies(schema), columns))
        return found

    def _step(self, start: JoinedPart, name: str, path: str) -> Step:
        """Find the step called *name*; what it leads to must be public and have the columns of the key."""
        there = self._steps(start.dataset, start.table)
        if (step := next((one for one in there if one.name == name), None)) is None:
            step = self._named(start, name)
        if step is not None:
            try:
                if step.fits(start.source.schema, self._part(step.dataset, step.table).source.schema):
                    return step
            except NotFound:
                pass  # a key may name what is not released yet
        offered = [offer.step.name for offer in self.offers(start.dataset, start.table)]
        shown, listed = path[:200], ", ".join(offered[:20]) or "none"
        raise InvalidInput(
            f"join: from {start.dataset}/{start.table} there is no {shown!r}; there are: {listed}.",
            detail_de=f"join: von {start.dataset}/{start.table} gibt es kein {shown!r}; es gibt: {listed}.",
            parameter="join",
            joins=offered,
            similar=difflib.get_close_matches(name[:100], offered, n=3),
        )

    def _named(self, start: JoinedPart, name: str) -> Step | None:
        """Find a step to a dataset that the current references do not know: a pinned version, or one that is withdrawn."""
        slug, slash, _ = name.partition("/")
        if not slash or "@" in name:
            return None
        try:
            keys = references_of(slug, self._public(slug).version.descriptor)
        except NotFound:
            return None
        return next((one for one in steps_from(start.dataset, start.table, (), keys) if one.name == name), None)

    def _steps(self, slug: str, table: str) -> list[Step]:
        version = self._public(slug).version
        own = references_of(slug, version.descriptor)
        return steps_from(slug, table, own, self._referring(version, slug, table))

    def _referring(self, version: Version, slug: str, table: str) -> list[Reference]:
        """Give who refers to a table, of pinned datasets by what they said in that version."""
        current = self._references.to(self._session, version, slug, table)
        pinned = [
            one
            for name in self._pinned
            if name != slug
            for one in references_of(name, self._public(name).version.descriptor)
        ]
        return sorted({*(one for one in current if one.dataset == slug or one.dataset not in self._pinned), *pinned})

    def _part(self, slug: str, name: str) -> JoinedPart:
        public = self._public(slug)
        if name not in public.tables:
            raise no_such_table(slug, name, list(public.tables))
        described = next(one for one in public.version.descriptor["resources"] if one["name"] == name)
        return JoinedPart(
            path="",
            alias="",
            dataset=slug,
            table=name,
            version=public.version.number,
            title=LangString.of(described, "title") if described.get("title") else LangString(name),
            released_at=public.version.released_at,
            source=published_source(self._store, public.version, public.tables[name]),
        )

    def _public(self, slug: str) -> _Public:
        known = self._known.get(slug)
        if known is None:
            version = public_version(self._session, slug, self._pinned.get(slug))
            tables = {table.name: table for table in tables_of(self._session, version.id)}
            known = self._known[slug] = _Public(version, tables)
        return known


def _paths(text: str) -> Sequence[str]:
    """Give every path once, after the one it starts from."""
    if len(text) > _MAX_TEXT or any(not sign.isprintable() for sign in text):
        raise _refused("join", f"at most {_MAX_TEXT} printable characters", f"höchstens {_MAX_TEXT} druckbare Zeichen")
    found: dict[str, None] = {}
    for path in text.split(",") if text else ():
        names = path.split(":")
        if not all(names):
            raise _refused("join", "a name is empty", "ein Name ist leer")
        found.update((":".join(names[:stop]), None) for stop in range(1, len(names) + 1))
    if len(found) > MAX_JOINS:
        raise _refused("join", f"at most {MAX_JOINS} tables", f"höchstens {MAX_JOINS} Tabellen")
    return list(found)


def _refused(parameter: str, why: str, why_de: str) -> InvalidInput:
    return InvalidInput(f"{parameter}: {why}.", detail_de=f"{parameter}: {why_de}.", parameter=parameter)
