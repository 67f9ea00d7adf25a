"""Which columns of a table changed, and whose program breaks by it.

removed, retyped, looks renamed, other primary key    readers break: a warning
added, reordered, constraints                         readers that ask by name go on
title, description, unit, data protection class       harmless, but said
"""

from dataclasses import dataclass, replace

from portal.foundation.tableschema import Column, ColumnType
from portal.foundation.text import LangString
from portal.ingest.lexical import TIMESTAMP_UTC
from portal.ingest.typed import TypedTable


@dataclass(frozen=True)
class Retyped:
    """A column whose values are of another type than before."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Renamed:
    """A column that went and one that came and looks the same; both are among the removed and the added."""

    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class ColumnDifference:
    """What changed about the columns of a table; names, in the order of the table."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    retyped: tuple[Retyped, ...]
    renamed: tuple[Renamed, ...]
    constrained: tuple[str, ...]
    """Their constraints changed."""
    described: tuple[str, ...]
    """Only what is said about them changed."""
    reordered: bool
    """The columns of both stand in another order."""
    key_before: tuple[str, ...]
    key_after: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing changed."""
        listed = (self.added, self.removed, self.retyped, self.constrained, self.described)
        return not any(listed) and not self.reordered and not self.key_changed

    @property
    def key_changed(self) -> bool:
        return set(self.key_before) != set(self.key_after)

    @property
    def warnings(self) -> tuple[LangString, ...]:
        """Say for every change that breaks readers what will happen to them."""
        renamed = {one.before: one.after for one in self.renamed}
        said = [_looks_renamed(name, renamed[name]) if name in renamed else _is_removed(name) for name in self.removed]
        said += [_is_retyped(one) for one in self.retyped]
        return (*said, *([_has_other_key(self.key_before, self.key_after)] if self.key_changed else []))

    def as_dict(self) -> dict[str, object]:
        return {
            "added": list(self.added),
            "removed": list(self.removed),
            "retyped": [{"name": one.name, "before": one.before, "after": one.after} for one in self.retyped],
            "renamed": [{"before": one.before, "after": one.after} for one in self.renamed],
            "constrained": list(self.constrained),
            "described": list(self.described),
            "reordered": self.reordered,
            "primaryKey": {"before": list(self.key_before), "after": list(self.key_after)},
        }


def compare_columns(old: TypedTable, new: TypedTable) -> ColumnDifference:
    """Compare the columns of two states of a table by their names."""
    before = {column.name: (column, kind) for column, kind in zip(old.schema.columns, old.physical, strict=True)}
    after = {column.name: (column, kind) for column, kind in zip(new.schema.columns, new.physical, strict=True)}
    common = [name for name in after if name in before]
    retyped = [Retyped(name, _type(*before[name]), _type(*after[name])) for name in common]
    constrained = [name for name in common if before[name][0].constraints != after[name][0].constraints]
    return ColumnDifference(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        retyped=tuple(one for one in retyped if one.before != one.after),
        renamed=tuple(_renamed(old, new)),
        constrained=tuple(constrained),
        described=tuple(name for name in common if _is_described_anew(before[name][0], after[name][0])),
        reordered=common != [name for name in before if name in after],
        key_before=old.schema.primary_key,
        key_after=new.schema.primary_key,
    )


def _type(column: Column, physical: str) -> str:
    """Give the type as readers meet it: a datetime with an offset is written otherwise than one without."""
    return "datetime (UTC)" if column.type is ColumnType.DATETIME and physical == TIMESTAMP_UTC else str(column.type)


def _is_described_anew(old: Column, new: Column) -> bool:
    return replace(old, type=new.type, constraints=new.constraints) != new


def _renamed(old: TypedTable, new: TypedTable) -> list[Renamed]:
    """Pair columns that went with columns that came: same type, and the same place, title or name but for its spelling."""
    gone = [(at, one) for at, one in enumerate(old.schema.columns) if one.name not in new.schema.names]
    came = [(at, one) for at, one in enumerate(new.schema.columns) if one.name not in old.schema.names]
    pairs: list[Renamed] = []
    for at_before, before in gone:
        for at_after, after in came:
            alike = at_before == at_after or before.title == after.title or _spelt(before) == _spelt(after)
            if alike and before.type is after.type and after.name not in [pair.after for pair in pairs]:
                pairs.append(Renamed(before.name, after.name))
                break
    return pairs


def _spelt(column: Column) -> str:
    return "".join(sign for sign in column.name.casefold() if sign.isalnum())


def _is_removed(name: str) -> LangString:
    return LangString(
        f"Die Spalte „{name}“ fällt weg: Wer sie liest, findet sie nicht mehr.",
        f"Column “{name}” goes away: whoever reads it will not find it.",
    )


def _looks_renamed(before: str, after: str) -> LangString:
    return LangString(
        f"Die Spalte „{before}“ heißt anscheinend jetzt „{after}“: Wer sie unter dem alten Namen liest, findet sie nicht mehr.",
        f"Column “{before}” seems to be called “{after}” now: whoever reads it by its old name will not find it.",
    )


def _is_retyped(one: Retyped) -> LangString:
    return LangString(
        f"Die Spalte „{one.name}“ ist jetzt vom Typ {one.after} statt {one.before}: Wer mit dem alten Typ rechnet, bekommt Fehler.",
        f"Column “{one.name}” is now of type {one.after} instead of {one.before}: whoever relies on the old type will get errors.",
    )


def _has_other_key(before: tuple[str, ...], after: tuple[str, ...]) -> LangString:
    old, new = ", ".join(before), ", ".join(after)
    return LangString(
        f"Der Primärschlüssel ist jetzt {new or 'keiner'} statt {old or 'keiner'}: Adressen und Verknüpfungen einzelner Zeilen stimmen nicht mehr.",
        f"The primary key is now {new or 'none'} instead of {old or 'none'}: addresses of and links to single rows no longer hold.",
    )
