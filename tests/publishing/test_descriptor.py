"""A descriptor is checked for form and meaning; everything wrong is told at once, each with its place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.foundation.errors import InvalidDataset
from portal.publishing.descriptor import check_descriptor, check_unfinished, licence_of
from tests.builders import a_folder

Descriptor = dict[str, Any]  # Any: JSON


@pytest.fixture
def descriptor(tmp_path: Path) -> Descriptor:
    read: Descriptor = json.loads((a_folder(tmp_path / "b") / "datapackage.json").read_bytes())
    return read


def pointers(descriptor: object) -> list[str]:
    with pytest.raises(InvalidDataset) as caught:
        check_descriptor(descriptor)
    assert caught.value.detail.de != caught.value.detail.en
    findings: Any = caught.value.facts["findings"]
    return sorted(finding["pointer"] for finding in findings)


def test_a_valid_descriptor_passes_and_names_its_licence(descriptor: Descriptor) -> None:
    check_descriptor(descriptor)

    assert licence_of(descriptor).code == "dl-zero-de/2.0"


def test_unknown_keys_are_kept(descriptor: Descriptor) -> None:
    check_descriptor(descriptor | {"family": "trees", "x-own": {"deep": [1]}})


@pytest.mark.parametrize("key", ["name", "title", "description", "licenses", "keywords", "dcat", "resources"])
def test_what_dcat_needs_must_be_there(descriptor: Descriptor, key: str) -> None:
    del descriptor[key]

    assert pointers(descriptor) == [f"/{key}"]


def test_an_unfinished_descriptor_may_have_gaps_but_no_errors(descriptor: Descriptor) -> None:
    del descriptor["description"]
    descriptor["keywords"] = []
    check_unfinished(descriptor)

    descriptor["dcat"]["theme"] = ["NIX"]
    with pytest.raises(InvalidDataset) as error:
        check_unfinished(descriptor)

    assert [finding["pointer"] for finding in error.value.facts["findings"]] == ["/dcat/theme"]


def test_every_error_of_form_is_told(descriptor: Descriptor) -> None:
    descriptor["title"] = ""
    descriptor["keywords"] = []
    descriptor["dcat"]["temporal"] = {"start": "gestern"}
    descriptor["resources"][0]["schema"]["fields"][0]["type"] = "geojson"

    assert pointers(descriptor) == ["/dcat/temporal/start", "/keywords", "/resources/0/schema/fields/0/type", "/title"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda one: one["dcat"].update(theme=["GREEN"]), "/dcat/theme"),
        (lambda one: one["dcat"].update(accrualPeriodicity="SOMETIMES"), "/dcat/accrualPeriodicity"),
        (lambda one: one["dcat"].update(accessRights="SECRET"), "/dcat/accessRights"),
        (lambda one: one["dcat"].update(language=["DEU", "XXX"]), "/dcat/language"),
        (lambda one: one["dcat"].update(spatial=["atlantis"]), "/dcat/spatial"),
        (lambda one: one["licenses"].__setitem__(0, {"name": "my-own"}), "/licenses/0/name"),
        (lambda one: one["resources"].append(one["resources"][0]), "/resources"),
    ],
)
def test_a_code_that_means_nothing_is_refused_at_its_place(
    descriptor: Descriptor, change: Callable[[Descriptor], None], pointer: str
) -> None:
    change(descriptor)

    assert pointers(descriptor) == [pointer]


def test_a_licence_that_is_not_open_is_refused(descriptor: Descriptor) -> None:
    descriptor["licenses"] = [{"name": "cc-by-nc/4.0"}]

    assert pointers(descriptor) == ["/licenses/0/name"]


@pytest.mark.parametrize("junk", [None, [], "x", 7, {"name": ["a"]}])
def test_junk_is_an_invalid_dataset_and_not_a_crash(junk: object) -> None:
    assert pointers(junk)
