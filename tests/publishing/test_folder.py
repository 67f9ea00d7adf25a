"""A dataset folder is read defensively: what is wrong with it is said, and nothing outside it is read."""

import json
from pathlib import Path

import pytest

from portal.foundation.errors import InvalidDataset
from portal.publishing.folder import MAX_DESCRIPTOR_BYTES, is_name, read_folder
from tests.builders import a_folder
from tests.releases import trees


def test_a_folder_is_read_with_its_tables_and_their_schemas(tmp_path: Path) -> None:
    source = read_folder(a_folder(tmp_path / "b", slug="baeume"))

    assert source.slug == "baeume"
    assert [(table.name, table.path, table.schema.names) for table in source.tables] == [
        ("trees", tmp_path / "b" / "trees.csv", ("id", "name"))
    ]


def test_equal_content_has_an_equal_digest_wherever_it_lies(tmp_path: Path) -> None:
    first, second = trees(tmp_path / "a", "Linde"), trees(tmp_path / "b", "Linde")

    assert read_folder(first).content_digest == read_folder(second).content_digest


def test_another_cell_or_another_word_gives_another_digest(tmp_path: Path) -> None:
    folders = [
        trees(tmp_path / "a", "Linde"),
        trees(tmp_path / "b", "Eiche"),
        trees(tmp_path / "c", "Linde", title="Andere Bäume"),
    ]

    assert len({read_folder(folder).content_digest for folder in folders}) == len(folders)


def test_a_folder_without_a_descriptor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidDataset, match=r"no datapackage\.json"):
        read_folder(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"name": "\\ud800"}', "\x00", "null", "[]", "7"])
def test_a_descriptor_that_is_no_json_object_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "datapackage.json").write_text(text)

    with pytest.raises(InvalidDataset):
        read_folder(tmp_path)


def test_a_descriptor_beyond_the_limit_is_not_even_parsed(tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_text(" " * (MAX_DESCRIPTOR_BYTES + 1))

    with pytest.raises(InvalidDataset, match="larger than"):
        read_folder(tmp_path)


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/secret.csv", "missing.csv", "sub/../../secret.csv", "t.txt"])
def test_a_table_outside_the_folder_or_without_a_file_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.csv").write_text("id\n1\n")
    folder = a_folder(tmp_path / "b")
    descriptor = json.loads((folder / "datapackage.json").read_bytes())
    descriptor["resources"][0]["path"] = path
    (folder / "datapackage.json").write_text(json.dumps(descriptor))

    with pytest.raises(InvalidDataset):
        read_folder(folder)


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("id,name\n1,a\n")
    folder = a_folder(tmp_path / "b")
    (folder / "trees.csv").unlink()
    (folder / "trees.csv").symlink_to(tmp_path / "secret.csv")

    with pytest.raises(InvalidDataset, match="not in the folder"):
        read_folder(folder)


def test_a_schema_that_cannot_be_stored_is_refused_with_the_table_s_name(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "b")
    descriptor = json.loads((folder / "datapackage.json").read_bytes())
    descriptor["resources"][0]["schema"]["primaryKey"] = ["nummer"]
    (folder / "datapackage.json").write_text(json.dumps(descriptor))

    with pytest.raises(InvalidDataset, match="baeume/trees: A key names the column 'nummer'"):
        read_folder(folder)


@pytest.mark.parametrize(
    ("text", "fits"),
    [("baeume", True), ("b-1_x", True), ("2018", True), ("", False), ("-b", False), ("Bäume", False), ("a/b", False)],
)
def test_a_name_fits_an_address(text: str, fits: bool) -> None:
    assert is_name(text) is fits


def test_a_name_has_at_most_a_hundred_signs() -> None:
    assert is_name("a" * 100)
    assert not is_name("a" * 101)
