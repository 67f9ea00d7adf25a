"""The production server: gunicorn with threads, errors in our shape, logs in lines of JSON.

gunicorn sends files by sendfile, stops gracefully, and lets us word the errors that happen before any application
is reached: a request line that is none is answered with a problem document too.
"""

import logging
import logging.config
import os
import socket
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from portal.foundation.config import Settings
from portal.web.app import create_app
from portal.wiring import build

_GRACE_S = 30
"""A stop waits this long for answers that are being sent."""

_KEEP_ALIVE_S = 5


class PortalWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's threaded worker; what it cannot read is answered in our shape."""

    def handle_error(
        self, req: Any, client: socket.socket, addr: Any, exc: BaseException
    ) -> None:  # Any: gunicorn's own
        """Answer a request that is not HTTP, or break off where nothing can be said any more."""
        code = 431 if "LimitRequest" in type(exc).__name__ else 400
        title = "Header too large" if code == 431 else "Not a valid HTTP request"
        body = (
            f'{{"type": "/problems/invalid-input", "title": "{title}", "status": {code}, '
            f'"detail": "The request could not be read as HTTP/1.1."}}'
        )
        head = (
            f"HTTP/1.1 {code} {title}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
            f"Content-Length: {len(body)}\r\nAccess-Control-Allow-Origin: *\r\n\r\n"
        )
        try:
            client.sendall((head + body).encode("ascii"))
        except OSError:
            logging.getLogger("portal.access").debug("the client was gone before it could be answered")


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": self._settings.workers,
            "threads": self._settings.threads,
            "worker_class": PortalWorker,
            "graceful_timeout": _GRACE_S,
            "keepalive": _KEEP_ALIVE_S,
            "timeout": 0 if self._settings.workers == 1 else 120,
            "limit_request_line": 8190,
            "limit_request_fields": 100,
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108, PTH112 - heartbeat in memory
            "logconfig_dict": logging_config(self._settings),
            "proc_name": "datenwerkstatt",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # Any: a WSGI application
        return create_app(build(self._settings))


def run_server(settings: Settings) -> None:
    """Serve until stopped; SIGTERM and SIGINT let running answers finish."""
    logging.config.dictConfig(logging_config(settings))
    _Server(settings).run()


def logging_config(settings: Settings) -> dict[str, Any]:  # Any: the standard library's configuration
    """Give the logging set-up: lines of JSON on stderr, no client addresses."""
    level = settings.log_level.upper()
    quiet = {"level": "WARNING", "handlers": ["stderr"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "datefmt": "%Y-%m-%dT%H:%M:%S%z",
                "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
                "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {"gunicorn.error": quiet, "gunicorn.access": quiet, "alembic": quiet},
    }
