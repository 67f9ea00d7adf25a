"""Texts guarded against being run as formulas: the portal's own CSV for Excel, and files of others."""

from collections.abc import Iterator

from portal.foundation.tableschema import Column, ColumnType, TableSchema
from portal.foundation.text import LangString
from portal.ingest.receive.delivery import Choices
from portal.ingest.report import Remedy
from tests.ingest.receive.corpus import Case, truth

_PHONES = truth("ort:string|ruf:string|n:integer", "Süd|+49 2151 5550|1", "Nord|-|2", "West|o. A.|3")
_GUARDED = "ort;ruf;n\r\nSüd;'+49 2151 5550;1\r\nNord;'-;2\r\nWest;o. A.;3\r\n"
_KEPT = Choices(accepted=(Remedy(code="keep-apostrophes"),))


def apostrophes() -> Iterator[Case]:
    """Guarded texts that are plainly ours, somebody's, data, or no guarded texts at all."""
    phones = TableSchema(columns=tuple(a_column(name, kind) for name, kind in _PHONES.columns))
    ours = b"\xef\xbb\xbf" + _GUARDED.encode()
    as_written = truth("ort:string|ruf:string|n:integer", "Süd|'+49 2151 5550|1", "Nord|'-|2", "West|o. A.|3")
    yield Case(name="guarded.csv", content=_GUARDED.encode(), truth=_PHONES, expect="asked", code="guarded-text")
    yield Case(name="guarded-of-a-table.csv", content=_GUARDED.encode(), truth=_PHONES, schema=phones, expect="asked", code="guarded-text")  # fmt: skip
    yield Case(name="guarded-ours.csv", content=ours, truth=_PHONES, schema=phones, code="apostrophes-removed")
    yield Case(name="guarded-nobodys.csv", content=ours, truth=_PHONES, expect="asked", code="guarded-text")
    yield Case(name="apostrophes-are-data.csv", content=_GUARDED.encode(), truth=as_written, choices=_KEPT)
    yield Case(name="apostrophes-mixed.csv", content=ours, truth=None, schema=phones, choices=_KEPT, expect="refused", code="apostrophes-mixed")  # fmt: skip
    yield Case(name="other-apostrophes.csv", content=b"ort;n\n's-Gravenhage;1\n'Eck;2\n';3\n", truth=truth("ort:string|n:integer", "'s-Gravenhage|1", "'Eck|2", "'|3"))  # fmt: skip
    yield Case(name="guarded-numbers.csv", content=b"ort;wert\nA;12\nB;'-3\nC;5\n", truth=truth("ort:string|wert:string", "A|12", "B|-3", "C|5"), expect="asked", code="guarded-text")  # fmt: skip
    yield Case(name="guarded.jsonl", content=b'{"a": "\'=x", "n": 1}\n{"a": "b", "n": 2}\n', truth=truth("a:string|n:integer", "=x|1", "b|2"), expect="asked", code="guarded-text")  # fmt: skip


def a_column(name: str, kind: str) -> Column:
    return Column(name=name, type=ColumnType(kind), title=LangString(name), description=LangString(""))
