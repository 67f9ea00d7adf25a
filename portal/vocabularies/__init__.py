"""The controlled vocabularies the portal speaks, read from `schemas/vocabularies/`; values only, no network."""
