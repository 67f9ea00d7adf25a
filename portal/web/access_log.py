"""One line of JSON for every answered request, written as cheaply as logging allows.

The general JSON formatter takes 25 µs a line, a tenth of a whole answer; this one knows its fields.
"""

import json
import logging
import time
from functools import lru_cache


class AccessFormatter(logging.Formatter):
    """Formats the records of `portal.access`; their fields come as `extra` (portal/web/door.py)."""

    def format(self, record: logging.LogRecord) -> str:
        facts = record.__dict__
        size = facts["bytes"]
        return (
            f'{{"at": "{_moment(int(record.created))}", "level": "{record.levelname}", "logger": "{record.name}", '
            f'"message": "request", "request_id": "{facts["request_id"]}", "method": {json.dumps(facts["method"])}, '
            f'"path": {json.dumps(facts["path"])}, "status": {facts["status"]}, '
            f'"bytes": {"null" if size is None else size}, "took_ms": {facts["took_ms"]}}}'
        )


@lru_cache(maxsize=2)
def _moment(seconds: int) -> str:
    """Give a second as the other log lines write it; most requests share theirs with the one before."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(seconds))
