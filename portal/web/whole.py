"""The whole application: what everyone reads, and what people do who look after data. Made when it is first asked for."""

from flask import Flask

from portal.web.api.whole import register_whole_api
from portal.web.app import bare_app, register_reading
from portal.web.context import Context
from portal.web.login import register_login


def create_whole(context: Context) -> Flask:
    """Give the application with every address."""
    app = bare_app(context)
    register_whole_api(app)
    register_reading(app, context)
    register_login(app)
    return app
