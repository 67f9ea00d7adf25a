"""The web application, put together: reads like a table of contents."""

from collections.abc import Callable
from importlib import import_module
from typing import cast

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.publishing.references import References
from portal.web.api.blueprints import register_api
from portal.web.auth import register_auth
from portal.web.catalog import register_catalog
from portal.web.ckan.door import register_ckan
from portal.web.combination_things import combination_things
from portal.web.context import Context, keep
from portal.web.converters import VersionConverter
from portal.web.discovery import discovery
from portal.web.door import PublishedDoor
from portal.web.feed import feed
from portal.web.halves import Halves
from portal.web.headers import register_headers
from portal.web.idempotency import register_idempotency
from portal.web.lists import register_lists
from portal.web.pages.blueprint import register_pages
from portal.web.problems import register_problems
from portal.web.published import PublishedIndex
from portal.web.row_door import RowDoor
from portal.web.row_things import row_things
from portal.web.served_tables import ServedTables
from portal.web.sessions import register_sessions
from portal.web.things import things
from portal.wiring import Portal

MAX_REQUEST_BYTES = 1024 * 1024
"""Nobody describes a dataset in more; files of data have a limit of their own."""

HALVES = "datenwerkstatt.halves"
"""Where an application keeps what leads to its other half."""


def create_app(portal: Portal, *, refresh_s: float = 0.1, nudge: Callable[[], None] = lambda: None) -> Flask:
    """Give the application for *portal*; what was published elsewhere is seen after at most *refresh_s* seconds.

    *nudge* is called when something waits to be done (portal/web/foreman.py).
    """
    index = PublishedIndex(portal, refresh_s=refresh_s)
    references = References()
    tables = ServedTables(portal, index, references)
    context = Context(portal, index, tables, nudge, references)
    app = bare_app(context)
    register_api(app)
    register_reading(app, context)
    app.extensions[HALVES] = halves = Halves(app, lambda: _whole(context))
    # Only whom failed log-ins are counted for: nobody may name our host, scheme or mount point.
    behind = ProxyFix(halves, x_for=portal.settings.trusted_proxies, x_proto=0)
    app.wsgi_app = PublishedDoor(RowDoor(behind, portal, tables), index, access_log=portal.settings.access_log)  # type: ignore[method-assign]  # Flask's documented way
    return app


def bare_app(context: Context) -> Flask:
    """Give an application that knows its *context* and nothing to answer."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the same
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # a redirect would repeat whatever Host the client made up
    app.url_map.converters["version"] = VersionConverter
    keep(app, context)
    register_sessions(app)
    register_headers(app)
    register_auth(app)
    return app


def register_reading(app: Flask, context: Context) -> None:
    """Put into *app*, after its part of REST v1, what everyone may read."""
    register_idempotency(app)
    register_catalog(app)
    register_lists(app)
    app.register_blueprint(things)
    app.register_blueprint(row_things)
    app.register_blueprint(combination_things)
    app.register_blueprint(discovery)
    app.register_blueprint(feed)
    register_ckan(app, context.portal.settings.public_url)
    register_pages(app)
    register_problems(app)  # last: flask-smorest has brought an error handler of its own


def _whole(context: Context) -> Flask:
    """Give the whole application, which is loaded only when somebody asks for it (portal/web/halves.py)."""
    create_whole = import_module("portal.web.whole").create_whole
    return cast(Flask, create_whole(context))
