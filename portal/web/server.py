"""The production server: gunicorn with threads, errors in our shape, logs in lines of JSON.

gunicorn sends files by sendfile, stops gracefully, and lets us word the errors that happen before any application
is reached: a request line that is none is answered with a problem document too.
"""

import atexit
import logging
import logging.config
import os
import resource
import socket
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from portal.foundation.config import Settings
from portal.foundation.errors import Misconfigured
from portal.web.app import create_app
from portal.web.foreman import Foreman
from portal.web.worker import PortalWorker, QuietLogger
from portal.wiring import build

_GRACE_S = 30
"""A stop waits this long for answers that are being sent."""

_KEEP_ALIVE_S = 5

_CONNECTIONS = 1000
_OPEN_FILES = 4096
"""Connections and files; what a process may have by default, often 1024, is less than its connections and the files it serves."""


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    def __init__(self, settings: Settings, at_stop: Callable[[], None] | None) -> None:
        self._settings = settings
        self._at_stop = at_stop
        super().__init__()

    def load_config(self) -> None:
        options = server_options(self._settings)
        if self._at_stop is not None:
            stop = self._at_stop
            options["on_exit"] = lambda _: stop()
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # Any: a WSGI application
        portal = build(self._settings)
        foreman = Foreman(portal)
        foreman.start()
        atexit.register(foreman.stop)
        return create_app(portal, nudge=foreman.nudge)


def server_options(settings: Settings) -> dict[str, Any]:  # Any: gunicorn's settings
    """Give gunicorn's settings; the bench starts its peer with the same."""
    return {
        "bind": f"{settings.host}:{settings.port}",
        "workers": settings.workers,
        "threads": settings.threads,
        "worker_connections": most_connections(resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
        "worker_class": PortalWorker,
        "logger_class": QuietLogger,
        "graceful_timeout": _GRACE_S,
        "keepalive": _KEEP_ALIVE_S,
        "timeout": 0 if settings.workers == 1 else 120,
        "limit_request_line": 8190,
        "limit_request_fields": 100,
        "forwarder_headers": "",  # nobody may name our mount point
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108, PTH112 - heartbeat in memory
        "logconfig_dict": logging_config(settings),
        "proc_name": "datenwerkstatt",
    }


def most_connections(open_files: int) -> int:
    """Give how many connections a process keeps that may have so many *open_files*: gunicorn dies of one that it cannot open."""
    return _CONNECTIONS if open_files == resource.RLIM_INFINITY else min(_CONNECTIONS, open_files // 2)


def allow_open_files() -> None:
    """Let this process and its children have as many open files as are needed, where that is allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def check_address(settings: Settings) -> None:
    """See, before anything is loaded, that the server will be able to listen.

    Raises:
        Misconfigured: host or port are not to be had, most often because another program listens there.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        raise Misconfigured(
            f"{settings.host}, port {settings.port}, cannot be listened on: {error.strerror}. Choose another PORTAL_PORT.",
            detail_de=f"{settings.host}, Port {settings.port}, ist nicht zu haben: {error.strerror}. Bitte ein anderes PORTAL_PORT wählen.",
        ) from None


def run_server(settings: Settings, *, at_stop: Callable[[], None] | None = None) -> None:
    """Serve until stopped, then call *at_stop*; SIGTERM and SIGINT let running answers finish."""
    logging.config.dictConfig(logging_config(settings))
    allow_open_files()
    _Server(settings, at_stop).run()


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
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {
            "gunicorn.error": quiet,
            "gunicorn.access": quiet,
            "alembic": quiet,
            "authlib": quiet,  # at debug it writes down code verifiers
        },
    }
