"""The points agree with those of an independent scorer, whatever is left out."""

import json
from collections.abc import Callable
from itertools import product
from types import ModuleType
from typing import Any

import pytest

from portal.dcat.addresses import dataset_iri
from portal.dcat.described import DescribedDataset, DescribedDistribution
from portal.dcat.quality import MAX_POINTS, ON_DATASET, ON_DISTRIBUTION, ON_EITHER, Quality, assess
from portal.dcat.quality_advice import ADVICE
from portal.dcat.subject import Triple, graph_of
from portal.dcat.to_graph import dataset_statements
from portal.foundation.resources import shipped
from portal.foundation.text import LangString
from tests.dcat.conftest import BASE, files_of

Builder = Callable[..., DescribedDataset]

NAMES = {
    "keyword": "keyword", "category": "category", "place": "spatial", "time": "temporal", "contact": "contactPoint",
    "publisher": "publisher", "access-rights": "accessRights", "access-rights-known": "accessRights vocabulary",
    "dcat-ap": "DCAT-AP compliance", "access-url-answers": "accessURL status", "download-url": "downloadURL",
    "download-url-answers": "downloadURL status", "format": "format", "media-type": "mediaType",
    "formats-known": "format/mediaType vocabulary", "non-proprietary": "non-proprietary",
    "machine-readable": "machine-readable", "licence": "licence", "licence-known": "licence vocabulary",
    "rights": "rights", "size": "byteSize", "issued": "issued", "modified": "modified",
}  # fmt: skip
"""Our name of a metric ↔ that of the other scorer."""

LEFT_OUT: dict[str, dict[str, Any]] = {
    "nothing": {},
    "keywords": {"descriptor": {"keywords": [], "translations": {}}},
    "German keywords": {"descriptor": {"keywords": []}},
    "theme": {"dcat": {"theme": []}},
    "place": {"dcat": {"spatial": []}},
    "period": {"dcat": {"temporal": None}},
    "title": {"descriptor": {"title": "", "translations": {}}},
    "German title": {"descriptor": {"title": ""}},
    "description": {"descriptor": {"description": " ", "translations": {}}},
    "rights, and the licence has no page": {
        "descriptor": {"licenses": [{"name": "other-open"}]},
        "dcat": {"rights": None},
    },
    "rights alone": {"dcat": {"rights": None}},
    "a named licence": {"descriptor": {"licenses": [{"name": "other-opensource"}]}},
    "files": {"distributions": ()},
}


def assessed(dataset: DescribedDataset) -> tuple[Quality, set[Triple]]:
    statements = dataset_statements(dataset)
    return assess(statements, dataset_iri(BASE, dataset.slug)), statements


def lost(quality: Quality) -> dict[str, int]:
    return {NAMES[mark.metric.name]: mark.lost for mark in quality.missing}


def test_all_metrics_make_405_points_and_each_has_advice_in_both_languages() -> None:
    metrics = (*ON_DATASET, *ON_DISTRIBUTION, *ON_EITHER)

    assert sum(metric.max_points for metric in metrics) == MAX_POINTS
    assert {metric.name for metric in metrics} == set(ADVICE) == set(NAMES)
    assert all(text.de and text.en for text in ADVICE.values())


def test_a_complete_dataset_has_all_points(a_dataset: Builder) -> None:
    quality, _ = assessed(a_dataset())

    assert (quality.points, quality.rating, quality.missing) == (MAX_POINTS, "excellent", [])


@pytest.mark.parametrize("what", LEFT_OUT)
def test_what_is_left_out_costs_what_the_other_scorer_says(
    what: str, a_dataset: Builder, official: Callable[[str], ModuleType]
) -> None:
    quality, statements = assessed(a_dataset(**LEFT_OUT[what]))

    (row,) = official("mqa_score").score(graph_of(statements), assume=True)

    assert (quality.points, lost(quality)) == (row["points"], row["missing"])


def test_two_things_left_out_cost_what_both_do(a_dataset: Builder, official: Callable[[str], ModuleType]) -> None:
    for theme, keywords, files in product((["GOVE"], []), (["a"], []), (files_of("ideen"), files_of("ideen")[1:2])):
        left: dict[str, Any] = {"keywords": keywords, "translations": {}}
        dataset = a_dataset(descriptor=left, dcat={"theme": theme}, distributions=files)
        quality, statements = assessed(dataset)

        (row,) = official("mqa_score").score(graph_of(statements), assume=True, shacl=False)

        assert quality.points - 30 == row["points"]  # 30: the shapes, which were not asked


@pytest.mark.parametrize("slug", sorted(path.parent.name for path in shipped("datasets").glob("*/datapackage.json")))
def test_every_shipped_dataset_has_all_points(slug: str, a_dataset: Builder) -> None:
    described = json.loads((shipped("datasets") / slug / "datapackage.json").read_text("utf-8"))

    quality, _ = assessed(a_dataset(slug, descriptor=described, dcat=described["dcat"]))

    assert quality.points == MAX_POINTS


def test_the_best_gain_comes_first(a_dataset: Builder) -> None:
    quality, _ = assessed(
        a_dataset(dcat={"theme": [], "spatial": []}, descriptor={"licenses": [{"name": "other-open"}]})
    )

    assert [mark.lost for mark in quality.missing] == [30, 20, 10]


def test_a_file_of_an_unknown_format_alone_is_neither_open_nor_readable(a_dataset: Builder) -> None:
    file = DescribedDistribution(
        name="x.bin", title=LangString("X"), media_type="application/x-unknown", size_bytes=1, digest="0" * 64
    )
    statements = dataset_statements(a_dataset(distributions=(file,)))
    without_api = {one for one in statements if not str(one[0]).endswith("#api") and not str(one[2]).endswith("#api")}

    quality = assess(without_api, dataset_iri(BASE, "ideen"))

    assert {mark.metric.name for mark in quality.missing} == {
        "format", "media-type", "formats-known", "non-proprietary", "machine-readable",
    }  # fmt: skip
