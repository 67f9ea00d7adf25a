"""A figure: what was measured, against what, and whether it is enough. Rounds alternate A B A B, medians count."""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench.client import Load


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the result."""

    work: str
    measured: float
    unit: str = "×"
    """`×` for a ratio against the peer; `s`, `MB` for a plain amount."""
    target: str = ""
    """Such as `≥ 0.8` or `≤ 1.5`; empty: for information."""
    detail: str = ""

    @property
    def verdict(self) -> str:
        """Give `ok` or `missed`; empty where there is no target."""
        if not self.target:
            return ""
        sign, bound = self.target.split()[:2]
        return "ok" if (self.measured >= float(bound)) == (sign == "≥") else "missed"

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        shown = f"{self.measured:.2f}" if self.measured < 100 else f"{self.measured:,.0f}"
        amount = f"{shown} {self.unit}"
        return self.work, amount, f"{self.target} {self.unit}" if self.target else "", self.verdict, self.detail


def alternate(ours: Callable[[], Load], peers: Callable[[], Load], rounds: int) -> tuple[float, str]:
    """Give the median ratio of answers a second, ours to the peer's, and the latencies of both in words."""
    pairs = [(ours(), peers()) for _ in range(rounds)]
    ratio = statistics.median(our.per_s / peer.per_s for our, peer in pairs)
    return ratio, f"{_latencies([our for our, _ in pairs])} against {_latencies([peer for _, peer in pairs])}"


def as_markdown(figures: Iterable[Figure]) -> str:
    """Give the figures as a table."""
    rows = [("work", "measured", "target", "verdict", "detail"), *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _latencies(loads: list[Load]) -> str:
    p50, p99 = (statistics.median(values) for values in ([x.p50_ms for x in loads], [x.p99_ms for x in loads]))
    return f"{statistics.median(x.per_s for x in loads):,.0f}/s, p50 {p50:.2f} p99 {p99:.2f} ms"
