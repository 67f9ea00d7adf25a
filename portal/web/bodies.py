"""The bodies that were asked for last, in memory: opening and reading a small file costs as much as sending it."""

import threading
from collections import OrderedDict
from pathlib import Path


class Bodies:
    """Files that never change, at most *max_bytes* of them, those asked for last; safe for threads."""

    def __init__(self, *, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._size_bytes = 0
        self._kept: OrderedDict[Path, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def part(self, path: Path, start: int, stop: int) -> bytes:
        """Give the bytes of *path* from *start* up to but not including *stop*; what is read is kept when it is whole.

        Raises:
            FileNotFoundError: there is no such file.
        """
        with self._lock:
            kept = self._kept.get(path)
            if kept is not None:
                self._kept.move_to_end(path)
        if kept is not None:
            return kept if stop - start == len(kept) else kept[start:stop]
        with path.open("rb", buffering=0) as file:
            file.seek(start)
            body = file.read(stop - start) or b""
            whole = start == 0 and not file.read(1)
        if whole and len(body) <= self._max_bytes // 8:
            self._keep(path, body)
        return body

    def _keep(self, path: Path, body: bytes) -> None:
        with self._lock:
            if path not in self._kept:
                self._kept[path] = body
                self._size_bytes += len(body)
            while self._size_bytes > self._max_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._size_bytes -= len(dropped)
