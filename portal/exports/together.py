"""Several writers read the same rows at once: one query makes the texts of all of them.

    writer of CSV   ──asks for its row──┐                       ┌──▶ pieces of CSV
    writer of JSON  ──asks for its row──┤  one SELECT of all    ├──▶ pieces of JSON
    writer of XLSX  ──asks for its row──┘  rows, when all wait  └──▶ pieces of XLSX

Each writer runs in a thread of its own and reads as if it were alone; what every format needs of the rows (unpacking the
columns, the canonical texts) is done once. Whoever is slower holds the others up: of each there is a piece in memory that
is being written, one that waits, and one in the making.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.ingest.engine import Engine


@dataclass(eq=False)
class _Asked:
    """What a writer asked for, and the piece that waits for it."""

    text: str
    where: str
    arrived: threading.Condition
    """Told to the writer when there is something new."""
    piece: memoryview | None = None
    is_over: bool = False
    """No more pieces come."""
    is_closed: bool = False
    """Nobody takes any more."""


@dataclass
class SharedRows:
    """The rows of the SQL relation *relation*, numbered by its column `n`, for as many writers as `reader` was called."""

    relation: str
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _changed: threading.Condition = field(init=False)
    """Told to the one that reads: a writer has asked, taken or left."""
    _writers: int = 0
    """Those that have not left."""
    _waiting: list[_Asked] = field(default_factory=list)
    _asked: list[_Asked] = field(default_factory=list)
    _failure: BaseException | None = None

    def __post_init__(self) -> None:
        self._changed = threading.Condition(self._lock)

    def reader(self) -> "SharedReader":
        """Give a writer its access. All must be given before `serve` begins, and all must leave."""
        self._writers += 1
        return SharedReader(self)

    def serve(self, engine: Engine) -> None:
        """Read the rows for the writers until all of them have left; whatever fails here fails in them, too."""
        try:
            while together := self._next():
                self._read(engine, together)
        except BaseException as failure:
            with self._lock:
                self._failure = failure
                _tell(self._asked)
            raise

    def _next(self) -> list[_Asked]:
        """Wait until every writer asks for rows or has left; give those that ask for the same rows."""
        with self._lock:
            self._changed.wait_for(lambda: len(self._waiting) == self._writers)
            together = [one for one in self._waiting if one.where == self._waiting[0].where]
            self._waiting = [one for one in self._waiting if one not in together]
            return together

    def _read(self, engine: Engine, together: list[_Asked]) -> None:
        texts = list(dict.fromkeys(one.text for one in together))
        sql = f"SELECT {', '.join(texts)}, n FROM {self.relation} WHERE {together[0].where}"  # noqa: S608 - generated
        for pieces in engine.columns_of_texts(sql, len(texts)):
            for one in together:
                self._hand_over(one, pieces[texts.index(one.text)])
            if all(one.is_closed for one in together):
                break
        with self._lock:
            for one in together:
                one.is_over = True
            _tell(together)

    def _hand_over(self, asked: _Asked, piece: memoryview) -> None:
        with self._lock:
            self._changed.wait_for(lambda: asked.piece is None or asked.is_closed)
            asked.piece = None if asked.is_closed else piece
            asked.arrived.notify()

    def ask(self, text: str, where: str) -> _Asked:
        """Ask for the SQL *text* of the rows that meet *where*."""
        with self._lock:
            asked = _Asked(text, where, threading.Condition(self._lock))
            self._waiting.append(asked)
            self._asked.append(asked)
            self._changed.notify()
            return asked

    def take(self, asked: _Asked) -> memoryview | None:
        """Wait for the next piece; None: there is none."""
        with self._lock:
            asked.arrived.wait_for(lambda: asked.piece is not None or asked.is_over or self._failure is not None)
            if self._failure is not None:
                raise RuntimeError("The rows cannot be read.") from self._failure
            piece, asked.piece = asked.piece, None
            self._changed.notify()
            return piece

    def leave(self, asked: _Asked | None) -> None:
        """Take note that a writer reads no more; *asked* is what it asked for last."""
        with self._lock:
            self._writers -= 1
            if asked is not None:
                asked.is_closed, asked.piece = True, None
            self._changed.notify()


def _tell(writers: list[_Asked]) -> None:
    for one in writers:
        one.arrived.notify()


class SharedReader:
    """One writer's access to shared rows."""

    def __init__(self, rows: SharedRows) -> None:
        self._rows = rows
        self._asked: _Asked | None = None

    def texts(self, text: str, where: str) -> Iterator[memoryview]:
        """Give the SQL *text* of the rows that meet *where*, as UTF-8 in large pieces.

        Raises:
            RuntimeError: the rows cannot be read; the cause says why.
        """
        asked = self._asked = self._rows.ask(text, where)
        while (piece := self._rows.take(asked)) is not None:
            yield piece

    def leave(self) -> None:
        """Say that this writer is done, or has failed: the others do not wait for it any more."""
        self._rows.leave(self._asked)
