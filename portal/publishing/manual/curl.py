"""A table fetched with curl on any system's command line: the CSV file, or the CSV of a query."""

from urllib.parse import quote

from portal.publishing.manual.quoting import shell
from portal.publishing.manual.reading import Reading


def write_curl(reading: Reading) -> str:
    """Give the command that saves the file."""
    table = reading.manual.table.table
    command = f"curl --fail --silent --show-error --compressed --output {shell(f'{table}.csv')}"
    if reading.question is None:
        return reading.commented("#", [f"{command} \\", f"  {shell(reading.url('.csv'))}"])
    lines = [f"{command} \\", f"  --get {shell(reading.url('.csv'))} \\"]
    # curl escapes what stands behind the first equals sign; the name in front of it must be escaped already
    pairs = [shell(f"{quote(name, safe='')}={value}") for name, value in reading.parameters.items()]
    lines += [f"  --data-urlencode {pair} \\" for pair in pairs]
    return reading.commented("#", [*lines[:-1], lines[-1].removesuffix(" \\")])
