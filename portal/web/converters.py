"""Parts of an address that Flask has to read."""

from werkzeug.routing import BaseConverter


class VersionConverter(BaseConverter):
    """The number of a version: ASCII digits, no leading zero, small enough for every database."""

    regex = "[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)
