"""What a read costs: files, documents and pages of a running portal against a server that does nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.client import fetch, put_load
from bench.figures import Figure, alternate
from bench.processes import bare_server, free_port, portal_server

_CONNECTIONS = (1, 8)


@dataclass(frozen=True)
class Question:
    """An address of the portal, and what its answer is measured against."""

    work: str
    path: str
    peer: str
    """`file`: the same bytes from disk; `constant`: the same bytes from memory."""
    target: str


def file_questions(small: str, large: str) -> list[Question]:
    """Give the downloads of a small and a large table, given by the addresses of the tables."""
    return [
        Question(f"{name} {suffix}", f"{table}.{suffix}", "file", "≥ 0.8")
        for name, table in (("small", small), ("large", large))
        for suffix in ("csv", "json", "parquet")
    ]


def document_questions(dataset: str) -> list[Question]:
    """Give the documents of a dataset and the pages of the catalogue."""
    return [
        Question("dataset JSON", f"/api/v1/datasets/{dataset}", "constant", "≥ 0.7"),
        Question("dataset Turtle", f"/datasets/{dataset}.ttl", "constant", "≥ 0.7"),
        Question("catalogue page, Turtle", "/catalog.ttl?page=1", "constant", "≥ 0.7"),
        Question("list of datasets, JSON", "/api/v1/datasets", "constant", ""),
        Question("dataset, HTML", f"/datasets/{dataset}?lang=de", "constant", ""),
    ]


def measure_serving(
    data: Path, questions: list[Question], work: Path, *, seconds: float, rounds: int
) -> Iterator[Figure]:
    """Ask every question at 1 and at 8 connections, portal and peer in turns."""
    with portal_server(data, free_port()) as portal:
        bodies = {f"answer{number}": fetch(portal.port, question.path)[0] for number, question in enumerate(questions)}
        paths = {}
        for name, body in bodies.items():
            paths[name] = work / name
            paths[name].write_bytes(body)
        with bare_server(paths, free_port(), work / "bare.log") as bare:
            for number, question in enumerate(questions):
                size = len(bodies[f"answer{number}"])
                for connections in _CONNECTIONS:
                    asked = partial(put_load, connections=connections, seconds=seconds, size_bytes=size)
                    ours = partial(asked, portal.port, question.path)
                    peers = partial(asked, bare.port, f"/{question.peer}/answer{number}")
                    ratio, detail = alternate(ours, peers, rounds)
                    yield Figure(
                        work=f"{question.work} ({_size(size)}), {connections} conn.",
                        measured=ratio,
                        target=question.target,
                        detail=detail,
                    )


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.0f} MB" if size_bytes > 1e6 else f"{size_bytes / 1e3:.0f} KB"
