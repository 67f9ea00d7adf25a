"""The web door: the only rooms that know Flask and marshmallow. A lookup and a send; no rules live here."""
