"""What to do to gain the points of each metric of the quality assessment, in a sentence for whoever edits a draft."""

from portal.foundation.text import LangString

_DELIVER = LangString(
    "Mindestens eine Tabelle liefern; das Portal macht daraus CSV, JSON und mehr und nennt die Adressen.",
    "Deliver at least one table; the portal makes CSV, JSON and more of it and names the addresses.",
)

ADVICE = {
    "keyword": LangString(
        "Mindestens ein Schlagwort angeben (keywords), am besten deutsch und englisch.",
        "Give at least one keyword (keywords), best in German and English.",
    ),
    "category": LangString(
        "Mindestens ein Thema der EU wählen (dcat.theme), etwa GOVE oder TRAN; /api/v1/themes zeigt alle.",
        "Choose at least one of the EU's themes (dcat.theme), such as GOVE or TRAN; /api/v1/themes lists them.",
    ),
    "place": LangString(
        "Sagen, welchen Ort die Daten betreffen (dcat.spatial): die Kennung eines Ortes oder eine GeoNames-Adresse.",
        "Say which place the data are about (dcat.spatial): the id of a place or an address of GeoNames.",
    ),
    "time": LangString(
        "Sagen, welchen Zeitraum die Daten betreffen (dcat.temporal): Anfang oder Ende genügt.",
        "Say which period the data are about (dcat.temporal): a start or an end is enough.",
    ),
    "dcat-ap": LangString(
        "Titel und Beschreibung ausfüllen; ohne sie verletzt der Datensatz DCAT-AP.",
        "Fill in title and description; without them the dataset breaks DCAT-AP.",
    ),
    "access-rights": LangString(
        "Sagen, wer zugreifen darf (dcat.accessRights): für offene Daten PUBLIC.",
        "Say who may have access (dcat.accessRights): for open data PUBLIC.",
    ),
    "access-rights-known": LangString(
        "Für den Zugang einen Code der EU-Liste verwenden (dcat.accessRights), etwa PUBLIC.",
        "Use a code of the EU's list for access (dcat.accessRights), such as PUBLIC.",
    ),
    "contact": LangString(
        "Beim Herausgeber eine Kontaktstelle mit Adresse eintragen.",
        "Enter an office to contact, with an address, at the publisher.",
    ),
    "publisher": LangString(
        "Einen Herausgeber mit Namen eintragen.",
        "Enter a publisher with a name.",
    ),
    "access-url-answers": _DELIVER,
    "download-url": _DELIVER,
    "download-url-answers": _DELIVER,
    "format": _DELIVER,
    "media-type": _DELIVER,
    "formats-known": _DELIVER,
    "non-proprietary": _DELIVER,
    "machine-readable": _DELIVER,
    "licence": LangString(
        "Eine offene Lizenz wählen (licenses); /api/v1/licences?recommended=true zeigt die wenigen empfohlenen.",
        "Choose an open licence (licenses); /api/v1/licences?recommended=true lists the few that are recommended.",
    ),
    "licence-known": LangString(
        "Eine benannte Lizenz der Liste wählen statt „andere“ (licenses), etwa dl-zero-de/2.0 oder cc-by/4.0.",
        'Choose a named licence of the list instead of "other" (licenses), such as dl-zero-de/2.0 or cc-by/4.0.',
    ),
    "rights": LangString(
        "Die Rechte in einem Satz nennen (dcat.rights), oder eine Lizenz mit eigener Seite wählen.",
        "State the rights in a sentence (dcat.rights), or choose a licence that has a page of its own.",
    ),
    "size": _DELIVER,
    "issued": LangString(
        "Freigeben: das Datum der Veröffentlichung setzt das Portal.",
        "Release it: the portal sets the date of issue.",
    ),
    "modified": LangString(
        "Freigeben: das Datum der Änderung setzt das Portal.",
        "Release it: the portal sets the date of modification.",
    ),
}
"""Metric ↔ advice."""
