"""`portal export`: published files onto the disk."""

import shutil
import sys
from pathlib import Path

import click

from portal.catalogue.lookup import public_version
from portal.catalogue.reading import files_of, published_slugs
from portal.cli.parts import ready_portal
from portal.foundation.db import reading
from portal.publishing.catalog_documents import everything, whole


@click.command()
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@click.option("--dataset", "slugs", multiple=True, help="Only this dataset (may be given several times).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def export(target: Path, slugs: tuple[str, ...], as_json: bool) -> None:
    """Write the published files of all datasets, as they are served, below TARGET."""
    portal = ready_portal()
    with reading(portal.engine) as session:
        chosen = list(slugs) or list(session.scalars(published_slugs()))
        found = [(slug, file) for slug in chosen for file in files_of(session, public_version(session, slug, None).id)]
    with click.progressbar(found, label="Files", file=sys.stderr) as bar:
        for slug, file in bar:
            path = target / f"{slug}{file.name}" if file.name.startswith(".") else target / slug / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(portal.store.path(file.digest), path)
    if not slugs:
        parts = (portal.engine, portal.store, portal.settings)
        shutil.copyfile(portal.store.path(whole(*parts, ".ttl").digest), target / "catalog.ttl")
        shutil.copyfile(portal.store.path(everything(*parts).digest), target / "catalog.zip")
    click.echo(f'{{"files": {len(found)}}}' if as_json else f"{len(found)} files in {target}")
