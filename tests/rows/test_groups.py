"""Groups and their figures are those that another engine computes in SQL of its own."""

from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp

import pytest

from portal.foundation.errors import InvalidInput
from portal.rows.engine import RowEngine, RowSource
from portal.rows.groups import read_groups
from portal.rows.parameters import read_query
from tests.rows.tables import a_table, judged, parsed

ENGINE = RowEngine(Path(mkdtemp()), timeout_s=20)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> RowSource:
    return a_table(tmp_path_factory.mktemp("groups"))


def found(source: RowSource, **parameters: str) -> list[tuple[object, ...]]:
    page, _ = read_groups(ENGINE, source, read_query(parameters, source.schema, source.physical))
    return [tuple(row.values()) for row in parsed(list(page.rows))]


@pytest.mark.parametrize(
    ("parameters", "sql"),
    [
        ({"distinct": "limit"}, "SELECT c2, count(*) AS k FROM t GROUP BY 1 ORDER BY k DESC, 1 NULLS LAST"),
        ({"distinct": "year", "open": "true"}, "SELECT c11, count(*) AS k FROM t WHERE c6 GROUP BY 1 ORDER BY k DESC, 1 NULLS LAST"),
        ({"group_by": "on__month"}, "SELECT strftime(c7, '%Y-%m'), count(*) FROM t GROUP BY 1 ORDER BY 1"),
        ({"group_by": "on__week"}, "SELECT strftime(c7, '%G-W%V'), count(*) FROM t GROUP BY 1 ORDER BY 1"),
        ({"group_by": "on__year"}, "SELECT year(c7), count(*) FROM t GROUP BY 1 ORDER BY 1"),
        ({"group_by": "at__day"}, "SELECT CAST(CAST(make_timestamp(epoch_us(c8)) AS DATE) AS VARCHAR), count(*) FROM t GROUP BY 1 ORDER BY 1"),
        (
            {"group_by": "open,limit", "figures": "price__sum,price__min,price__max,huge__sum,id__sum"},
            "SELECT c6, c2, count(*), sum(c3), min(c3), max(c3), sum(c5), sum(c0) FROM t GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2 NULLS LAST",
        ),
        ({"figures": "price__sum", "price__gt": "3.14"}, "SELECT count(*), sum(c3) FROM t WHERE c3 > 3.14"),
        ({"group_by": "limit", "sort": "-count", "after": "2", "limit": "2"}, "SELECT c2, count(*) AS k FROM t GROUP BY 1 ORDER BY k DESC, 1 NULLS LAST LIMIT 2 OFFSET 2"),
    ],
)  # fmt: skip
def test_groups_are_those_of_another_engine(source: RowSource, parameters: dict[str, str], sql: str) -> None:
    assert found(source, **parameters) == judged(source, sql)


def test_means_and_medians_agree_to_six_digits_more_than_the_column_has(source: RowSource) -> None:
    rows = found(source, group_by="limit", figures="price__avg,price__median")

    expected = judged(source, "SELECT c2, avg(c3), median(c3::DOUBLE) FROM t GROUP BY 1 ORDER BY 1 NULLS LAST")
    assert [row[0] for row in rows] == [row[0] for row in expected]
    for row, judge in zip(rows, expected, strict=True):
        for ours, theirs in zip(row[2:], judge[1:], strict=True):
            assert isinstance(ours, Decimal)
            assert abs(float(ours) - theirs) < 1e-7


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"group_by": "nothing"}, "nothing"),
        ({"group_by": "open__month"}, "month"),
        ({"group_by": "on__day"}, "day"),
        ({"group_by": "open", "figures": "open__sum"}, "open__min"),
        ({"group_by": "open", "figures": "count__sum"}, "count"),
        ({"group_by": "open", "sort": "price"}, "price"),
        ({"group_by": "open", "columns": "id"}, "columns"),
        ({"distinct": "open", "group_by": "on"}, "distinct"),
        ({"distinct": "open,on"}, "group_by"),
        ({"figures": "count"}, "figures"),
        ({"group_by": "open,open"}, "group_by"),
    ],
)
def test_what_cannot_be_grouped_is_refused_by_name(source: RowSource, parameters: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        read_query(parameters, source.schema, source.physical)
