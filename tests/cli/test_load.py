"""`portal load`: folders become versions; the same again changes nothing; what is wrong is said in one line."""

import json
from pathlib import Path

from tests.commands import call_portal
from tests.releases import trees


def test_a_folder_becomes_version_one(tmp_path: Path) -> None:
    done = call_portal("load", str(trees(tmp_path / "baeume", "Linde")), data=tmp_path / "data")

    assert done.returncode == 0
    assert done.stdout == "baeume: version 1\n"


def test_loading_the_same_again_does_nothing_and_a_change_makes_the_next_version(tmp_path: Path) -> None:
    folder = trees(tmp_path / "baeume", "Linde")
    first = call_portal("load", str(folder), "--json", data=tmp_path / "data")
    again = call_portal("load", str(folder), "--json", data=tmp_path / "data")
    trees(folder, "Linde", "Eiche")

    changed = call_portal("load", str(folder), "--json", "--notes", "Eine Eiche.", data=tmp_path / "data")

    assert json.loads(first.stdout) == {"dataset": "baeume", "version": 1}
    assert json.loads(again.stdout) == {"dataset": "baeume", "version": None}
    assert json.loads(changed.stdout) == {"dataset": "baeume", "version": 2}


def test_a_folder_of_folders_is_loaded_whole_one_json_line_each(tmp_path: Path) -> None:
    for slug in ("ahorn", "birke"):
        trees(tmp_path / "alle" / slug, "Baum", slug=slug)

    done = call_portal("load", str(tmp_path / "alle"), "--json", data=tmp_path / "data")

    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"dataset": "ahorn", "version": 1},
        {"dataset": "birke", "version": 1},
    ]


def test_a_broken_folder_is_refused_in_one_line_and_nothing_is_published(tmp_path: Path) -> None:
    folder = trees(tmp_path / "baeume", "Linde")
    (folder / "trees.csv").write_text("id,name\nx-1,Linde,zu viel\n", encoding="utf-8")

    done = call_portal("load", str(folder), data=tmp_path / "data")

    said = done.stderr.strip().splitlines()
    assert done.returncode == 1
    assert said[-1].startswith("Error: baeume, table trees, row 1")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not list((tmp_path / "data" / "blobs").rglob("*.ttl"))


def test_a_folder_without_a_dataset_is_refused(tmp_path: Path) -> None:
    (tmp_path / "leer").mkdir()

    done = call_portal("load", str(tmp_path / "leer"), data=tmp_path / "data")

    assert done.returncode == 1
    assert done.stderr.startswith("Error: There is no datapackage.json in ")


def test_a_folder_that_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    done = call_portal("load", str(tmp_path / "nirgends"), data=tmp_path / "data")

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
