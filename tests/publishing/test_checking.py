"""A folder is checked without a portal: form, keys into other folders, provenance, personal data."""

from pathlib import Path

import pytest

from portal.foundation.resources import shipped
from portal.publishing.checking import check_folders
from portal.publishing.folder_list import dataset_folders
from tests.builders import a_field, a_folder, a_table
from tests.releases import trees

KEY = a_field("id")
PROVENANCE = tuple(a_field(name) for name in ("source_document", "source_line_from", "source_line_to"))
EXTERNAL = [{"fields": ["place"], "reference": {"package": "orte", "resource": "places", "fields": ["id"]}}]


def findings(*folders: Path) -> list[tuple[str, str, object]]:
    """Give (dataset, code, row) of every finding."""
    found = check_folders(list(folders), on_done=lambda: None)
    return [(dataset, finding.get("code", finding.get("pointer")), finding.get("row")) for dataset, finding in found]


def with_places(path: Path, *places: str | None) -> Path:
    fields = (KEY, a_field("place"))
    rows = [(f"b-{number}", place) for number, place in enumerate(places, start=1)]
    table = a_table(fields=fields, rows=rows, schema=a_schema(fields))
    return a_folder(path, slug="baeume", tables={"trees": table})


def a_schema(fields: tuple[dict[str, object], ...]) -> dict[str, object]:
    return {"fields": list(fields), "primaryKey": ["id"], "externalKeys": EXTERNAL}


def places(path: Path) -> Path:
    return a_folder(path, slug="orte", tables={"places": a_table(rows=[("krefeld", "Krefeld")])})


def documents(path: Path) -> Path:
    table = a_table(fields=(KEY, a_field("text_lines", "integer")), rows=[("doc-1", 100)])
    return a_folder(path, slug="documents", tables={"documents": table})


def quoting(path: Path, *quotes: tuple[str | None, int | None, int | None]) -> Path:
    rows = [(f"z-{number}", *quote) for number, quote in enumerate(quotes, start=1)]
    return a_folder(path, slug="zitate", tables={"quotes": a_table(fields=(KEY, *PROVENANCE), rows=rows)})


def test_the_shipped_catalogue_has_no_finding() -> None:
    folders = dataset_folders(shipped("datasets"))
    done: list[int] = []

    found = list(check_folders(folders, on_done=lambda: done.append(1)))

    assert found == []
    assert len(done) == len(folders)


def test_a_key_into_another_folder_must_be_there(tmp_path: Path) -> None:
    folder = with_places(tmp_path / "baeume", "krefeld", "atlantis", None)

    assert findings(folder, places(tmp_path / "orte")) == [("baeume", "foreign-key", 2)]


def test_keys_into_a_dataset_that_is_not_at_hand_are_passed_over(tmp_path: Path) -> None:
    assert findings(with_places(tmp_path / "baeume", "atlantis")) == []


def test_quoted_lines_must_lie_in_their_document(tmp_path: Path) -> None:
    folder = quoting(
        tmp_path / "zitate",
        ("doc-1", 1, 100),
        ("doc-1", 99, 101),
        ("doc-1", 0, 1),
        ("doc-1", 7, 6),
        ("doc-9", 1, 1),
        ("doc-1", None, 5),
        (None, None, None),
    )

    found = findings(folder, documents(tmp_path / "documents"))

    assert found == [("zitate", "provenance-range", row) for row in (2, 3, 4, 5, 6)]


def test_every_kind_of_fault_is_told_of_every_folder(tmp_path: Path) -> None:
    personal = trees(tmp_path / "personal", "Erika Mustermann", slug="personal")
    twice = trees(tmp_path / "twice", "Linde", slug="twice")
    (twice / "trees.csv").write_text("id,name\nx-1,Linde\nx-1,Eiche\n")
    wrong = trees(tmp_path / "wrong", "Linde", slug="wrong", title="")
    nothing = tmp_path / "nothing"
    nothing.mkdir()

    found = findings(personal, twice, wrong, nothing)

    assert {dataset for dataset, _, _ in found} == {"personal", "twice", "wrong", "nothing"}
    assert ("personal", "personal-name", 1) in found
    assert ("wrong", "missing", None) in found
    assert ("nothing", "descriptor", None) in found


@pytest.mark.parametrize("text", ["", "\ufeff", "id;name\nx-1;Linde\n", "id,name\nx-1\n", "id,name\n\x00,\n"])
def test_a_table_that_cannot_be_read_is_a_finding_and_not_a_crash(tmp_path: Path, text: str) -> None:
    folder = trees(tmp_path / "b", "Linde")
    (folder / "trees.csv").write_text(text, encoding="utf-8")

    assert {dataset for dataset, _, _ in findings(folder)} == {"b"}
