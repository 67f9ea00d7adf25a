"""The Data Package going out: `datapackage.json` beside its files, and everything in one ZIP.

In the ZIP lie the tables as CSV, the descriptor with sizes and checksums, a README with column dictionary and
licence in German and English, and `checksums.sha256` in the form that `sha256sum -c` reads.
"""

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from portal.exports.zipped import Member
from portal.foundation.text import LangString
from portal.publishing.built import PreparedFile
from portal.vocabularies.licences import Licence


def package_descriptor(
    descriptor: dict[str, Any],
    *,
    tables: Mapping[str, PreparedFile],
    version: int,
    homepage: str,
    publisher: LangString,
    at: datetime,
) -> dict[str, Any]:  # Any: JSON of the Data Package standard
    """Give the descriptor as it is published: paths beside it, with bytes and hash of the CSV files in *tables*."""
    package = copy.deepcopy(descriptor)
    package["$schema"] = "https://datapackage.org/profiles/2.0/datapackage.json"
    package["homepage"] = homepage
    package["version"] = str(version)
    package["created"] = at.isoformat().replace("+00:00", "Z")
    package["contributors"] = [{"title": publisher.de, "roles": ["publisher"]}]
    for resource in package["resources"]:
        file = tables[resource["name"]]
        resource |= {
            "path": f"{resource['name']}.csv",
            "type": "table",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "dialect": {
                "delimiter": ",",
                "lineTerminator": "\r\n",
                "quoteChar": '"',
                "doubleQuote": True,
                "header": True,
            },
            "bytes": file.path.stat().st_size,
            "hash": f"sha256:{file.digests[file.path]}",
        }
    return package


def package_text(package: dict[str, Any]) -> bytes:  # Any: JSON
    """Give the bytes of `datapackage.json`: the same beside the files and in the ZIP."""
    return json.dumps(package, ensure_ascii=False, indent=2).encode()


def package_members(
    package: dict[str, Any], tables: Mapping[str, PreparedFile], readme: str
) -> list[Member]:  # Any: JSON
    """Give what lies in a dataset's ZIP, checksums last."""
    texts = {"datapackage.json": package_text(package), "README.md": readme.encode()}
    digests = {
        **{name: hashlib.sha256(content).hexdigest() for name, content in texts.items()},
        **{f"{name}.csv": file.digests[file.path] for name, file in tables.items()},
    }
    sums = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
    return [
        *(Member(name, (content,)) for name, content in texts.items()),
        *(Member(f"{name}.csv", (file.path,), packed=file.compressed) for name, file in tables.items()),
        Member("checksums.sha256", (sums.encode(),)),
    ]


def readme_text(
    package: dict[str, Any], licence: Licence, attribution: LangString, rows: dict[str, int]
) -> str:  # Any: JSON
    """Give the README of a package: what it is, the licence, and every column, German first, then English."""
    return "\n".join(
        [
            *_readme(package, licence, attribution, rows, "de"),
            "",
            "---",
            "",
            *_readme(package, licence, attribution, rows, "en"),
        ]
    )


_WORDS = {
    "de": (
        "Stand",
        "Quelle",
        "Lizenz",
        "Nennung",
        "Rechte",
        "Zeilen",
        "Spalte",
        "Typ",
        "Bedeutung",
        "Nicht veröffentlicht",
    ),
    "en": (
        "Version",
        "Source",
        "Licence",
        "Attribution",
        "Rights",
        "rows",
        "Column",
        "Type",
        "Meaning",
        "Not published",
    ),
}


def _readme(
    package: dict[str, Any], licence: Licence, attribution: LangString, rows: dict[str, int], language: str
) -> Iterator[str]:  # Any: JSON
    stand, source, licence_word, credit, rights, rows_word, column, kind, meaning, withheld = _WORDS[language]
    yield f"# {LangString.of(package, 'title').in_language(language)}"
    yield f"\n{LangString.of(package, 'description').in_language(language)}\n"
    yield f"- {stand}: {package['version']} ({package['created'][:10]}), {package['homepage']}"
    for one in package.get("sources", ()):
        yield f"- {source}: {one['title']}"
    yield f"- {licence_word}: {licence.title.in_language(language)}, {licence.url or licence.iri}"
    yield f"- {credit}: {attribution.in_language(language)}"
    yield f"- {rights}: {_in(package['dcat']['rights'], language)}"
    for one in package.get("withheld", ()):
        yield f"- {withheld}: {one['resource']}.{one['column']}: {_in(one['reason'], language)}"
    for resource in package["resources"]:
        yield f"\n## {resource['name']}.csv: {LangString.of(resource, 'title').in_language(language)} ({rows[resource['name']]} {rows_word})"
        yield f"\n{LangString.of(resource, 'description').in_language(language)}\n"
        yield f"| {column} | {kind} | {meaning} |\n|---|---|---|"
        for field in resource["schema"]["fields"]:
            texts = (LangString.of(field, key).in_language(language) for key in ("title", "description"))
            text = ": ".join(text for text in texts if text).replace("|", "\\|").replace("\n", " ")
            yield f"| {field['name']} | {field['type']} | {text} |"


def _in(texts: dict[str, str], language: str) -> str:
    return texts.get(language) or texts["de"]
