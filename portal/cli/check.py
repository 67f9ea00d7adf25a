"""`portal check`: is a dataset folder fit to be released?"""

import json
import sys
from pathlib import Path

import click

from portal.foundation.errors import InvalidDataset
from portal.publishing.checking import check_folders
from portal.publishing.folder_list import dataset_folders


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSON, one object a line.")
def check(folder: Path, as_json: bool) -> None:
    """Check dataset folders without touching the portal: form, types, keys, provenance ranges, personal data.

    FOLDER is a dataset folder or holds several; keys between them are checked too. Exit status 1 if anything is wrong.
    """
    folders = dataset_folders(folder)
    with click.progressbar(length=len(folders), label="Datasets", file=sys.stderr) as bar:
        findings = list(check_folders(folders, on_done=lambda: bar.update(1)))
    for dataset, finding in findings:
        line = {"dataset": dataset, **finding}
        message = finding.get("message")
        text = message.get("en") if isinstance(message, dict) else message
        place = (
            finding.get("pointer")
            or f"{finding.get('table') or ''} row {finding.get('row')} column {finding.get('column')}"
        )
        click.echo(json.dumps(line, ensure_ascii=False) if as_json else f"{dataset} {place}: {text}")
    if findings:
        raise InvalidDataset(
            f"{len(findings)} finding(s) in {len({dataset for dataset, _ in findings})} of {len(folders)} dataset(s)."
        )
    click.echo(f"{len(folders)} dataset(s) checked, nothing found.", err=True)
