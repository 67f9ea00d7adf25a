"""What is said of a file as it is sent means something, or is refused by name."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import portal
from portal.foundation.errors import InvalidInput
from portal.ingest.receive.stated import ACCEPTABLE, REMEDIES, require_acceptable, stated_choices


def calls() -> Iterator[ast.Call]:
    for path in sorted((Path(portal.__file__).parent / "ingest" / "receive").glob("*.py")):
        yield from (one for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(one, ast.Call))


def words(call: ast.Call) -> Iterator[str]:
    yield from (one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str))


def test_every_code_that_comes_with_a_remedy_can_be_accepted() -> None:
    asking = [one for one in calls() if any(part.arg == "remedy" for part in one.keywords)]
    codes = {code for one in asking for code in list(words(one))[:1]}

    assert len(codes) > 20
    assert codes - ACCEPTABLE == set()


def test_every_remedy_that_is_proposed_or_looked_for_is_known() -> None:
    made = {
        part.value.value
        for one in calls()
        for part in one.keywords
        if part.arg == "code" and isinstance(part.value, ast.Constant)
    }
    looked_for = {
        code
        for one in calls()
        if isinstance(one.func, ast.Attribute) and one.func.attr == "accepts"
        for code in list(words(one))[:1]
    }

    assert made | looked_for == REMEDIES.keys() - {"keep-apostrophes", "remove-apostrophes"}


def test_a_code_that_no_finding_has_is_refused_and_told_which_there_are() -> None:
    with pytest.raises(InvalidInput, match=r"unknown: read-as, totalrow\. There are: .*total-row") as caught:
        require_acceptable(("total-row", "totalrow", "read-as"))

    assert "total-row" in caught.value.facts["known"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("described", "told"),
    [
        ({"encodng": "utf-8"}, "unknown: encodng. There are: .*encoding"),
        ({"columns": {"a": {"kind": "date"}}}, "unknown: kind. There are: .*notation"),
        ({"accepted": [{"code": "drop-lines"}]}, "unknown: drop-lines. There are: .*drop-rows"),
        ({"accepted": [{"code": "drop-rows", "label": "Summe"}]}, "unknown: label. There are: .*parameters"),
        ({"accepted": [{"code": "drop-rows"}]}, "'drop-rows' has to say: label"),
        ({"accepted": [{"code": "read-as", "column": "a", "parameters": {"type": "x"}}]}, "unknown: x. There are: .*date"),
        ({"accepted": [{"code": "read-header", "parameters": {"rows": "x"}}]}, "whole number"),
        ({"parts": {"a.csv": {"sheet": "x"}}}, "unknown: sheet. There are: .*sheets"),
    ],
    ids=str,
)  # fmt: skip
def test_choices_that_mean_nothing_are_refused_by_name(described: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        stated_choices(described)


def test_what_could_be_accepted_may_stand_beside_choices() -> None:
    assert stated_choices({"quote": "'", "proposed": [{"code": "x"}]}).quote == "'"
