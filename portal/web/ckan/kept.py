"""The catalogue that searches look through, kept with the application."""

from typing import cast

from flask import Flask, current_app

from portal.web.ckan.catalogue import CkanCatalogue

_KEY = "datenwerkstatt-ckan"


def keep_catalogue(app: Flask, catalogue: CkanCatalogue) -> None:
    """Hand the catalogue to an app."""
    app.extensions[_KEY] = catalogue


def catalogue() -> CkanCatalogue:
    return cast(CkanCatalogue, current_app.extensions[_KEY])
