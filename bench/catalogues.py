"""Catalogues of many datasets to measure with.

    released        every dataset goes the whole way from folder to version, in two processes
    documents only  the record and all documents of a dataset (JSON and the four syntaxes of DCAT-AP.de) are made by the
                    portal's own functions, as in a release; the files of its table are those of the first dataset

The second way is for 10,000 datasets: what is measured there (the catalogue document, memory, start) reads the record and
the documents and never a table. `FULL=1` releases all of them.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from bench.processes import BASE_URL, portal_environment
from bench.synthetic import SMALL_ROWS, dataset_descriptor, write_dataset
from portal.catalogue.catalog import next_generation
from portal.catalogue.dataset import SEGMENT_SIZE, Dataset, State, Term, TermKind
from portal.catalogue.publisher import Publisher
from portal.catalogue.version import StoredFile, Table, Version
from portal.dcat.syntax import SYNTAXES
from portal.dcat.syntaxes import fragments, head, tail
from portal.dcat.to_graph import dataset_statements
from portal.exports.precompression import precompress
from portal.foundation.clock import now
from portal.foundation.config import Settings
from portal.foundation.db import reading, transaction
from portal.foundation.text import LangString
from portal.publishing.built import PreparedFile, stored_file
from portal.publishing.descriptor import licence_of
from portal.publishing.documents import Release, described, json_document, summary_document
from portal.vocabularies.licences import attribution
from portal.wiring import Portal, build

_PROCESSES = 2
_BATCH = 200


def release_datasets(data: Path, folders: Path, count: int) -> None:
    """Make *count* dataset folders below *folders* and release them into *data*: the first alone, then in processes."""
    for number in range(count):
        part = folders / (f"part{number % _PROCESSES}" if number else "first")
        write_dataset(part / f"bezirk-{number}", f"bezirk-{number}", SMALL_ROWS, number=number)
    release_folder(data, folders / "first")
    parts = sorted(folders.glob("part*"))
    loads = [
        subprocess.Popen(
            load_command(part), env=portal_environment(data), stdout=_NULL, stderr=subprocess.PIPE, text=True
        )
        for part in parts
    ]
    said = [load.communicate()[1] for load in loads]
    if any(load.returncode for load in loads):
        raise RuntimeError("The synthetic datasets could not be released: " + "\n".join(said))


_NULL = subprocess.DEVNULL


def load_command(folder: Path) -> list[str]:
    """Give the command that releases what lies in *folder*."""
    return [sys.executable, "-m", "portal.cli", "load", str(folder)]


def release_folder(data: Path, folder: Path) -> None:
    """Release what lies in *folder* into *data*, in a process of its own."""
    subprocess.run(load_command(folder), env=portal_environment(data), check=True, stdout=_NULL, stderr=_NULL)


def add_documents_only(data: Path, first: int, last: int) -> None:
    """Add datasets number *first* up to but not including *last*, whose table is that of the first dataset."""
    portal = build(Settings(data=data, base_url=BASE_URL))
    with reading(portal.engine) as session:
        model = session.scalars(
            select(Version)
            .join(Dataset, Dataset.current_version_id == Version.id)
            .where(Dataset.slug == "bezirk-0")
            .options(selectinload(Version.tables), selectinload(Version.files))
        ).one()
        publisher = session.scalars(select(Publisher)).one()
    for start in range(first, last, _BATCH):
        releases = [_release(number, publisher, model) for number in range(start, min(start + _BATCH, last))]
        _add(portal, releases, model)


def _release(number: int, publisher: Publisher, model: Version) -> Release:
    slug = f"bezirk-{number}"
    descriptor = dataset_descriptor(slug, number)
    licence, at = licence_of(descriptor), now()
    return Release(
        slug=slug,
        number=1,
        descriptor=descriptor,
        publisher=publisher,
        licence=licence,
        attribution=attribution(
            licence,
            publisher=publisher.name,
            title=LangString.of(descriptor, "title"),
            url=f"{BASE_URL}/datasets/{slug}",
        ),
        issued_at=at,
        released_at=at,
        notes="",
        rows={table.name: table.row_count for table in model.tables},
    )


def _add(portal: Portal, releases: list[Release], model: Version) -> None:
    shared = [file for file in model.files if file.table_name is not None or file.format in ("datapackage", "zip")]
    with portal.store.workshop() as workshop:
        documents = {release.slug: list(_documents(release, shared, workshop, portal.settings)) for release in releases}
        paths = [
            path for files in documents.values() for file in files for path in (file.path, file.compressed) if path
        ]
        blobs = portal.store.adopt(paths)
    with transaction(portal.engine) as session:
        for release in releases:
            generation = next_generation(session, at=release.released_at)
            dataset = Dataset(
                slug=release.slug,
                publisher_id=release.publisher.id,
                state=State.PUBLISHED,
                issued_at=release.issued_at,
                modified_at=release.released_at,
                title_de=release.descriptor["title"],
                changed_in=generation,
                terms=[
                    Term(kind=TermKind.KEYWORD, value=word, language="de") for word in release.descriptor["keywords"]
                ]
                + [Term(kind=TermKind.THEME, value=code) for code in release.descriptor["dcat"]["theme"]],
            )
            session.add(dataset)
            session.flush()
            dataset.segment = (dataset.id - 1) // SEGMENT_SIZE + 1
            version = Version(
                dataset_id=dataset.id,
                number=1,
                released_at=release.released_at,
                descriptor=release.descriptor,
                content_digest=f"{dataset.id:064x}",
                licence=release.licence.code,
                built_for=model.built_for,
                summary=summary_document(release, portal.settings),
                tables=[Table(**_facts(table)) for table in model.tables],
                files=[StoredFile(**_facts(file)) for file in shared]
                + [stored_file(file, blobs) for file in documents[release.slug]],
            )
            session.add(version)
            session.flush()
            dataset.current_version_id = version.id


def _documents(release: Release, files: list[StoredFile], workshop: Path, settings: Settings) -> Iterator[PreparedFile]:
    pieces = fragments(dataset_statements(described(release, files, settings)))
    contents = {".json": ("json", "application/json", json_document(release, files, settings))}
    for syntax in SYNTAXES:
        content = head(syntax) + pieces[syntax] + tail(syntax)
        contents[f".{syntax.suffix}"] = (syntax.name, syntax.media_type, content)
    for suffix, (name, media_type, content) in contents.items():
        path = workshop / f"{release.slug}{suffix}"
        path.write_bytes(content)
        prepared = PreparedFile(path=path, name=suffix, format=name, media_type=media_type)
        yield replace(prepared, compressed=precompress(path))


def _facts(record: Table | StoredFile) -> dict[str, object]:
    """Give the columns of a record but for its keys."""
    return {
        column.key: getattr(record, column.key)
        for column in record.__table__.columns
        if column.key not in ("id", "version_id")
    }
