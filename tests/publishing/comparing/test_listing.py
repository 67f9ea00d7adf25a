"""Changed rows as pages of JSON and as CSV."""

import csv

from tests.publishing.comparing.tables import Fields, TableMaker, as_csv, compare


def test_the_pages_are_the_whole(a_table: TableMaker) -> None:
    old = a_table([(f"x-{n}", "Linde", n) for n in range(50)])
    new = a_table([(f"x-{n}", "Linde", n + n % 3) for n in range(10, 60)])

    _, whole = compare(a_table, old, new)

    for limit in (1, 7, len(whole), len(whole) + 1):
        assert compare(a_table, old, new, limit=limit)[1] == whole


def test_the_csv_has_the_new_values_and_of_removed_rows_the_old_ones(a_table: TableMaker) -> None:
    fields: Fields = {"id": "string", "name, long": "string", "height": "number"}
    old = a_table([("x-1", "Linde", "1"), ("x-2", 'Eiche "groß"', "2")], fields)
    new = a_table([("x-1", "Ahorn, rot", "1.50"), ("x-3", None, None)], fields)

    assert as_csv(a_table, old, new).decode() == (
        '_change,_columns,id,"name, long",height\r\n'
        'changed,"name, long;height",x-1,"Ahorn, rot",1.50\r\n'
        'removed,,x-2,"Eiche ""groß""",2\r\n'
        "added,,x-3,,\r\n"
    )


def test_a_csv_without_changes_is_its_header(a_table: TableMaker) -> None:
    table = a_table([("x-1", "Linde", "1")])

    assert as_csv(a_table, table, table) == b"_change,_columns,id,name,height\r\n"


def test_the_csv_keeps_its_own_columns_apart_from_the_tables(a_table: TableMaker) -> None:
    table = a_table([("x", "y")], {"_Change": "string", "a;b": "string"}, key=("_Change",))
    other = a_table([("x", "z")], {"_Change": "string", "a;b": "string"}, key=("_Change",))

    assert as_csv(a_table, table, other) == b'__change,__columns,_Change,a;b\r\nchanged,"""a;b""",x,z\r\n'


def test_column_names_with_quotes_and_percent_signs_are_only_names(a_table: TableMaker) -> None:
    fields: Fields = {'i"d': "string", "o'1": "string", "w1": "string", "%s {0}": "string"}
    old = a_table([("x", "a", "b", "c")], fields, key=('i"d',))
    new = a_table([("x", "a'", 'b"', "c\\")], fields, key=('i"d',))

    _, changes = compare(a_table, old, new)

    assert changes[0]["columns"] == ["o'1", "w1", "%s {0}"]
    assert changes[0]["after"] == {'i"d': "x", "o'1": "a'", "w1": 'b"', "%s {0}": "c\\"}
    assert b"o'1;w1;%s {0}" in as_csv(a_table, old, new)


def test_the_csv_is_read_back_as_the_changes_are(a_table: TableMaker) -> None:
    old = a_table([(f"x-{n}", f"L,\n{n}", n) for n in range(9)])
    new = a_table([(f"x-{n}", f"L,\n{n}", n * 2) for n in range(3, 12)])

    lines = list(csv.DictReader(as_csv(a_table, old, new).decode().splitlines(keepends=True)))

    _, changes = compare(a_table, old, new)
    assert [(line["_change"], line["id"], line["name"]) for line in lines] == [
        (change["change"], change["key"]["id"], (change["after"] or change["before"])["name"]) for change in changes
    ]
