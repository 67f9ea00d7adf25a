"""`python -m portal.cli`: the same as `portal`."""

from portal.cli.main import main

main()
