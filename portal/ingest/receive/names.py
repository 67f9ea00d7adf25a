"""Names of columns: several lines become one, gaps are filled, twins numbered; every change is a finding."""

from portal.ingest.receive.cells import is_empty
from portal.ingest.receive.task import Notes
from portal.ingest.report import Remedy, Severity


def joined(lines: list[list[str]]) -> list[str]:
    """Give one name a column: upper lines spread to the right over their gaps, then top to bottom with a blank."""
    if len(lines) == 1:
        return lines[0]
    spread = []
    for line in lines[:-1]:
        filled: list[str] = []
        for index, cell in enumerate(line):
            below = lines[-1][index]
            filled.append(cell if not is_empty(cell) or not filled or is_empty(below) else filled[-1])
        spread.append(filled)
    return [
        " ".join(part.strip() for part in column if not is_empty(part))
        for column in zip(*spread, lines[-1], strict=True)
    ]


def whole_names(notes: Notes, raw: list[str]) -> tuple[str, ...]:
    """Give a name to every column: blanks tidied, gaps filled, twins numbered; each change is a finding."""
    names: list[str] = []
    for number, text in enumerate(raw, start=1):
        tidy = " ".join(text.replace("\ufeff", "").split())
        name = tidy[:200] or f"spalte_{number}"
        if tidy and name != text:
            notes.add(
                "name-tidied",
                Severity.NOTE,
                f"Der Name {text!r} wurde zu {name!r}.",
                f"The name {text!r} became {name!r}.",
                column=name,
            )
        taken = {one.lower() for one in names} | {"_row", "file_row_number"}
        unique, twin = name, 2
        while unique.lower() in taken:
            unique, twin = f"{name[:195]}_{twin}", twin + 1
        if unique != name:
            notes.add(
                "duplicate-column",
                Severity.WARNING,
                f"Die Spalte {name!r} gibt es mehrmals; diese heißt nun {unique!r}.",
                f"There are several columns {name!r}; this one is called {unique!r} now.",
                column=unique,
                remedy=Remedy(code="rename-column", column=unique, parameters={"name": unique}),
            )
        names.append(unique)
    return tuple(names)
