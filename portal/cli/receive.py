"""`portal receive`: any file into a dataset folder: plain CSV, a proposed datapackage.json, what was guessed and found."""

import json
from pathlib import Path
from typing import Any

import click

from portal.foundation.errors import InvalidDataset, InvalidInput
from portal.foundation.text import slugify
from portal.ingest.receive.accepting import receive_accepting, remedies
from portal.ingest.receive.delivery import Choices, Delivery
from portal.ingest.receive.stated import stated_choices
from portal.publishing.proposing import proposed_descriptor


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--into",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The dataset folder to write.",
)
@click.option("--name", help="Slug of the dataset; without it, made of the file's name.")
@click.option(
    "--choices",
    "choices_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What was chosen and accepted (choices.json of an earlier delivery).",
)
@click.option(
    "--accept",
    "accepted",
    multiple=True,
    metavar="CODE",
    help="Accept the remedy proposed for findings with this code (may be given several times).",
)
@click.option("--json", "as_json", is_flag=True, help="Print guesses, columns and findings as one JSON object.")
def receive(
    file: Path, folder: Path, name: str | None, choices_file: Path | None, accepted: tuple[str, ...], as_json: bool
) -> None:  # fmt: skip
    """Make a dataset folder of FILE: CSV, XLSX, XLS, ODS, JSON, GeoJSON, Parquet or a ZIP of them.

    Writes the tables as plain CSV, a datapackage.json whose gaps `portal check` names, and choices.json, which keeps
    what was accepted and lists under `proposed` what could be. Exit status 1 if there are errors.
    """
    click.echo(f"Reading {file.name} ({file.stat().st_size / 1e6:.1f} MB) …", err=True)
    delivery, choices = receive_accepting(
        file, filename=file.name, folder=folder, choices=_read_choices(choices_file), accepted=accepted
    )
    if delivery.tables:
        described = proposed_descriptor(name or slugify(file.stem), file.name, delivery.tables)
        _write(folder / "datapackage.json", described)
    proposed = [remedy.as_dict() for remedy in remedies(delivery)]
    _write(folder / "choices.json", {**choices.as_dict(), "proposed": proposed})
    _print(delivery, as_json)
    if delivery.report.has_errors:
        raise InvalidDataset(
            f"{delivery.report.errors} error(s) in {file.name}; {len(delivery.questions)} of them have a remedy to accept."
        )


def _read_choices(path: Path | None) -> Choices:
    if path is None:
        return Choices()
    try:
        described = json.loads(path.read_bytes())
    except ValueError as error:
        raise InvalidInput(f"{path.name} is not JSON: {error}.", detail_de=f"{path.name} ist kein JSON: {error}.") from None  # fmt: skip
    return stated_choices(described)


def _write(path: Path, described: dict[str, Any]) -> None:  # Any: JSON
    path.write_text(json.dumps(described, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _print(delivery: Delivery, as_json: bool) -> None:
    if as_json:
        tables = [
            {"name": table.name, "path": table.path.name, "rows": table.row_count, "guesses": [guess.as_dict() for guess in table.guesses]}
            for table in delivery.tables
        ]  # fmt: skip
        click.echo(json.dumps({"tables": tables, "report": delivery.report.as_dict()}, ensure_ascii=False))
        return
    for table in delivery.tables:
        click.echo(f"{table.path.name}: {table.row_count} rows, {len(table.columns)} columns")
        for guess in table.guesses:
            click.echo(f"  guessed: {guess.message.in_language('en')}")
    for finding in delivery.report.findings:
        place = " ".join(part for part in (finding.table, f"row {finding.row}" if finding.row else "", f"column {finding.column}" if finding.column else "") if part)  # fmt: skip
        remedy = f" [{finding.remedy.code}]" if finding.remedy else ""
        value = f" ({finding.value})" if finding.value else ""
        click.echo(f"{finding.severity} {finding.code} {place}: {finding.message.in_language('en')}{value}{remedy}")
