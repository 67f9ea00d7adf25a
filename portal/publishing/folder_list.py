"""Which dataset folders there are to load, and whether they changed; asked at every start, so it loads next to nothing."""

from pathlib import Path

from portal.foundation.config import Settings
from portal.foundation.errors import InvalidInput
from portal.foundation.resources import shipped
from portal.publishing.folder import DESCRIPTOR


def dataset_folders(folder: Path) -> list[Path]:
    """Give the dataset folders in *folder*: itself, or those directly below it, by name.

    Raises:
        InvalidInput: it holds none.
    """
    if (folder / DESCRIPTOR).is_file():
        return [folder]
    found = sorted(path.parent for path in folder.glob(f"*/{DESCRIPTOR}"))
    if not found:
        raise InvalidInput(
            f"There is no {DESCRIPTOR} in {folder} or its folders.",
            detail_de=f"In {folder} und seinen Ordnern liegt kein {DESCRIPTOR}.",
        )
    return found


def folder_to_load(settings: Settings) -> Path | None:
    """Give the folder that is loaded at start; None: the operator wants none."""
    if settings.datasets == "-":
        return None
    return Path(settings.datasets).expanduser().resolve() if settings.datasets else shipped("datasets")


def fingerprint(folders: list[Path]) -> str:
    """Give a cheap mark of folders: names, sizes and times of their files. The same mark, nothing to load."""
    files = (path for folder in folders for path in sorted(folder.iterdir()) if path.is_file())
    return ";".join(f"{path.parent.name}/{path.name}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in files)
