"""Files sent as resources: tables of the draft, checked like every delivery; links are refused."""

import pytest

from tests.releases import versions
from tests.web.ckan.writing import CSV, PACKAGE, Writers


@pytest.fixture(scope="module")
def table(writers: Writers) -> str:
    """Id of the resource that is the table of the dataset `dateien`, which is public."""
    writers.done("emil", "package_create", **PACKAGE | {"name": "dateien"})
    return writers.send("emil", "resource_create", CSV, package_id="dateien")["id"]


def test_a_file_without_a_name_is_called_by_its_own(writers: Writers, table):
    shown = writers.done(None, "resource_show", id=table)

    assert (shown["table"], shown["rows"], shown["state"]) == ("baeume", 2, "active")


def test_a_file_replaces_the_table_and_its_words_change(writers: Writers, table):
    changed = writers.send(
        "emil", "resource_update", CSV + b"x-3,Buche\n", id=table, name="Alle Bäume", description="Jeder."
    )

    assert (changed["rows"], changed["name"], changed["description"]) == (3, "Alle Bäume (CSV)", "Jeder.")
    patched = writers.done("emil", "resource_patch", id=table, description="Jeder einzelne.")
    assert (patched["description"], patched["name"], patched["state"]) == (
        "Jeder einzelne.",
        "Alle Bäume (CSV)",
        "active",
    )


def test_a_file_with_errors_is_refused_with_every_finding(writers: Writers, table):
    before = versions(writers.portal, "dateien")
    answer = writers.sent("emil", "resource_update", b"id;name\nx-1;Linde\nSumme;\n", id=table)
    other = writers.sent("emil", "resource_patch", b"nr,art\n1,Linde\n", id=table)

    assert answer.status_code == other.status_code == 409
    assert "row 2" in answer.get_json()["error"]["upload"][0]
    assert "missing" in " ".join(other.get_json()["error"]["upload"])
    assert versions(writers.portal, "dateien") == before
    assert writers.done("emil", "package_show", id="dateien")["state"] == "active"
    taken = writers.send("emil", "resource_patch", b"nr,art\n1,Linde\n", id=table, columns="file")
    assert (taken["state"], taken["rows"]) == ("active", 1)


def test_what_is_no_file_is_refused(writers: Writers, table):
    assert list(writers.fields("emil", "resource_create", package_id="dateien", url="https://x.example/a.csv")) == [
        "upload"
    ]
    assert list(writers.fields("emil", "resource_update", id=table, url="https://x.example/a.csv")) == ["url"]
    assert list(writers.fields("emil", "resource_patch", id=table, farbe="rot")) == ["farbe"]
    assert writers.sent("emil", "resource_create", b"", package_id="dateien", name="leer").status_code == 409
    assert (
        writers.sent("emil", "resource_create", b"\x00\x01\xff" * 99, package_id="dateien", name="x").status_code == 409
    )
    assert writers.sent("emil", "resource_create", CSV, package_id="dateien", name="baeume").status_code == 409
    assert writers.call("emil", "resource_create", package_id="none").status_code == 404
    assert writers.call("emil", "resource_patch", id="none").status_code == 404


def test_what_is_made_from_a_table_is_not_changed_by_itself(writers: Writers, table):
    shown = writers.done(None, "package_show", id="dateien")
    xlsx = next(one["id"] for one in shown["resources"] if one["format"] == "XLSX")

    assert list(writers.fields("emil", "resource_delete", id=xlsx)) == ["id"]


def test_a_table_is_taken_out(writers: Writers):
    writers.done("emil", "package_create", **PACKAGE | {"name": "zwei-tabellen", "state": "draft"})
    kept = writers.send("emil", "resource_create", CSV, package_id="zwei-tabellen", name="eins")
    gone = writers.send("emil", "resource_create", CSV, package_id="zwei-tabellen", name="zwei")
    held = writers.done("emil", "resource_delete", id=gone["id"])
    writers.done("emil", "package_patch", id="zwei-tabellen", state="active")
    last = writers.done("emil", "resource_delete", id=kept["id"])

    assert held["state"] == "draft"
    assert (last["state"], "There is no table yet." in last["message"]) == ("draft", True)
    assert list(versions(writers.portal, "zwei-tabellen")[0].rows) == ["eins"]
