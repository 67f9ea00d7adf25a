"""What was chosen for a file and met nothing in it: a column, a sheet or a member that is not there, a way to read that it has no use for.

Said of this very file it is an error; remembered from an earlier one it is a warning, for a habit must not stop today's
delivery. An accepted remedy for a column that is not there is only noted: its question cannot be open.
"""

from collections.abc import Iterator

from portal.ingest.receive.delivery import ALL_SHEETS, Choices
from portal.ingest.receive.task import Met, Notes
from portal.ingest.report import Severity

SETTINGS = ("encoding", "delimiter", "quote", "header_row", "header_rows", "sheets")
"""What of `Choices` is about the whole of a file, by kind of file asked for or not."""
_SHOWN = 50
"""A sentence names so many columns or sheets at most."""


def note_unused(notes: Notes, choices: Choices, met: Met, severity: Severity) -> None:
    """Note what of *choices* met nothing, those of the parts among them."""
    names, parts, asked = met.of(choices)
    for name in [one for one in choices.columns if one not in names]:
        columns = _listed(names)
        notes.add(
            "unknown-choice",
            severity,
            f"Festgelegt ist etwas für die Spalte {name!r}, die es hier nicht gibt; es gibt: {columns}.",
            f"Something is chosen for the column {name!r}, which is not here; there are: {columns}.",
            column=name,
        )
    for name in [one for one in choices.parts if one not in parts]:
        members = _listed(parts)
        notes.add(
            "unknown-part",
            severity,
            f"Festgelegt ist etwas für den Teil {name!r}, den es hier nicht gibt; es gibt: {members}.",
            f"Something is chosen for the part {name!r}, which is not here; there are: {members}.",
            value=name,
        )
    for setting in [one for one in _set(choices) if one not in asked]:
        notes.add(
            "choice-without-use",
            severity,
            f"Festgelegt ist {setting}; für diese Art von Datei bedeutet das nichts.",
            f"There is a choice of {setting}; for this kind of file it means nothing.",
        )
    for remedy in choices.accepted:
        if remedy.column is not None and remedy.column not in names:
            code = remedy.code
            notes.add(
                "remedy-without-column",
                Severity.NOTE,
                f"Angenommen ist {code} für eine Spalte, die es hier nicht gibt.",
                f"{code} is accepted for a column that is not here.",
                column=remedy.column,
            )
    for name, part in choices.parts.items():
        if name in parts:
            note_unused(notes, part, met, severity)


def _set(choices: Choices) -> Iterator[str]:
    """Give the settings that were chosen; to take every sheet means something for every file."""
    for setting in SETTINGS:
        if getattr(choices, setting) not in (None, (), ALL_SHEETS):
            yield setting


def _listed(names: list[str]) -> str:
    shown = list(dict.fromkeys(names))
    return ", ".join(shown[:_SHOWN]) + (" …" if len(shown) > _SHOWN else "")
