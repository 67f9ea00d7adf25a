"""The portal's secret is made once, whoever asks first, and only its owner can read it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from portal.foundation.secret import NAME, secret_key


def test_the_secret_is_made_once_whoever_asks_first(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: secret_key(tmp_path), range(32)))

    (key,) = keys
    assert len(key) == 32
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    secret_key(tmp_path)

    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
