"""Which columns changed, and the sentence for whoever breaks by it."""

from portal.ingest.typed import TypedTable
from portal.publishing.comparing.columns import ColumnDifference, Renamed, Retyped, compare_columns
from tests.publishing.comparing.tables import Fields, TableMaker

ROW = {"string": "x", "integer": "1", "number": "1.5", "date": "2026-01-01", "datetime": "2026-01-01T00:00:00"}


def a_state(make: TableMaker, fields: Fields, key: tuple[str, ...] = ("id",)) -> TypedTable:
    kinds = [one if isinstance(one, str) else one["type"] for one in fields.values()]
    return make([[ROW[kind] for kind in kinds]], fields, key=key)


def compare(
    make: TableMaker, old: Fields, new: Fields, *, keys: tuple[tuple[str, ...], tuple[str, ...]] = (("id",), ("id",))
) -> ColumnDifference:
    return compare_columns(a_state(make, old, keys[0]), a_state(make, new, keys[1]))


def test_equal_columns_have_no_difference_and_no_warning(a_table: TableMaker) -> None:
    found = compare(a_table, {"id": "string", "n": "number"}, {"id": "string", "n": "number"})

    assert found.is_empty
    assert found.warnings == ()


def test_a_column_that_came_breaks_nobody(a_table: TableMaker) -> None:
    found = compare(a_table, {"id": "string"}, {"id": "string", "n": "number"})

    assert (found.added, found.removed, found.warnings, found.is_empty) == (("n",), (), (), False)


def test_a_column_that_went_breaks_its_readers(a_table: TableMaker) -> None:
    found = compare(a_table, {"id": "string", "n": "number"}, {"id": "string"})

    (warning,) = found.warnings
    assert found.removed == ("n",)
    assert "„n“ fällt weg" in warning.de
    assert "“n” goes away" in (warning.en or "")


def test_a_column_of_another_type_is_said_with_both(a_table: TableMaker) -> None:
    found = compare(a_table, {"id": "string", "n": "integer"}, {"id": "string", "n": "string"})

    assert found.retyped == (Retyped("n", "integer", "string"),)
    assert "string statt integer" in found.warnings[0].de


def test_a_datetime_that_gets_an_offset_is_another_type_to_readers(a_table: TableMaker) -> None:
    fields: Fields = {"id": "string", "at": "datetime"}
    old, new = (a_table([("x", text)], fields) for text in ("2026-01-01T00:00:00", "2026-01-01T00:00:00Z"))

    assert compare_columns(old, new).retyped == (Retyped("at", "datetime", "datetime (UTC)"),)


def test_more_digits_are_no_other_type(a_table: TableMaker) -> None:
    fields: Fields = {"id": "string", "n": "number"}
    old, new = a_table([("x", "1")], fields), a_table([("x", "123.456")], fields)

    assert compare_columns(old, new).is_empty


def test_a_column_that_looks_renamed_is_warned_of_once(a_table: TableMaker) -> None:
    old: Fields = {"id": "string", "hoehe": "number", "Plz": "string", "seit": "date"}
    new: Fields = {"id": "string", "hoehe_m": "number", "von": "integer", "p_l_z": "string"}

    found = compare(a_table, old, new)

    assert found.renamed == (Renamed("hoehe", "hoehe_m"), Renamed("Plz", "p_l_z"))
    assert len(found.warnings) == 3
    assert "„hoehe“ heißt anscheinend jetzt „hoehe_m“" in found.warnings[0].de
    assert "„seit“ fällt weg" in found.warnings[2].de


def test_another_primary_key_is_warned_of_and_another_order_of_it_is_not(a_table: TableMaker) -> None:
    fields: Fields = {"id": "string", "n": "integer"}

    other = compare(a_table, fields, fields, keys=(("id",), ()))
    turned = compare(a_table, fields, fields, keys=(("id", "n"), ("n", "id")))

    assert "keiner statt id" in other.warnings[0].de
    assert (turned.key_changed, turned.warnings) == (False, ())


def test_other_words_are_said_and_harmless_and_a_moved_column_is_only_moved(a_table: TableMaker) -> None:
    old: Fields = {"id": "string", "n": {"type": "number", "title": "N", "unit": "m"}, "a": "string", "b": "string"}
    new: Fields = {"id": "string", "b": "string", "n": {"type": "number", "title": "N", "unit": "cm"}, "a": "string"}

    found = compare(a_table, old, new)

    assert (found.described, found.reordered, found.warnings) == (("n",), True, ())
    assert (found.added, found.removed, found.retyped, found.constrained) == ((), (), (), ())


def test_other_constraints_are_said(a_table: TableMaker) -> None:
    old: Fields = {"id": "string", "n": {"type": "integer", "constraints": {"maximum": 5}}}
    new: Fields = {"id": "string", "n": {"type": "integer", "constraints": {"maximum": 9}}}

    found = compare(a_table, old, new)

    assert (found.constrained, found.described, found.warnings) == (("n",), (), ())
