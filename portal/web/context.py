"""What a view may ask of the request: the portal, the published index, the reader's language."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, request

from portal.foundation.text import LangString
from portal.publishing.references import References
from portal.web.negotiation import language
from portal.web.published import PublishedIndex
from portal.web.served_tables import ServedTables
from portal.wiring import Portal

_KEY = "datenwerkstatt"


@dataclass(frozen=True)
class Context:
    """The parts that views work with."""

    portal: Portal
    index: PublishedIndex
    tables: ServedTables
    nudge: Callable[[], None]
    """Says that there is work for the worker."""
    references: References


def keep(app: Flask, context: Context) -> None:
    """Hand the parts to an app."""
    app.extensions[_KEY] = context


def portal() -> Portal:
    return cast(Context, current_app.extensions[_KEY]).portal


def index() -> PublishedIndex:
    return cast(Context, current_app.extensions[_KEY]).index


def references() -> References:
    """Give what knows which tables refer to which."""
    return cast(Context, current_app.extensions[_KEY]).references


def served_tables() -> ServedTables:
    return cast(Context, current_app.extensions[_KEY]).tables


def nudge() -> None:
    """Say that there is work for the worker."""
    cast(Context, current_app.extensions[_KEY]).nudge()


def reader_language() -> str:
    """Give the language of the page being made: `de` or `en`."""
    return language(request.args.get("lang"), request.headers.get("Accept-Language", ""))


def told(text: LangString) -> str:
    """Give *text* in the reader's language."""
    return text.in_language(reader_language())
