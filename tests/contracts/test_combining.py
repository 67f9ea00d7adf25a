"""docs/combining.md is true: the picture of the keys, the joins of the shipped catalogue, every address in it.

The judge of the joins is DuckDB over the shipped CSV files, in SQL of its own.
"""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from portal.publishing.references import Reference, references_of
from tests.shipped import DATASETS, PROJECT, Served, shipped
from tests.sources import descriptor, shipped_folders

__all__ = ["shipped"]

TEXT = (PROJECT / "docs" / "combining.md").read_text("utf-8")
ADDRESSES = re.findall(r'curl -s "?\$B(/[^"\s]+)', TEXT)
EVERYWHERE = ("source_document",)

JOINS = {
    "/datasets/duisburg-2018-wirtschaft/tables/ideas/rows.csv?join=poster": """
        SELECT i.id, i.text, p.title, r.id, r.text FROM '{duisburg-2018-wirtschaft/ideas}' AS i
        LEFT JOIN '{duisburg-2018-wirtschaft/poster_ideas}' AS x ON x.idea_id = i.id
        LEFT JOIN '{duisburg-2018-wirtschaft/posters}' AS p ON p.id = x.poster_id
        LEFT JOIN '{open-data-empfehlungen/recommendation_posters}' AS y ON y.poster_id = p.id
        LEFT JOIN '{open-data-empfehlungen/recommendations}' AS r ON r.id = y.recommendation_id""",
    "/datasets/industrieinitiativen/tables/initiatives/rows.csv?join=members": """
        SELECT i.id, i.name, m.organisation_name, o.id FROM '{industrieinitiativen/initiatives}' AS i
        LEFT JOIN '{industrieinitiativen/members}' AS m ON m.initiative_id = i.id
        LEFT JOIN '{organisationen/organisations}' AS o ON o.id = m.organisation_id""",
    "/datasets/krefeld-2017-zukunftswerkstatt/tables/projects/rows.csv?join=critique": """
        SELECT p.id, p.title, c.text, v.text, s.id FROM '{krefeld-2017-zukunftswerkstatt/projects}' AS p
        LEFT JOIN '{krefeld-2017-zukunftswerkstatt/statements}' AS c ON c.id = p.critique_statement_id
        LEFT JOIN '{krefeld-2017-zukunftswerkstatt/statements}' AS v ON v.id = p.vision_statement_id
        LEFT JOIN '{themen-verknuepfungen/links}' AS l
            ON l.from_id = p.id AND l.from_dataset = 'krefeld-2017-zukunftswerkstatt' AND l.from_table = 'projects'
        LEFT JOIN '{smart-city-krefeld/sub_topics}' AS s
            ON s.id = l.to_id AND l.to_dataset = 'smart-city-krefeld' AND l.to_table = 'sub_topics'""",
}
"""How an address of the document begins ↔ the same question asked of the CSV files."""


def declared() -> set[Reference]:
    return {key for folder in shipped_folders() for key in references_of(folder.name, descriptor(folder))}


def drawn() -> Iterator[tuple[str, str, str, str, str]]:
    """Read the picture: dataset, table, column, arrow, target; a table without keys has empty ones."""
    picture = TEXT.split("## The keys")[1].split("```")[1]
    dataset = table = ""
    for line in picture.strip("\n").splitlines():
        if not line.startswith(" "):
            dataset = line
            continue
        start, rest = line[:29].strip(), line[29:].strip()
        table = start or table
        column, arrow, target = re.fullmatch(r"(\S+) (─▶|┄▶) (\S+)", rest).groups() if rest else ("", "", "")  # type: ignore[union-attr]  # a line that is none fails here
        yield dataset, table, column, arrow, target


def test_the_picture_shows_every_table_and_every_key_and_no_other() -> None:
    keys = [key for key in declared() if key.columns != EVERYWHERE]
    tables = {(folder.name, one["name"]) for folder in shipped_folders() for one in descriptor(folder)["resources"]}
    lines = list(drawn())

    assert {line[:2] for line in lines} == tables
    assert sorted(line for line in lines if line[2]) == sorted(
        (
            key.dataset,
            key.table,
            ",".join(key.columns),
            "┄▶" if key.where else "─▶",
            key.target_table if key.target_dataset == key.dataset else f"{key.target_dataset}/{key.target_table}",
        )
        for key in keys
    )
    documented = {(key.dataset, key.table) for key in declared() if key.columns == EVERYWHERE}
    assert tables - documented == {("themen-verknuepfungen", "themes")}


def test_every_key_into_another_dataset_finds_its_row() -> None:
    """Keys within a dataset are checked when it is released, these are not."""
    for key in declared():
        if key.dataset == key.target_dataset:
            continue
        (column,), (referenced,) = key.columns, key.referenced
        where = "".join(f" AND {name} = '{value}'" for name, value in key.where)
        lost = duckdb.sql(
            f"SELECT {column} FROM {_csv(key.dataset, key.table)} WHERE {column} IS NOT NULL{where} "
            f"AND {column} NOT IN (SELECT {referenced} FROM {_csv(key.target_dataset, key.target_table)})"
        ).fetchall()
        assert lost == [], key


def test_every_link_between_datasets_has_a_key_that_finds_it() -> None:
    conditions = {(key.columns[0], key.target_dataset, key.target_table) for key in declared() if key.where}

    for end in ("from", "to"):
        named = f"SELECT DISTINCT {end}_dataset, {end}_table FROM {_csv('themen-verknuepfungen', 'links')}"
        assert {(f"{end}_id", *one) for one in duckdb.sql(named).fetchall()} <= conditions


@pytest.mark.parametrize("start", JOINS)
def test_the_joins_a_reader_would_want_are_those_that_another_engine_finds(start: str, shipped: Served) -> None:
    (address,) = [one for one in ADDRESSES if one.startswith(start)]
    sql = re.sub(r"'\{([^/}]+)/([^}]+)\}'", lambda found: _csv(found[1], found[2]), JOINS[start])
    expected = [tuple(value or "" for value in row) for row in duckdb.sql(sql).fetchall()]

    answer = shipped.get(f"/api/v1{address}")

    rows = [tuple(row) for row in csv.reader(io.StringIO(answer.content.decode()))][1:]
    assert sorted(rows) == sorted(expected)
    assert answer.headers["Row-Count"] == str(len(expected))
    described = TEXT[: TEXT.index(address)].rsplit("\n**", 1)[1]
    assert re.search(rf"\b{len(expected)} rows", described), len(expected)


def test_every_address_of_the_document_answers_as_it_says(shipped: Served) -> None:
    blocks = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
    shown = [
        (address, output.strip())
        for block in blocks
        for address, output in re.findall(r'\$ curl -s "?\$B(/[^"\s]+)"?\n(.*?)(?=\n\$ |\Z)', block, re.DOTALL)
    ]

    assert len(shown) >= 7
    for address, output in shown:
        answer = shipped.get(f"/api/v1{address}")
        assert answer.status_code == 200, f"{address}: {answer.text[:300]}"
        pieces: Any = [piece.strip() for piece in output.split("…") if piece.strip()]
        assert all(piece in answer.text for piece in pieces), f"{address}: {answer.text[:600]}"


def _csv(dataset: str, table: str) -> str:
    """Give DuckDB's SQL for a shipped table, all values as text."""
    return f"read_csv('{DATASETS / dataset / table}.csv', all_varchar = true, nullstr = '')"
