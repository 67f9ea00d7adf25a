"""Read one CSV file of `schemas/vocabularies/`; every vocabulary is such a file (schemas/README.md)."""

import csv

from portal.foundation.errors import InvalidInput
from portal.foundation.resources import shipped


def read_table(name: str) -> list[dict[str, str]]:
    """Give the rows of the vocabulary file *name* (without suffix), in its order; cells are never None.

    Raises:
        InvalidInput: there is no such vocabulary.
    """
    folder = shipped("schemas") / "vocabularies"
    known = sorted(path.stem for path in folder.glob("*.csv"))
    if name not in known:
        raise InvalidInput(
            f"There is no vocabulary {name!r}; known are {', '.join(known)}.",
            detail_de=f"Es gibt kein Vokabular {name!r}; bekannt sind {', '.join(known)}.",
            vocabulary=name,
        )
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
