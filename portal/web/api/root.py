"""The entrance of REST v1: where to go from here."""

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint

from portal import __version__
from portal.web.api.schemas import RootOut
from portal.web.context import portal

root = Blueprint("root", "root", description="Where to go from here · Wo es weitergeht")

_LINKS = ("datasets", "combinations", "publishers", "licences", "themes", "keywords", "places", "openapi.json")


@root.route("/")
class Root(MethodView):
    @root.response(200, RootOut)
    def get(self) -> Response:
        """Tell what there is."""
        base = portal().settings.public_url
        links = {name.split(".")[0]: f"{base}/api/v1/{name}" for name in _LINKS}
        documents = {"catalog": f"{base}/catalog.ttl", "everything": f"{base}/catalog.zip", "docs": f"{base}/api/docs"}
        return jsonify(title=portal().settings.title_de, version=__version__, links=links | documents)
