"""CKAN's own client, library and command line, and the calls of a harvester: over HTTP, unchanged."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ckanapi import NotAuthorized, NotFound, RemoteCKAN, SearchQueryError, ValidationError


@pytest.fixture(params=[False, True], ids=["post", "get"])
def ckan(request, server):
    with RemoteCKAN(server, user_agent="tests", get_only=request.param) as remote:
        yield remote


def _run(server: str, *arguments: str) -> str:
    folder = Path(sys.executable).parent
    environment = os.environ | {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"
    }  # its workers look for themselves there
    done = subprocess.run(
        [str(folder / "ckanapi"), *arguments, "-r", server],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_library_lists_shows_and_searches(ckan):
    names = ckan.action.package_list()
    packages = [ckan.action.package_show(id=name) for name in names]
    found = ckan.action.package_search(q="verkehr", rows=1)

    assert names == ["archiv", "baeume", "strassen"]
    assert [one["name"] for one in packages] == names
    assert (found["count"], found["results"][0]["name"]) == (1, "strassen")


def test_the_library_reads_a_whole_table(ckan):
    resources = ckan.action.package_show(id="baeume")["resources"]
    table = next(one["id"] for one in resources if one["datastore_active"])

    rows, offset = [], 0
    while page := ckan.action.datastore_search(resource_id=table, limit=3, offset=offset)["records"]:
        rows, offset = rows + page, offset + len(page)

    assert [row["_id"] for row in rows] == [1, 2, 3, 4]


def test_the_library_knows_our_errors(ckan):
    with pytest.raises(NotFound):
        ckan.action.package_show(id="none")
    with pytest.raises(ValidationError) as refused:
        ckan.action.datastore_search()
    with pytest.raises(SearchQueryError):
        ckan.action.package_search(sort="colour")

    assert refused.value.error_dict["resource_id"] == ["Missing value"]


def test_a_writer_is_told_that_it_may_not(server):
    with RemoteCKAN(server, apikey="token") as remote, pytest.raises(NotAuthorized):
        remote.action.package_create(name="neu")


def test_the_command_line_calls_actions(server):
    assert json.loads(_run(server, "action", "package_list", "-j")) == ["archiv", "baeume", "strassen"]
    assert json.loads(_run(server, "action", "package_show", "id=baeume"))["name"] == "baeume"


def test_the_command_line_searches(server):
    lines = _run(server, "search", "datasets", "q=baeume").splitlines()

    assert [json.loads(line)["name"] for line in lines] == ["baeume"]


@pytest.mark.parametrize(("kind", "number"), [("datasets", 3), ("organizations", 1), ("groups", 1)])
def test_the_command_line_dumps_everything(server, tmp_path, kind, number):
    target = tmp_path / "dump.jsonl.gz"

    _run(server, "dump", kind, "--all", "-O", str(target), "-z", "-q")

    with gzip.open(target, "rt") as lines:
        assert len([json.loads(line)["name"] for line in lines]) == number


def test_a_harvester_takes_what_changed(ckan):
    everything, start = [], 0
    while True:
        page = ckan.action.package_search(
            fq="metadata_modified:[2026-01-01T00:00:00Z TO *]", rows=2, start=start, sort="id asc"
        )
        if not page["results"]:
            break
        everything += page["results"]
        start += 2
    newest = max(one["metadata_modified"] for one in everything)
    later = ckan.action.package_search(fq=f"metadata_modified:[{newest}Z TO *] AND organization:datenwerkstatt")

    assert len({one["id"] for one in everything}) == page["count"] == 3
    assert later["count"] == 1
