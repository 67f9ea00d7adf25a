"""CKAN's own client, library and command line, and the calls of a harvester: over HTTP, unchanged."""

import gzip
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ckanapi import NotAuthorized, NotFound, RemoteCKAN, SearchQueryError, ValidationError

from tests.web.ckan.writing import CSV, PACKAGE


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


def test_a_writer_without_a_token_is_told_that_it_may_not(server):
    with RemoteCKAN(server, apikey="token") as remote, pytest.raises(NotAuthorized):
        remote.action.package_create(name="neu")


def test_the_library_publishes_a_dataset_and_keeps_it_up(writers, writers_server, tmp_path):
    file = tmp_path / "bäume.csv"
    file.write_bytes(CSV)
    with RemoteCKAN(writers_server, apikey=writers.tokens["emil"]) as remote, RemoteCKAN(writers_server) as public:
        made = remote.action.package_create(**PACKAGE | {"name": "mit-ckanapi"})
        with file.open("rb") as content:
            table = remote.action.resource_create(package_id=made["id"], name="Bäume", upload=content)
        remote.action.datastore_create(resource_id=table["id"], primary_key=["id"], force=True)
        remote.action.datastore_upsert(resource_id=table["id"], records=[{"id": "x-3", "name": "Buche"}], force=True)
        shown = remote.action.package_show(id=made["name"])
        shown["title"] = "Anders"
        updated = remote.call_action("package_update", shown)

        assert (made["state"], updated["state"], updated["title"]) == ("draft", "active", "Anders")
        rows = public.action.datastore_search(resource_id=table["id"], sort="id")["records"]
        assert [row["name"] for row in rows] == ["Linde", "Ahorn", "Buche"]
        assert public.action.package_show(id="mit-ckanapi")["title"] == "Anders"
        with pytest.raises(ValidationError) as taken:
            remote.action.package_create(**PACKAGE | {"name": "mit-ckanapi"})
        with pytest.raises(NotAuthorized):
            remote.action.dataset_purge(id="mit-ckanapi")
        remote.action.package_delete(id="mit-ckanapi")
        with pytest.raises(NotFound):
            public.action.package_show(id="mit-ckanapi")

    assert taken.value.error_dict["name"] == ["That URL is already in use."]


def test_the_library_makes_a_table_and_fills_it_in_many_calls(writers, writers_server):
    rows = [{"nr": nr, "art": f"Baum {nr}"} for nr in range(30)]
    fields = [{"id": "nr", "type": "int"}, {"id": "art", "type": "text"}]
    with RemoteCKAN(writers_server, apikey=writers.tokens["emil"]) as remote, RemoteCKAN(writers_server) as public:
        remote.action.package_create(**PACKAGE | {"name": "ladeskript", "state": "draft"})
        resource = remote.action.resource_create(package_id="ladeskript", name="Bäume", url="")
        made = remote.action.datastore_create(resource_id=resource["id"], fields=fields, primary_key=["nr"], force=True)
        for first in range(0, 30, 10):
            chunk = rows[first : first + 10]
            remote.action.datastore_upsert(resource_id=resource["id"], records=chunk, method="upsert", force=True)
        remote.action.package_patch(id="ladeskript", state="active")
        first = public.action.datastore_search(resource_id=resource["id"])["records"]
        remote.action.datastore_delete(resource_id=resource["id"], force=True)
        remote.action.datastore_create(resource_id=resource["id"], records=rows[:2], force=True)
        second = public.action.datastore_search(resource_id=resource["id"])["records"]

    assert (made["state"], "has no rows yet" in made["message"]) == ("draft", True)
    assert [{"nr": row["nr"], "art": row["art"]} for row in first] == rows
    assert [row["nr"] for row in second] == [0, 1]


def test_the_library_revises_a_package_in_depth(writers, writers_server):
    with RemoteCKAN(writers_server, apikey=writers.tokens["emil"]) as remote:
        remote.action.package_create(**PACKAGE | {"name": "revidiert", "resources": [{"name": "t"}]})
        revised = remote.action.package_revise(
            match={"name": "revidiert", "title": "Neue Bäume"},
            filter=["-tags__0", "-notes"],
            update__resources__0__description="Genau.",
            update__tags__extend=[{"name": "Ast"}],
            include=["+resources", "+tags", "+notes", "-*"],
        )["package"]
        with pytest.raises(ValidationError) as other:
            remote.action.package_revise(match__name="revidiert", match__tags__0__name="Baum", update__title="X")
        with pytest.raises(ValidationError) as nowhere:
            remote.action.package_revise(match__name="revidiert", update__resources__7__name="X")

    assert revised["resources"][0]["description"] == "Genau."
    assert ([one["name"] for one in revised["tags"]], revised["notes"]) == (["Ast", "Grün"], "")
    assert "match" in other.value.error_dict
    assert "resources__7__name" in nowhere.value.error_dict


def test_calls_at_the_same_moment_lose_nothing_of_each_other(writers, writers_server):
    with RemoteCKAN(writers_server, apikey=writers.tokens["emil"]) as remote:
        remote.action.package_create(**PACKAGE | {"name": "zugleich"})
        table = remote.action.datastore_create(
            resource={"package_id": "zugleich", "name": "t"}, primary_key="nr", records=[{"nr": 0}]
        )["resource_id"]

    def put(number: int) -> str:
        with RemoteCKAN(writers_server, apikey=writers.tokens["emil"]) as one:
            try:
                return str(one.action.datastore_upsert(resource_id=table, records=[{"nr": number}])["state"])
            except ValidationError:
                return "refused"

    with ThreadPoolExecutor(3) as pool:
        states = list(pool.map(put, range(1, 4)))
    with RemoteCKAN(writers_server) as public:
        there = {row["nr"] for row in public.action.datastore_search(resource_id=table)["records"]}

    assert {number for number, state in enumerate(states, start=1) if state == "active"} <= there
    assert "refused" in states or there == {0, 1, 2, 3}


def test_what_one_portal_dumps_another_loads(server, writers, writers_server, tmp_path):
    dumped, again = tmp_path / "dump.jsonl", tmp_path / "again.jsonl"
    token = ["-a", writers.tokens["ole"]]
    _run(server, "dump", "datasets", "archiv", "strassen", "-O", str(dumped), "-q")
    _run(writers_server, "load", "datasets", "-I", str(dumped), "-q", *token)
    _run(writers_server, "load", "datasets", "-I", str(dumped), "-q", *token)
    _run(writers_server, "dump", "datasets", "archiv", "strassen", "-O", str(again), "-q", *token)

    def told(package: dict) -> dict:
        keys = ("name", "title", "notes", "license_id", "groups", "author", "maintainer", "maintainer_email", "type")
        extras = {one["key"]: one["value"] for one in package["extras"] if one["key"] not in _OF_THE_PORTAL}
        return {key: package[key] for key in keys} | {
            "extras": extras,
            "tags": [tag["name"] for tag in package["tags"]],
        }

    before, after = ([json.loads(line) for line in file.read_text().splitlines()] for file in (dumped, again))
    assert [one["state"] for one in after] == ["draft", "draft"]
    assert [told(one) for one in after] == [told(one) for one in before]


_OF_THE_PORTAL = frozenset(
    ["uri", "identifier", "publisher_uri", "attribution", "version_url", "draft_missing", "draft_url"]
)  # addresses, and how far a draft is


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
