"""CKAN's envelope, shapes and errors: what clients read, and what they are told when they ask wrongly."""

import json
import uuid

import pytest

from portal.accounts.actor import command
from portal.foundation.text import LangString
from portal.publishing.withdrawal import withdraw
from tests.releases import NOON, publish
from tests.releases import trees as a_tree_folder

PACKAGE_KEYS = {
    "id",
    "name",
    "title",
    "notes",
    "author",
    "author_email",
    "maintainer",
    "maintainer_email",
    "url",
    "version",
    "state",
    "type",
    "private",
    "isopen",
    "license_id",
    "license_title",
    "owner_org",
    "creator_user_id",
    "metadata_created",
    "metadata_modified",
    "num_resources",
    "num_tags",
    "organization",
    "groups",
    "tags",
    "extras",
    "resources",
    "relationships_as_subject",
    "relationships_as_object",
}
RESOURCE_KEYS = {
    "id",
    "package_id",
    "name",
    "description",
    "format",
    "url",
    "url_type",
    "mimetype",
    "mimetype_inner",
    "size",
    "hash",
    "created",
    "last_modified",
    "metadata_modified",
    "position",
    "resource_type",
    "state",
    "cache_url",
    "cache_last_updated",
    "datastore_active",
}


@pytest.mark.parametrize("address", ["/api/3/action", "/api/action"])
@pytest.mark.parametrize("way", ["get", "json", "form", "untyped"])
def test_an_action_is_reached_by_every_way_that_clients_use(client, address, way):
    path = f"{address}/package_show"
    answer = {
        "get": lambda: client.get(f"{path}?id=baeume"),
        "json": lambda: client.post(path, json={"id": "baeume"}),
        "form": lambda: client.post(path, data={"id": "baeume"}),
        "untyped": lambda: client.post(path, data='{"id": "baeume"}', content_type="application/x-www-form-urlencoded"),
    }[way]()

    told = answer.get_json()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json;charset=utf-8"
    assert told["success"] is True
    assert told["help"] == "https://daten.example/api/3/action/help_show?name=package_show"
    assert told["result"]["name"] == "baeume"


def test_a_package_has_every_key_and_ids_that_stay(result):
    package = result("package_show", id="baeume")

    assert set(package) >= PACKAGE_KEYS
    assert all(set(resource) >= RESOURCE_KEYS for resource in package["resources"])
    assert package["id"] == str(uuid.uuid5(uuid.NAMESPACE_URL, "https://daten.example/id/dataset/baeume"))
    assert result("package_show", id=package["id"]) == package
    assert (package["version"], package["private"], package["isopen"]) == ("2", False, True)
    assert package["license_id"] == "dl-de-zero-2.0"
    assert len({resource["id"] for resource in package["resources"]}) == package["num_resources"] == 19
    assert [one["position"] for one in package["resources"]] == list(range(19))
    assert [one["table"] for one in package["resources"] if one["datastore_active"]] == ["trees", "more"]
    assert all(one["url"].startswith("https://daten.example/datasets/baeume") for one in package["resources"])
    assert all(isinstance(one["value"], str) for one in package["extras"])
    assert "+" not in package["metadata_modified"]
    assert "Z" not in package["metadata_modified"]


def test_every_resource_leads_to_a_file_that_is_there(client, result):
    for resource in result("package_show", id="baeume")["resources"]:
        answer = client.get(resource["url"].removeprefix("https://daten.example"))
        assert answer.status_code == 200
        assert len(answer.data) == resource["size"]
        assert result("resource_show", id=resource["id"]) == resource


def test_tags_hold_what_ckan_takes(result):
    assert result("tag_list") == ["Grünfläche", "a-b- c", "baeume", "strassen"]
    assert result("tag_show", id="a-b- c", include_datasets=True)["packages"][0]["name"] == "archiv"


def test_lists_are_sorted_and_can_be_cut(result):
    assert result("package_list") == ["archiv", "baeume", "strassen"]
    assert result("package_list", limit=1, offset=1) == ["baeume"]
    assert [one["name"] for one in result("current_package_list_with_resources", limit=1, page=2)] == ["baeume"]
    assert result("organization_list") == ["datenwerkstatt"]
    assert result("organization_list", all_fields=True)[0]["package_count"] == 3
    assert result("organization_show", id="datenwerkstatt", include_datasets=True)["packages"][0]["name"] == "archiv"
    assert result("group_list") == ["envi"]
    assert result("group_show", id="envi")["package_count"] == 3
    assert {"dl-de-zero-2.0", "cc-by", "odc-odbl", "other-closed"} <= {one["id"] for one in result("license_list")}
    assert result("package_autocomplete", q="stra")[0]["name"] == "strassen"
    assert result("resource_search", query="format:ods")["count"] == 4
    assert result("format_autocomplete", q="js") == ["json", "json-ld", "jsonl"]
    assert result("status_show")["ckan_version"] == "2.12.0"
    assert result("site_read") is True


@pytest.mark.parametrize(
    ("name", "arguments", "status", "kind", "key"),
    [
        ("package_show", {}, 409, "Validation Error", "name_or_id"),
        ("package_show", {"id": "none"}, 404, "Not Found Error", "message"),
        ("package_show", {"id": ["a"]}, 409, "Validation Error", "id"),
        ("resource_show", {"id": "none"}, 404, "Not Found Error", "message"),
        ("organization_show", {"id": "none"}, 404, "Not Found Error", "message"),
        ("group_show", {}, 409, "Validation Error", "id"),
        ("tag_show", {"id": "none"}, 404, "Not Found Error", "message"),
        ("package_search", {"x": 1}, 400, "Search Query Error", "message"),
        ("package_search", {"sort": "x desc"}, 400, "Search Query Error", "message"),
        ("package_search", {"fq": "name:("}, 409, "Search Error", "message"),
        ("package_search", {"rows": "-1"}, 409, "Validation Error", "rows"),
        ("package_list", {"limit": "x"}, 409, "Validation Error", "limit"),
        ("datastore_search", {}, 409, "Validation Error", "resource_id"),
        ("datastore_search", {"resource_id": "none"}, 404, "Not Found Error", "message"),
        ("help_show", {"name": "none"}, 404, "Not Found Error", "message"),
        ("package_create", {"name": "neu"}, 403, "Authorization Error", "message"),
        ("datastore_upsert", {}, 403, "Authorization Error", "message"),
    ],
)
def test_what_goes_wrong_is_told_in_ckans_shape(client, name, arguments, status, kind, key):
    answer = client.post(f"/api/3/action/{name}", json=arguments)

    told = answer.get_json()
    assert (answer.status_code, told["success"], told["error"]["__type"]) == (status, False, kind)
    assert told["error"][key]
    assert ("message" in told["error"]) == (kind != "Validation Error")


@pytest.mark.parametrize(
    ("method", "name", "body"),
    [
        ("GET", "none", b""),
        ("POST", "datastore_search_sql", b"{}"),
        ("GET", "package_create", b""),
        ("POST", "package_show", b"{"),
        ("POST", "package_show", b"[1]"),
        ("POST", "package_show", b'"x"'),
        ("POST", "package_show", b'{"id": "\\ud800"}'),
        ("POST", "package_show", b'{"id": NaN}'),
        ("POST", "package_show", b"[" * 100_000),
        ("POST", "package_show", b"x" * 2_000_000),
    ],
)
def test_three_kinds_of_calls_are_answered_with_a_bare_text(client, method, name, body):
    answer = client.open(f"/api/3/action/{name}", method=method, data=body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.get_json().startswith("Bad request: ")


JUNK = ("", "\x00", "\ufffe", "'", '"', "{", "[", "[]", "{}", "[[1]]", '{"a":', "a" * 20_000, "*" * 50, "-1", "1e9",
        "9" * 30, "\u0665", "true", "null", "%s%n", "../../etc", "a:b:c", "a:[x TO", "((((", "NOT NOT NOT", "x OR", "\\",
        "name:" * 60 + "x", "(" * 60 + "x" + ")" * 60, "metadata_modified:[9999-12-31T23:59:59-12:00 TO NOW+999999YEARS]")  # fmt: skip
CALLS = {
    "package_show": ["id", "name_or_id"],
    "package_search": ["q", "fq", "fq_list", "sort", "rows", "start", "facet.field", "facet", "facet.limit", "fl"],
    "package_list": ["limit", "offset"],
    "resource_search": ["query", "order_by", "limit"],
    "organization_list": ["sort", "all_fields", "organizations", "limit"],
    "tag_list": ["query", "vocabulary_id", "all_fields"],
    "package_autocomplete": ["q", "limit"],
    "help_show": ["name"],
    "datastore_search": [
        "resource_id",
        "filters",
        "q",
        "sort",
        "fields",
        "limit",
        "offset",
        "distinct",
        "records_format",
    ],
    "datastore_info": ["id"],
}


@pytest.mark.parametrize("name", CALLS)
def test_junk_gets_a_clean_answer_and_never_a_500(client, trees, name):
    for parameter in CALLS[name]:
        for junk in (*JUNK, 5, 1.5, True, [], {}, [1], {"a": 1}, {"$or": 1}, {"id": {"gt": {}}}, {"count": "x"}):
            given = {"resource_id": trees} if name == "datastore_search" else {}
            answers = [client.post(f"/api/3/action/{name}", json=given | {parameter: junk})]
            if isinstance(junk, str):
                answers.append(client.get(f"/api/3/action/{name}", query_string=given | {parameter: junk}))
            for answer in answers:
                told = answer.get_json()
                assert answer.status_code in (200, 400, 404, 409), f"{parameter}={str(junk)[:60]}: {answer.text[:300]}"
                assert isinstance(told, str) or told["success"] is (answer.status_code == 200)


def test_a_bad_token_counts_as_nobody(client):
    answer = client.get("/api/3/action/package_list", headers={"Authorization": "wrong", "X-CKAN-API-Key": "wrong"})

    assert answer.get_json()["result"][0] == "archiv"


def test_addresses_that_clients_build_lead_to_ours(client, trees):
    for address, target in {
        "/dataset/baeume": "/datasets/baeume",
        "/dataset/baeume.xml": "/datasets/baeume.rdf",
        f"/dataset/baeume/resource/{trees}": "/datasets/baeume#trees",
        f"/dataset/baeume/resource/{trees}/download/x.csv": "/datasets/baeume/trees.csv",
    }.items():
        assert client.get(address).headers["Location"] == target
    assert client.get("/dataset/none").status_code == 404
    assert client.get("/api/3").get_json() == {"version": 3}
    assert client.get("/api/1/rest").status_code == 404


def test_what_is_published_later_is_seen_at_once(ckan_portal, client, tmp_path):
    publish(ckan_portal, a_tree_folder(tmp_path / "x", "Linde", slug="zuletzt"))
    there = client.get("/api/3/action/package_list").get_json()["result"]
    with_it = client.get("/api/3/action/package_search?q=zuletzt").get_json()["result"]["count"]
    withdraw(ckan_portal.engine, "zuletzt", reason=LangString("Ende.", "End."), by=command("test"), at=NOON)
    after = client.get("/api/3/action/package_show?id=zuletzt")

    assert there[-1] == "zuletzt"
    assert with_it == 1
    assert after.status_code == 404
    assert json.loads(after.data)["error"]["__type"] == "Not Found Error"
