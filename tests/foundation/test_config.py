"""Settings come from the environment, are checked once, and are refused in a sentence."""

from dataclasses import fields
from pathlib import Path

import pytest

from portal.foundation.config import Settings
from portal.foundation.errors import Misconfigured


def test_an_empty_environment_gives_the_embedded_default() -> None:
    settings = Settings.from_environment({"PATH": "/bin"})

    assert settings.data == Path.cwd() / "data"
    assert settings.sqlalchemy_url == f"sqlite:///{Path.cwd() / 'data' / 'portal.sqlite'}"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.blobs.parent == settings.work.parent == settings.data


def test_every_setting_is_read_in_its_own_type() -> None:
    settings = Settings.from_environment(
        {
            "PORTAL_DATA": "/srv/portal/../daten",
            "PORTAL_PORT": "8123",
            "PORTAL_ACCESS_LOG": "off",
            "PORTAL_BASE_URL": "https://daten.example/",
            "PORTAL_DATABASE_URL": "postgresql+psycopg://db/portal",
        }
    )

    assert settings.data == Path("/srv/daten")
    assert (settings.port, settings.access_log) == (8123, False)
    assert settings.public_url == "https://daten.example"
    assert settings.sqlalchemy_url == "postgresql+psycopg://db/portal"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORTAL_PORT", "eighty"),
        ("PORTAL_PORT", "65536"),
        ("PORTAL_PORT", "-1"),
        ("PORTAL_THREADS", "0"),
        ("PORTAL_WORKERS", "0"),
        ("PORTAL_ACCESS_LOG", "maybe"),
        ("PORTAL_BASE_URL", "daten.example"),
        ("PORTAL_BASEURL", "https://daten.example"),
    ],
)
def test_a_setting_that_does_not_fit_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(Misconfigured, match=name) as caught:
        Settings.from_environment({name: text})

    assert name in caught.value.detail.de


def test_every_setting_has_a_line_of_help() -> None:
    assert [one.name for one in fields(Settings) if not one.metadata["help"].endswith(".")] == []
