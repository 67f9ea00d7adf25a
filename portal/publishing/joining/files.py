"""A joined table as the writers of files see it: its own address, the licence of the combination, whom to credit."""

from urllib.parse import urlencode

from portal.exports.table import TableExport
from portal.foundation.config import Settings
from portal.foundation.text import LANGUAGES, LangString
from portal.publishing.joining.joined import Joined
from portal.publishing.lineage import combine_url
from portal.rows.engine import RowSource


def joined_export(joined: Joined, source: RowSource, settings: Settings) -> TableExport:
    """Give a joined table with all that its files say about it."""
    base, lineage = joined.parts[0], joined.lineage
    licence, datasets = lineage.licence, lineage.inputs
    return TableExport(
        parquet=source.parquet,
        schema=source.schema,
        physical=source.physical,
        row_count=source.row_count,
        dataset=base.dataset,
        table=base.table,
        title=joined.title,
        description=LangString("", ""),
        dataset_title=LangString(
            *(
                "; ".join(f"{one.title.in_language(tag)} (Version {one.version})" for one in datasets)
                for tag in LANGUAGES
            )
        ),
        version=base.version,
        licence_title=licence.title if licence else lineage.summary,
        licence_url=(licence.url or licence.iri) if licence else combine_url(lineage, settings),
        attribution=lineage.credit,
        base_url=settings.public_url,
        rdf_type=None,
        modified_at=joined.modified_at,
        at=pinned_url(joined, settings),
    )


def pinned_url(joined: Joined, settings: Settings) -> str:
    """Give the address of the joined rows that always means these versions."""
    base = joined.parts[0]
    asked = {"join": joined.join, "versions": pins(joined.versions)}
    query = urlencode({name: text for name, text in asked.items() if text}, safe=":,/")
    return f"{settings.public_url}/api/v1/datasets/{base.dataset}/tables/{base.table}/rows?{query}"


def pins(versions: dict[str, int]) -> str:
    """Write versions as the parameter `versions` has them."""
    return ",".join(f"{slug}:{number}" for slug, number in versions.items())
