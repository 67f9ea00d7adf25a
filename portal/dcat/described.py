"""What has to be known of a dataset, its files, its publisher and the catalogue to describe them in DCAT.

Plain values: the rooms above fill them from the record, this room turns them into graphs. Times are aware.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.foundation.text import LangString


@dataclass(frozen=True, kw_only=True)
class DescribedPublisher:
    """The body that decided on publication (DCAT-AP.de, convention K36)."""

    slug: str
    name: LangString
    type_code: str | None = None
    """Code of the scheme publisher-type, for example `LocalAuthority`."""
    homepage: str | None = None
    contact_name: str | None = None
    """Name of an office, never of a person; None: the publisher's own name."""
    contact_email: str | None = None
    contact_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class DescribedDistribution:
    """One file of a dataset."""

    name: str
    """File name under the dataset's address, for example `ideas.csv`."""
    table: str | None = None
    """None: the file holds the whole dataset."""
    title: LangString
    description: LangString | None = None
    """None: a sentence with the number of rows is written."""
    media_type: str
    """As the server sends it; only what IANA registers is repeated in DCAT."""
    file_type: str | None = None
    """Code of the EU file-type table; None: the table has none for this format."""
    size_bytes: int
    digest: str
    row_count: int | None = None
    compress_media_type: str | None = None
    package_media_type: str | None = None
    conforms_to: str | None = None
    """Address of the schema the file follows (K29)."""


@dataclass(frozen=True, kw_only=True)
class DescribedDataset:
    """A published version of a dataset; *descriptor* is its Data Package (keys as in `datasets/`)."""

    slug: str
    descriptor: Mapping[str, Any]  # Any: JSON of the Data Package standard, checked where it is read
    version: int
    issued_at: datetime
    modified_at: datetime
    publisher: DescribedPublisher
    distributions: tuple[DescribedDistribution, ...]
    base_url: str
    """Public address of the portal, without a trailing slash."""
    version_notes: LangString | None = None
    previous_version: int | None = None
    contributor_id: str | None = None
    """Code or IRI of the system that delivers to GovData (K12), for example `openNRW`; None: not delivered."""


@dataclass(frozen=True, kw_only=True)
class DescribedCatalog:
    """The catalogue itself, without its datasets."""

    title: LangString
    description: LangString
    publisher: DescribedPublisher
    issued_at: datetime
    modified_at: datetime
    base_url: str
    licence_code: str
    """Licence of the metadata, a code of the licence registry."""
    spatial: tuple[str, ...] = field(default=())
    """Ids of known places, or IRIs."""
    dataset_count: int
    address: str = "catalog"
    """Its IRI below `base_url`."""
    page: str = ""
    """Its page, the same way."""
    related: str = "combinations"
    """The other catalogue, the same way: that of the saved combinations, or that of the datasets."""
