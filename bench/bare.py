"""The peer of the portal's server: the same gunicorn with the same worker and settings, and an application that does nothing else.

    /file/NAME      open the file and hand it to the server's file wrapper
    /constant/NAME  bytes that have been in memory since the start

Run as `python -m bench.bare PORT NAME=PATH …`.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from portal.foundation.config import Settings
from portal.web.server import server_options

_TYPE = ("Content-Type", "application/octet-stream")


def bare_application(paths: dict[str, Path]) -> Callable[..., Iterable[bytes]]:
    """Give the WSGI application for the files *paths*, by name."""
    sizes = {name: str(path.stat().st_size) for name, path in paths.items()}
    constants = {name: path.read_bytes() for name, path in paths.items() if path.stat().st_size < 32 * 1024 * 1024}

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        _, kind, name = environ["PATH_INFO"].split("/", 2)
        start_response("200 OK", [_TYPE, ("Content-Length", sizes[name])])
        if kind == "constant":
            return [constants[name]]
        return environ["wsgi.file_wrapper"](paths[name].open("rb"), 256 * 1024)

    return application


class _Bare(BaseApplication):
    def __init__(self, port: int, paths: dict[str, Path]) -> None:
        self._port, self._paths = port, paths
        super().__init__()

    def load_config(self) -> None:
        settings = Settings(host="127.0.0.1", port=self._port, access_log=False)
        for name, value in server_options(settings).items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Iterable[bytes]]:
        return bare_application(self._paths)


if __name__ == "__main__":
    named = dict(argument.split("=", 1) for argument in sys.argv[2:])
    _Bare(int(sys.argv[1]), {name: Path(path) for name, path in named.items()}).run()
