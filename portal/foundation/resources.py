"""Where the shipped files lie: `schemas/`, `migrations/` and `datasets/`, in the checkout or inside the wheel.

The wheel carries them in `portal/_shipped/` (pyproject.toml, force-include); a checkout has them at its top.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_SHIPPED = _PACKAGE / "_shipped"


def shipped(name: str) -> Path:
    """Give the folder *name* of the files that come with the portal: `schemas`, `migrations` or `datasets`."""
    return (_SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent) / name
