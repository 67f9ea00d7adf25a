"""What is known to have broken SQL behind a web door, tried here: each gets a clean refusal in bounded time, and the next
question its answer.

Sources: CKAN's datastore_search_sql (functions outside of its list reached by quoting, schemas, table functions), Datasette's and sqlite's notes ("Defense Against The Dark Arts", sqlite.org/security.html), CVE-2015-7036
(fts3_tokenizer), CVE-2018-20346 (shadow tables), CVE-2020-13630 and -13871 (window functions), CVE-2022-35737 (printf),
CVE-2023-7104 (sessions), CVE-2025-6965 (more aggregates than columns).
"""

import contextlib
import json
import time
from collections.abc import Iterator

import pytest

from portal.foundation.errors import Forbidden, InvalidInput, PortalError, TooCostly
from portal.rows.sql.pool import SqlPool
from tests.rows.sql.conftest import Ask, in_a_hurry

T = '"d/t"'
PATIENCE_S = 60.0
"""A busy machine needs longer than the limit; what nobody stops takes for ever."""

FORBIDDEN = (
    # functions that load, read, write, make much of little, or differ from call to call
    "SELECT load_extension('evil.so')", "SELECT LOAD_EXTENSION('evil.so')", 'SELECT "load_extension"(1)', "SELECT [load_extension](1)",
    "SELECT /**/load_extension/**/('x')", "SELECT fts3_tokenizer('simple')", "SELECT fts3_tokenizer('simple', x'4141414141414141')",
    "SELECT randomblob(1000000000)", "SELECT zeroblob(1000000000)", "SELECT printf('%.*c', 2000000000, 'x')", "SELECT format('%2000000000d', 1)",
    "SELECT random()", "SELECT sqlite_version()", "SELECT sqlite_source_id()", "SELECT sqlite_compileoption_get(1)", "SELECT sqlite_log(1, 'x')",
    "SELECT sqlite_offset(id) FROM " + T, "SELECT changes()", "SELECT last_insert_rowid()", "SELECT soundex('x')", "SELECT json('[1]')",
    "SELECT json_extract('{\"a\":1}', '$.a')", "SELECT '[1]' -> 0", "SELECT '[1]' ->> 0", "SELECT json_group_array(id) FROM " + T,
    "SELECT json_valid('" + "[" * 9_000 + "')", "SELECT snippet('x')", "SELECT match('a', 'b')", "SELECT 'a' MATCH 'b'", "SELECT rtreecheck('t')",
    "SELECT likelihood(1, 0.5)", "SELECT fts5('x')", "SELECT highlight('x', 0, '', '')", "SELECT geopoly_area('x')",
    # functions hidden where they might be overlooked
    "SELECT 1 WHERE load_extension('x') IS NULL", "SELECT 1 ORDER BY random()", "SELECT 1 GROUP BY random()", f"SELECT 1 FROM {T} LIMIT random()",
    "WITH x(a) AS (SELECT random()) SELECT 1 FROM x", "SELECT (SELECT (SELECT load_extension('x')))", "VALUES (random())", "SELECT max(random())",
    f"SELECT sum(id) FILTER (WHERE random() > 0) FROM {T}", f"SELECT sum(id) OVER (ORDER BY random()) FROM {T}", "SELECT 'a' LIKE 'b' ESCAPE random()",
    "SELECT CASE WHEN 0 THEN load_extension('x') END", "SELECT EXISTS (SELECT random())", "SELECT 1 IN (SELECT random())",
    # tables of SQLite's own, of the files, and table-valued functions
    "SELECT * FROM sqlite_master", "SELECT * FROM SQLITE_MASTER", 'SELECT * FROM "sqlite_master"', "SELECT * FROM sqlite_schema",
    "SELECT * FROM sqlite_temp_master", "SELECT * FROM temp.sqlite_master", "SELECT * FROM sqlite_temp_schema", "SELECT count(*) FROM sqlite_temp_master",
    f"SELECT t0.rows.id FROM t0.rows, {T}", f"SELECT * FROM t0.sqlite_master, {T}", f"SELECT 1 FROM t0.sqlite_stat1, {T}", f"SELECT * FROM rows, {T}",
    f"SELECT * FROM (SELECT id FROM t0.rows) AS {T}, {T}", "SELECT * FROM pragma_database_list", "SELECT * FROM pragma_table_info('x')",
    "SELECT 1 FROM pragma_function_list", "SELECT * FROM pragma_compile_options", "SELECT * FROM json_each('[1]')", "SELECT 1 FROM json_tree('[1]')",
    "SELECT * FROM dbstat", "SELECT * FROM sqlite_dbpage", "SELECT count(*) FROM sqlite_stmt", "SELECT * FROM fts3tokenize", "SELECT * FROM bytecode('x')",
)  # fmt: skip

UNREADABLE = (
    # more or other than one SELECT
    "PRAGMA writable_schema = ON", "PRAGMA trusted_schema = 1", "ATTACH DATABASE '/etc/passwd' AS x", "ATTACH 'file:x?mode=memory' AS y", "DETACH t0", "VACUUM INTO '/evil'",
    "CREATE TEMP TABLE x(a)", "CREATE VIRTUAL TABLE x USING fts5(a)", "INSERT INTO x VALUES (1)", "REPLACE INTO x VALUES (1)", "DROP VIEW x", "BEGIN", "COMMIT",
    "SAVEPOINT x", "REINDEX", "ANALYZE", "EXPLAIN SELECT 1", "EXPLAIN QUERY PLAN SELECT 1", "SELECT 1; ATTACH 'x' AS y", "SELECT 1;--\nATTACH 'x' AS y",
    "SELECT 1 /*;*/; PRAGMA user_version", f"WITH x AS (SELECT 1) DELETE FROM {T}", f"WITH x AS (SELECT 1) INSERT INTO {T} SELECT 1",
    f"WITH x AS (SELECT 1) UPDATE {T} SET id = 1", f"SELECT 1 INTO OUTFILE '/evil' FROM {T}", "SELECT 1 UNION PRAGMA user_version", "SELECT * FROM (DELETE FROM x)",
    # names that do not exist, or only elsewhere
    "SELECT * FROM pg_catalog.pg_tables", "SELECT * FROM information_schema.tables", "SELECT pg_sleep(10)", "SELECT sleep(10)", "SELECT readfile('/etc/passwd')",
    "SELECT writefile('/evil', 'y')", "SELECT edit('x')", "SELECT shell('x')", "SELECT query_to_xml('x', true, true, '')", "SELECT dblink('x')", 'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM '/etc/passwd'", "SELECT * FROM read_csv('/etc/passwd')", 'SELECT * FROM "d/nothing"', f"SELECT rowid FROM {T}", f"SELECT oid, _rowid_ FROM {T}",
    f"SELECT _row FROM {T}", f"SELECT * FROM {T} INDEXED BY rows_1", "SELECT 'a' REGEXP 'b'", f"SELECT * FROM main.{T}", "SELECT * FROM generate_series(1, 1000000000)",
    # depth, length, width
    "SELECT " + "(" * 900 + "1" + ")" * 900, "SELECT " + "-" * 0 + "~" * 4_000 + "1", "SELECT " + "NOT " * 2_000 + "1", "SELECT " + "1+" * 3_000 + "1",
    "SELECT " + "(SELECT " * 500 + "1" + ")" * 500, "SELECT * FROM " + "(SELECT * FROM " * 300 + "(SELECT 1)" + ")" * 300, "SELECT 1" + " UNION SELECT 1" * 300,
    "SELECT " + ",".join(["1"] * 4_000), "SELECT abs(" + ",".join(["1"] * 4_000) + ")", "SELECT " + "CASE WHEN 1 THEN " * 400 + "1" + " END" * 400,
    "SELECT 1 WHERE 'a' LIKE '" + "%a" * 1_000 + "'", "SELECT 1 WHERE 'a' GLOB '" + "*a" * 1_000 + "'", f"SELECT * FROM {', '.join([T + ' t' + str(n) for n in range(90)])}",
    f"SELECT {', '.join('count(id + ' + str(n) + ')' for n in range(600))} FROM {T}", "SELECT 1 FROM (VALUES " + ",".join(["(1)"] * 60) + ") LIMIT 1 OFFSET 9e99 x",
    "WITH " + ", ".join(f"a{n} AS (SELECT * FROM a{n - 1} x, a{n - 1} y)" for n in range(1, 30)).replace("a1 AS (SELECT * FROM a0 x, a0 y)", "a1 AS (SELECT 1)") + " SELECT * FROM a29",
    # parameters, signs, ends
    "SELECT ?", "SELECT ?1", "SELECT :a", "SELECT @a", "SELECT $a", "SELECT #1", "SELECT 'a", 'SELECT "a', "SELECT [a", "SELECT /* a", "SELECT", "SELECT 1 FROM",
    "SELECT x'0", "SELECT x'gg'", "SELECT 1\x00; DROP", "SELECT „1“", "SELECT ‘1’", "SELECT\u00a01", "SELECT * FROM \u202e",
)  # fmt: skip

COSTLY = {
    "endless recursion": "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c",
    "recursion that remembers all": "WITH RECURSIVE c(n, t) AS (SELECT 1, 'x' UNION SELECT n + 1, t || 'x' FROM c) SELECT max(t) FROM c",
    "doubling": "WITH RECURSIVE c(t) AS (SELECT 'aaaaaaaaaaaaaaaa' UNION ALL SELECT t || t FROM c) SELECT length(t) FROM c",
    "crossing": f"SELECT count(*) FROM {T} a, {T} b, {T} c, {T} d WHERE a.id + b.id + c.id + d.id < 0",
    "crossing and sorting": f"SELECT a.id * b.id AS x FROM {T} a, {T} b ORDER BY x DESC, a.'on', b.'at'",
    "crossing and telling apart": f"SELECT count(*) FROM (SELECT DISTINCT a.id * 10000 + b.id FROM {T} a, {T} b)",
    "one long text of all": f"SELECT group_concat(a.id || b.id || a.'at') FROM {T} a, {T} b",
    "replacing": "SELECT " + "replace(" * 8 + "'a'" + "".join(f", '{one}', '{two * 12}')" for one, two in zip("abcdefgh", "bcdefghi", strict=True)),
    "quoting quotes": "SELECT " + "quote(" * 22 + "''''" + ")" * 22,
    "hex of hex": "SELECT " + "hex(" * 30 + "'a'" + ")" * 30,
    "windows within windows": f"SELECT sum(x) FROM (SELECT max(a.id) OVER (ORDER BY b.id ROWS BETWEEN 100000 PRECEDING AND 100000 FOLLOWING) x FROM {T} a, {T} b)",
    "instr over and over": f"SELECT count(*) FROM {T} a, {T} b, (SELECT group_concat(hex(id)) g FROM {T}) WHERE instr(g, a.id || 'x' || b.id)",
    "WITH that doubles while it is read": "WITH a0 AS (SELECT 1 x), "
    + ", ".join(f"a{n} AS (SELECT x FROM a{n - 1} UNION ALL SELECT x FROM a{n - 1})" for n in range(1, 40)) + " SELECT count(*) FROM a39",
    "skipping": f"SELECT 1 FROM {T} a, {T} b, {T} c LIMIT 1 OFFSET 9000000000000000",
}  # fmt: skip

HARMLESS = {
    "a window for each row": f"SELECT group_concat(id) OVER (ORDER BY id ROWS BETWEEN 3000 PRECEDING AND 3000 FOLLOWING) FROM {T}",
    "LIKE that tries everything": f"SELECT count(*) FROM (SELECT group_concat('aaaaaaaaaaaaaaaa') g FROM {T}) WHERE g LIKE '%a%a%a%a%a%a%a%a%a%a%a%a%b'",
    "GLOB that tries everything": f"SELECT count(*) FROM (SELECT group_concat('aaaaaaaaaaaaaaaa') g FROM {T}) WHERE g GLOB '*a*a*a*a*a*a*a*a*a*a*a*a*b'",
    "many large values at once": f"WITH big(g) AS MATERIALIZED (SELECT replace(group_concat(id), ',', '########################################') FROM {T}) "
     "SELECT " + ", ".join(f"g || {n}" for n in range(110)) + " FROM big, (SELECT id FROM " + T + ")",
    "names that are others' names": "WITH sqlite_stat1(x) AS (SELECT 1), json_each(y) AS (SELECT 2), \"d/t\"(id) AS (SELECT 3) SELECT x, y, id FROM sqlite_stat1, json_each, \"d/t\"",
    "a view's name for a query of one's own": f"WITH x(rows) AS (SELECT id FROM {T}) SELECT rows FROM x AS \"temp\" LIMIT 1",
    "texts that look like statements": "SELECT '; DROP TABLE x; --', '/*', '\"d/nothing\"' AS \"'; --\"",
    "NUL and what no line may hold": "SELECT char(0, 13, 10, 8232, 1114111, 55296) || '\u2028' AS \"\t\"",
    "a number that is none": "SELECT 9223372036854775807 + 1, -9223372036854775808, 0x7fffffffffffffff, 1e-400, 'nan' + 0",
    "an order by all that there is": f"SELECT * FROM {T} ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 DESC LIMIT 2 OFFSET 2990",
}  # fmt: skip
"""Sounds dangerous, but ends by itself: an answer or a refusal, both in time."""


@pytest.fixture(autouse=True)
def next_question(ask: Ask) -> object:
    """Ask, after each attack, something that everybody may."""
    yield
    assert ask(f"SELECT count(*) n FROM {T}").rows == '{"n":3000}'


@pytest.fixture
def hurried(pool: SqlPool, ask: Ask) -> Iterator[Ask]:
    """Ask what may take for ever."""
    with in_a_hurry(pool):
        yield ask


def refused(ask: Ask, text: str) -> PortalError:
    begun = time.perf_counter()
    with pytest.raises(PortalError) as caught:
        ask(text)
    assert time.perf_counter() - begun < PATIENCE_S, "took too long"
    return caught.value


@pytest.mark.parametrize("text", FORBIDDEN, ids=lambda text: text[:50])
def test_functions_and_tables_outside_of_the_list_are_forbidden(ask: Ask, text: str) -> None:
    error = refused(ask, text)

    assert isinstance(error, Forbidden) or (isinstance(error, InvalidInput) and not _is_here(text)), error


def _is_here(text: str) -> bool:
    """Tell whether every SQLite has the function or table (some are built without)."""
    return not any(
        name in text
        for name in ("rtreecheck", "geopoly", "fts5(", "snippet", "highlight", "sqlite_offset", "soundex", "bytecode", "fts3tokenize",
                     "dbstat", "sqlite_dbpage", "sqlite_stmt", "'$.a'", "-> 0", "->> 0", "match('a'", "FROM rows", "sqlite_schema", "temp_schema")
    )  # fmt: skip


@pytest.mark.parametrize("text", UNREADABLE, ids=lambda text: ascii(text)[:50])
def test_what_is_no_single_select_over_published_tables_is_refused(hurried: Ask, text: str) -> None:
    assert isinstance(refused(hurried, text), InvalidInput | Forbidden | TooCostly)


def test_a_single_select_may_have_a_semicolon_behind_it(ask: Ask) -> None:
    assert ask("SELECT 1;").rows == '{"1":1}'


@pytest.mark.parametrize("name", COSTLY)
def test_what_would_take_all_time_or_memory_is_cut_off(hurried: Ask, name: str) -> None:
    error = refused(hurried, COSTLY[name])

    assert isinstance(error, TooCostly), error
    assert error.facts["limit"] in ("time", "memory", "size")


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_sounds_dangerous_ends_in_time_too(hurried: Ask, name: str) -> None:
    begun = time.perf_counter()

    with contextlib.suppress(InvalidInput, Forbidden, TooCostly):
        for as_csv in (False, True):
            answer = hurried(HARMLESS[name], as_csv=as_csv)
            assert as_csv or json.loads(f"[{answer.rows}]") is not None

    assert time.perf_counter() - begun < 2 * PATIENCE_S
