"""The whole application: what everyone reads, and what people do who look after data. Made when it is first asked for."""

from flask import Flask

from portal.web.api.blueprints import register_api
from portal.web.api.whole import WHOLE
from portal.web.app import bare_app, register_reading
from portal.web.context import Context
from portal.web.login import register_login
from portal.web.pages.jobs import job_pages


def create_whole(context: Context) -> Flask:
    """Give the application with every address."""
    app = bare_app(context)
    register_api(app, WHOLE)
    register_reading(app, context)
    app.register_blueprint(job_pages)
    register_login(app)
    return app
