"""`portal receive` makes a dataset folder of a file, and says what is missing and what can be accepted."""

import json
from pathlib import Path

from click.testing import CliRunner

from portal.cli.check import check
from portal.cli.receive import receive
from portal.foundation.errors import InvalidDataset


def test_a_clean_file_becomes_a_folder_whose_gaps_check_names(tmp_path: Path) -> None:
    file = tmp_path / "Straßen 2024.csv"
    file.write_bytes("Straße;Länge\nHauptstraße;1,5\nRing;2,25\n".encode("cp1252"))

    done = CliRunner().invoke(receive, [str(file), "--into", str(tmp_path / "ds")])
    checked = CliRunner().invoke(check, [str(tmp_path / "ds")])

    assert done.exit_code == 0, done.output
    described = json.loads((tmp_path / "ds" / "datapackage.json").read_text())
    assert (described["name"], described["title"], described["proposed"]) == ("strassen-2024", "Straßen 2024.csv", True)
    assert [field["type"] for field in described["resources"][0]["schema"]["fields"]] == ["string", "number"]
    assert (tmp_path / "ds" / "strassen-2024.csv").read_text() == "Straße,Länge\nHauptstraße,1.5\nRing,2.25\n"
    assert "/licenses" in checked.output
    assert isinstance(checked.exception, InvalidDataset)


def test_questions_end_with_an_error_and_can_be_accepted(tmp_path: Path) -> None:
    file = tmp_path / "tage.csv"
    file.write_text("tag;n\n03/04/2024;1\n05/06/2024;2\n")
    into = ["--into", str(tmp_path / "ds"), "--json"]

    asked = CliRunner().invoke(receive, [str(file), *into])
    accepted = CliRunner().invoke(receive, [str(file), *into, "--accept", "date-ambiguous"])
    again = CliRunner().invoke(receive, [str(file), *into, "--choices", str(tmp_path / "ds" / "choices.json")])

    assert isinstance(asked.exception, InvalidDataset)
    assert [one["code"] for one in json.loads(asked.stdout)["report"]["findings"]] == ["date-ambiguous"]
    assert accepted.exit_code == again.exit_code == 0
    assert (tmp_path / "ds" / "tage.csv").read_text() == "tag,n\n2024-04-03,1\n2024-06-05,2\n"
    assert json.loads((tmp_path / "ds" / "choices.json").read_text())["accepted"][0]["code"] == "read-as"


def test_what_means_nothing_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    file = tmp_path / "tage.csv"
    file.write_text("tag;n\n2024-03-04;1\n")
    (tmp_path / "choices.json").write_text('{"encodng": "utf-8"}')
    into = [str(file), "--into", str(tmp_path / "ds")]

    accepted = CliRunner().invoke(receive, [*into, "--accept", "date-ambigous"])
    chosen = CliRunner().invoke(receive, [*into, "--choices", str(tmp_path / "choices.json")])

    assert "unknown: date-ambigous. There are: date-ambiguous" in str(accepted.exception)
    assert "unknown: encodng" in str(chosen.exception)
    assert not (tmp_path / "ds").exists()
