"""Who gets which document at an address that has several: `Accept` decides, and a person gets a page."""

import pytest
from flask.testing import FlaskClient

from portal.web.negotiation import accepts, language, preferred

DATASET = "/datasets/baeume"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
DOCUMENTS = {".json": "application/json", ".jsonld": "application/ld+json", ".ttl": "text/turtle"}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json", "application/json"),
        ("application/ld+json", "application/ld+json"),
        ("text/turtle", "text/turtle"),
        ("TEXT/TURTLE", "text/turtle"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/n-triples", "application/n-triples"),
        ("text/turtle, */*;q=0.1", "text/turtle"),
        ("application/json;q=0.9, text/html;q=0.8", "application/json"),
        ("text/turtle;q=0.5, application/json;q=0.4", "text/turtle"),
        ("text/html;q=0, application/json", "application/json"),
        ("application/*", "application/json"),
        ("text/turtle;charset=utf-8", "text/turtle"),
        (BROWSER, "text/html"),
        ("*/*", "text/html"),
        ("", "text/html"),
    ],
)
def test_a_dataset_is_given_as_the_client_likes_it(client: FlaskClient, accept: str, media_type: str) -> None:
    answer = client.get(DATASET, headers={"Accept": accept})

    assert answer.status_code == 200
    assert answer.mimetype == media_type
    assert "Accept" in answer.headers["Vary"].split(", ")


@pytest.mark.parametrize("accept", ["junk", "/", "text/turtle;q=nan", "a/b," * 2000, "\xff\xfe", ",;=", "text/html;x="])
def test_an_unreadable_wish_gets_the_page(client: FlaskClient, accept: str) -> None:
    answer = client.get(DATASET, headers={"Accept": accept})

    assert (answer.status_code, answer.mimetype) == (200, "text/html")


@pytest.mark.parametrize("suffix", [".json", ".jsonld", ".ttl", ".rdf", ".nt"])
def test_the_negotiated_document_is_the_one_at_its_own_address(client: FlaskClient, suffix: str) -> None:
    named = client.get(f"{DATASET}{suffix}", headers={"Accept": "text/html"})

    negotiated = client.get(DATASET, headers={"Accept": named.mimetype})

    assert negotiated.data == named.data
    assert negotiated.headers["ETag"] == named.headers["ETag"]


def test_an_older_version_is_negotiated_too(client: FlaskClient) -> None:
    answer = client.get(f"{DATASET}/v/1", headers={"Accept": "application/json"})

    assert answer.mimetype == "application/json"
    assert answer.get_json()["version"] in (1, "1")
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("address", ["/datasets/baeume/trees.csv", "/catalog.ttl", "/api/v1/datasets"])
def test_an_address_with_one_form_gives_it_to_everybody(client: FlaskClient, address: str) -> None:
    usual = client.get(address)

    for accept in ("text/html", "image/png", "*/*;q=0", "junk"):
        answer = client.get(address, headers={"Accept": accept})
        assert (answer.status_code, answer.data) == (200, usual.data)


@pytest.mark.parametrize(
    ("accept", "place"),
    [("text/turtle", "/catalog.ttl"), ("application/ld+json", "/catalog.jsonld"), (BROWSER, "/"), ("*/*", "/")],
)
def test_the_catalogue_leads_to_the_document_the_client_prefers(client: FlaskClient, accept: str, place: str) -> None:
    answer = client.get("/catalog", headers={"Accept": accept})

    assert answer.status_code == 303
    assert answer.headers["Location"] == place
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("address", "accept"),
    [("/", "application/json"), ("/datasets", "application/json"), ("/", "text/turtle"), ("/datasets", "text/turtle")],
)
def test_home_and_list_have_a_form_for_machines(client: FlaskClient, address: str, accept: str) -> None:
    answer = client.get(address, headers={"Accept": accept}, follow_redirects=True)

    assert answer.mimetype == accept
    assert "Accept" in answer.headers["Vary"] or answer.history


@pytest.mark.parametrize(
    ("query", "accept_language", "expected"),
    [
        ("", "de-DE,de;q=0.9,en;q=0.5", "de"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "fr", "de"),
        ("", "", "de"),
        ("", "xx-" * 2000, "de"),
        ("?lang=en", "de", "en"),
        ("?lang=de", "en", "de"),
        ("?lang=%00", "en", "en"),
    ],
)
def test_a_page_is_in_the_language_of_its_reader(
    client: FlaskClient, query: str, accept_language: str, expected: str
) -> None:
    answer = client.get(f"/{query}", headers={"Accept-Language": accept_language})

    assert f'<html lang="{expected}"' in answer.get_data(as_text=True)
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_page_and_its_translation_have_different_tags(client: FlaskClient) -> None:
    german, english = (client.get("/", headers={"Accept-Language": one}) for one in ("de", "en"))

    assert german.headers["ETag"] != english.headers["ETag"]


def test_a_tie_goes_to_the_page() -> None:
    assert preferred("application/json, text/html", DOCUMENTS) is None
    assert preferred("application/json, text/html;q=0.9", DOCUMENTS) == ".json"


def test_a_wish_too_long_to_read_is_none() -> None:
    assert preferred("application/json," * 200, DOCUMENTS) is None
    assert accepts("image/png," * 200, ("application/json",)) == "application/json"


def test_german_is_the_language_of_whoever_says_nothing() -> None:
    assert language(None, "") == language("fr", "") == language(None, "tlh") == "de"
