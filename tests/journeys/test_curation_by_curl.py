"""docs/curation.md is true: every command of the page is run, in order, and answers what the page says.

A block `sh` is what a reader pastes, a block `text` after it what they see; `…` stands for anything.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shipped import PROJECT, environment, serving

PAGE = (PROJECT / "docs" / "curation.md").read_text("utf-8")
HERE = "http://127.0.0.1:8000"
END = "end of what one block says"

BLOCKS = re.findall(r"^```sh\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", PAGE, re.MULTILINE | re.DOTALL)
"""(commands, what they say); nothing said: it does not matter."""


def test_every_command_of_the_page_answers_as_it_says(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (tmp_path / "bin").mkdir()
    portal = tmp_path / "bin" / "portal"
    portal.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m portal.cli "$@"\n')
    portal.chmod(0o755)
    around = environment(data=data) | {"PYTHONPATH": str(PROJECT), "PATH": f"{portal.parent}:{os.environ['PATH']}"}

    with serving(data, datasets="-") as served:
        script = "".join(f"{commands}\nprintf '\\n{END}\\n'\n" for commands, _ in BLOCKS)
        done = subprocess.run(
            ["bash", "-euo", "pipefail"], input=script.replace(HERE, served.url), cwd=tmp_path, env=around,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2_000:]
        answers = done.stdout.replace(served.url, HERE).split(f"\n{END}\n")

    for (commands, expected), answer in zip(BLOCKS, answers, strict=False):
        if expected:
            assert _fits(expected, answer), f"{commands}\n{answer}"


@pytest.mark.parametrize("commands", [commands for commands, _ in BLOCKS if "curl" in commands])
def test_what_is_asked_of_the_portal_is_shown_with_its_answer(commands: str) -> None:
    assert dict(BLOCKS)[commands]


def _fits(expected: str, answer: str) -> bool:
    parts = (re.escape(part.strip("\n")) for part in expected.strip().split("…"))
    return re.fullmatch(r"[\s\S]*?".join(parts), answer.replace("\r\n", "\n").strip()) is not None
