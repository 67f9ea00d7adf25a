"""Steps from a table to those it can be joined with, and what they are called in `join=`.

    idea_id                                        a key of the table: each row finds one row, or none
    from_id@orte/places                            the same, where a column names rows of different tables
    posters.idea_id                                a key of another table that names this one: a row finds none, one or many
    open-data-empfehlungen/recommendations.idea_id the same in another dataset
    a~b                                            a key of two columns

A step that finds many rows repeats the row it starts from; `multiplies` says so.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.foundation.tableschema import TableSchema
from portal.publishing.references import Reference

_ENCODED = {sign: f"%{ord(sign):02X}" for sign in "%,:.~@/"}


@dataclass(frozen=True, kw_only=True)
class Step:
    """A declared key, as it is followed from one table to another."""

    name: str
    short: str
    """What the columns gained are called by, if nothing else is called so."""
    key: Reference
    backwards: bool
    """The other table's key names this one."""

    @property
    def dataset(self) -> str:
        """The dataset that the step leads to."""
        return self.key.dataset if self.backwards else self.key.target_dataset

    @property
    def table(self) -> str:
        return self.key.table if self.backwards else self.key.target_table

    @property
    def here(self) -> tuple[str, ...]:
        """Columns of the table it starts from."""
        return self.key.referenced if self.backwards else self.key.columns

    @property
    def there(self) -> tuple[str, ...]:
        """Columns of the table it leads to, in the same order."""
        return self.key.columns if self.backwards else self.key.referenced

    def fits(self, start: TableSchema, target: TableSchema) -> bool:
        """Tell whether the columns of the key are public in both tables."""
        where = {name for name, _ in self.key.where}
        referring, referred = (target, start) if self.backwards else (start, target)
        return {*self.key.columns, *where} <= set(referring.names) and set(self.key.referenced) <= set(referred.names)

    def multiplies(self, target: TableSchema) -> bool:
        """Tell whether a row may find several: it cannot if the columns there are a key, or unique."""
        if not self.there:
            return True
        one = len(self.there) == 1 and target.column(self.there[0]).constraints.unique
        return not (one or (target.primary_key and set(target.primary_key) <= set(self.there)))


def steps_from(dataset: str, table: str, own: Iterable[Reference], referring: Iterable[Reference]) -> list[Step]:
    """Give the steps from a table: along its *own* keys, then along those of tables *referring* to it."""
    found = [_forwards(key, dataset) for key in own if (key.dataset, key.table) == (dataset, table)]
    found += [
        _backwards(key, dataset) for key in referring if (key.target_dataset, key.target_table) == (dataset, table)
    ]
    return _told_apart([step for step in found if step.here])


def _forwards(key: Reference, dataset: str) -> Step:
    columns, target = _listed(key.columns), _table(key.target_dataset, key.target_table, dataset)
    short = key.target_table if key.where else "_".join(name.removesuffix("_id") or name for name in key.columns)
    return Step(name=f"{columns}@{target}" if key.where else columns, short=short, key=key, backwards=False)


def _backwards(key: Reference, dataset: str) -> Step:
    name = f"{_table(key.dataset, key.table, dataset)}.{_listed(key.columns)}"
    return Step(name=name, short=key.table, key=key, backwards=True)


def _told_apart(steps: Sequence[Step]) -> list[Step]:
    """Give each step a name of its own: a second key of the same columns says where it leads; what is still the same is left out."""
    often = Counter(step.name for step in steps)
    named = [
        Step(name=f"{one.name}@{one.dataset}/{one.table}", short=one.table, key=one.key, backwards=False)
        if often[one.name] > 1 and not one.backwards
        else one
        for one in steps
    ]
    return list({step.name: step for step in reversed(named)}.values())[::-1]


def _table(dataset: str, table: str, seen_from: str) -> str:
    return table if dataset == seen_from else f"{dataset}/{table}"


def _listed(columns: Sequence[str]) -> str:
    return "~".join("".join(_ENCODED.get(sign, sign) for sign in name) for name in columns)
