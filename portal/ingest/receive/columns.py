"""What is known of one column while its reading is sought, and the names that say more than values do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.foundation.tableschema import Column, ColumnType
from portal.ingest.engine import quote_text
from portal.ingest.receive.delivery import Choices
from portal.ingest.receive.reading import Reading
from portal.ingest.receive.readings import TEXT

BLANKS = quote_text(" \t\r\n\u00a0\u202f")

IDENTIFIER = re.compile(
    r"(?i)(^|[\W_])(plz|postleitzahl|zip|postcode|postal.?code|ags|ars|telefon|tel|fax|mobil|phone|iban|bic|blz|konto\w*|isbn|"
    r"ean|gtin|az|aktenzeichen|flurst\w*|\w*schl(ü|ue)ssel\w*|kennziffer|kennung|\w*kennzeichen|steuer\w*nummer|nuts|lei)($|[\W_])"
)
YEARLY = re.compile(r"(?i)(^|[\W_])\w*(jahr|year)($|[\W_])")
DATELIKE = re.compile(r"(?i)(datum|date\b|termin|\btag\b|\bday\b|stichtag|monat|month|periode|zeitraum|\bstand\b)")
CLOCKLIKE = re.compile(r"(?i)(zeit|time|uhr|beginn|ende\b|start|\bvon\b|\bbis\b|\bab\b)")
GEOGRAPHIC = re.compile(
    r"(?i)(^|[\W_])(lat|lon|lng|latitude|longitude|x|y|breite\w*|l(ä|ae)nge\w*|koord\w*|rechtswert|hochwert|east\w*|north\w*|ostwert|nordwert)($|[\W_])"
)


@dataclass
class Seen:
    """One column on its way to a reading."""

    index: int
    name: str
    kind: str | None
    """What the source says of it (`Grid.kinds`)."""
    wanted: ColumnType | None = None
    """The type it must have: by a schema or a choice."""
    notation: str | None = None
    """The notation that was chosen or accepted."""
    column: Column | None = None
    """Its column of the published schema."""
    missing: tuple[str, ...] = ()
    """Texts that were accepted as missing values."""
    sample: list[str] = field(default_factory=list)
    candidates: list[Reading] = field(default_factory=list)
    fitting_sample: list[Reading] = field(default_factory=list)
    """Candidates that fit the whole sample: only these can fit the whole column."""
    likeliest: Reading = TEXT
    """The candidate that fits most of the sample."""
    unchanged: bool = False
    """Every value is already in its canonical form."""
    reading: Reading = TEXT
    blanks: bool = False
    """Some values have blanks around them."""
    trims: bool = False
    """Blanks around texts go, as was accepted."""
    filled: int = 0
    wrong: int = 0
    """Values that do not fit the reading; they stay as written and are errors."""

    @property
    def text(self) -> str:
        """SQL of the text that readings are asked of: without blanks around it and what stands for missing."""
        bare = f"nullif(trim(r{self.index}, {BLANKS}), '')" if self.blanks else f"r{self.index}"
        if not self.missing:
            return bare
        words = ", ".join(quote_text(word) for word in self.missing)
        return f"CASE WHEN trim(r{self.index}, {BLANKS}) NOT IN ({words}) THEN {bare} END"

    @property
    def kept(self) -> str:
        """SQL of the text as it is published where no reading changes it."""
        if self.trims or self.reading is not TEXT:
            return self.text
        words = ", ".join(quote_text(word) for word in self.missing)
        blank = f"trim(r{self.index}, {BLANKS})"
        whole = f"CASE WHEN {blank} <> '' THEN r{self.index} END" if self.blanks else f"r{self.index}"
        return f"CASE WHEN {blank} NOT IN ({words}) THEN {whole} END" if words else whole

    @property
    def is_verbatim(self) -> bool:
        """Tell whether every value is published as it stands in the file."""
        if self.missing or (self.blanks and (self.trims or self.reading is not TEXT)):
            return False
        return self.reading.type is ColumnType.STRING or (self.reading.type, self.reading.notation) in _AS_WRITTEN


_AS_WRITTEN = frozenset({(ColumnType.DATE, "iso"), (ColumnType.YEAR, "plain"), (ColumnType.YEARMONTH, "iso")})


def seen_columns(
    names: tuple[str, ...], kinds: Mapping[int, str], choices: Choices, wanted: Mapping[str, Column]
) -> list[Seen]:
    """Give the columns of a file with what was chosen and accepted for each; *wanted* is the schema by file name."""
    found = []
    for index, name in enumerate(names):
        one = Seen(index=index, name=name, kind=kinds.get(index), column=wanted.get(name))
        one.wanted = one.column.type if one.column else None
        if read_as := choices.accepts("read-as", name):
            one.wanted = one.wanted or ColumnType(read_as.parameters["type"])
            one.notation = read_as.parameters.get("notation")
        if chosen := choices.columns.get(name):
            one.wanted = chosen.type or one.wanted
            one.notation = chosen.notation or one.notation
        one.missing = tuple(
            remedy.parameters["value"]
            for remedy in choices.accepted
            if remedy.code == "as-missing" and remedy.column == name and "value" in remedy.parameters
        )
        one.trims = choices.accepts("trim-blanks", name) is not None
        found.append(one)
    return found
