"""`portal load`: dataset folders into the catalogue."""

import json
import os
import sys
from pathlib import Path

import click

from portal.cli.parts import ready_portal
from portal.curation.working import take_up
from portal.foundation.clock import now
from portal.publishing.catalog_documents import refresh
from portal.publishing.folder_list import dataset_folders, folder_to_load
from portal.publishing.rebuild import draft_digests, referred_digests
from portal.publishing.seed import load as load_folders
from portal.publishing.seed import news
from portal.wiring import Portal


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--notes", default="", help="What is new in this version, for its readers.")
@click.option(
    "--at-start",
    is_flag=True,
    help="Finish interrupted releases first, and leave alone what people have in hand (done by serve).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per dataset.")
def load(folder: Path | None, notes: str, at_start: bool, as_json: bool) -> None:
    """Release every dataset in FOLDER that is not public as it is (no FOLDER: the shipped catalogue).

    FOLDER is a dataset folder (datapackage.json and CSV files) or holds several. Loading the same again changes
    nothing; loading a changed one makes the next version.
    """
    portal = ready_portal()
    if at_start:
        _repair(portal)
    chosen = folder.resolve() if folder else folder_to_load(portal.settings)
    if chosen is None:
        return
    folders = dataset_folders(chosen)
    if at_start:
        folders = news(portal.engine, folders)
    with click.progressbar(length=len(folders), label="Datasets", file=sys.stderr) as bar:
        done = load_folders(
            portal.engine,
            portal.store,
            portal.settings,
            folders,
            drafts=portal.drafts,
            actor="command:load",
            at=now(),
            notes=notes,
            processes=os.cpu_count() or 1,
        )
        for loaded in done:
            bar.update(1)
            if loaded.withdrawn:
                click.echo(f"{loaded.slug}: withdrawn, left as it is (portal restore {loaded.slug})", err=True)
            if as_json:
                click.echo(json.dumps({"dataset": loaded.slug, "version": loaded.version}))
            elif loaded.version:
                click.echo(f"{loaded.slug}: version {loaded.version}")
    refresh(portal.engine, portal.store, portal.settings)


def _repair(portal: Portal) -> None:
    for slug in take_up(portal.engine, portal.store, portal.settings, drafts=portal.drafts, at=now()):
        click.echo(f"{slug}: an interrupted release was finished", err=True)
    portal.store.sweep(referred_digests(portal.engine))
    portal.drafts.sweep(draft_digests(portal.engine))
