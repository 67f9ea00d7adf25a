"""Whatever a title or a column is called: as a literal it is that text, as a comment one line, in every language."""

import ast
import json
import re
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.publishing.manual import quoting
from tests.m_language import Token, tokens
from tests.ugly import NAMES, VALUES

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
HOSTILE = ('"', "'", "\\", "#(", "#(lf)", "#", "*/", "$x", "`", "\n", "\r", "\u2028", "\u202e", "😀", "\x7f", "\x85", "ä", "(", ")", "{", "%s", "\\u0041")  # fmt: skip
UGLY = st.lists(st.sampled_from(HOSTILE), max_size=8).map("".join)
MANY = [*NAMES, *VALUES, *HOSTILE, *("".join((a, b, a)) for a in HOSTILE for b in HOSTILE)]
"""What is asked of languages that run in a process of their own: all at once."""


@given(TEXTS | UGLY)
@example("\\N{DASH}")
def test_python_reads_the_text(text: str) -> None:
    assert ast.literal_eval(quoting.python(text)) == text


@settings(max_examples=40)  # each opens a database of its own
@given(TEXTS | UGLY)
def test_sql_reads_the_text_and_the_name(text: str) -> None:
    with duckdb.connect() as connection:
        asked = connection.execute(f"SELECT {quoting.sql(text)} AS {quoting.sql_name(text or 'x')}")
        assert [column[0] for column in asked.description or ()] == [text or "x"]
        assert asked.fetchall() == [(text,)]


@given(TEXTS | UGLY)
@example("#(#)(lf)")
@example("#(#(#(0041)")
def test_m_reads_the_text_and_the_name(text: str) -> None:
    assert list(tokens(quoting.m(text))) == [Token("text", text)]
    assert list(tokens(quoting.m_name(text))) == [Token("name", text)]


@given(TEXTS | UGLY)
def test_a_comment_is_one_line_that_can_be_seen(text: str) -> None:
    line = quoting.comment(text)

    assert line.isprintable()
    assert line.split() == re.sub(r"[^ -~]", lambda sign: sign[0] if sign[0].isprintable() else " ", text).split()


@given(TEXTS | UGLY)
def test_no_literal_hides_what_it_is(text: str) -> None:
    for quote in (quoting.python, quoting.r, quoting.javascript, quoting.m, quoting.m_name):
        assert quote(text).isprintable()


def test_a_shell_reads_the_texts(tmp_path: Path) -> None:
    script = tmp_path / "script.sh"
    script.write_text("".join(f"printf '%s\\0' {quoting.shell(text)}\n" for text in MANY), "utf-8", newline="")
    done = subprocess.run(["sh", str(script)], capture_output=True, check=True, timeout=60)

    assert done.stdout.decode().split("\0")[:-1] == MANY


@pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed")
def test_javascript_reads_the_texts(tmp_path: Path) -> None:
    script = tmp_path / "script.mjs"
    script.write_text(f"process.stdout.write(JSON.stringify([{', '.join(map(quoting.javascript, MANY))}]))", "utf-8")
    done = subprocess.run(["node", str(script)], capture_output=True, check=True, timeout=60)

    assert json.loads(done.stdout) == MANY


@pytest.mark.skipif(not shutil.which("Rscript"), reason="R is not installed")
def test_r_reads_the_texts(tmp_path: Path) -> None:
    texts = tmp_path / "texts.R"
    texts.write_text(f"texts <- c(\n{(',' + chr(10)).join(map(quoting.r, MANY))}\n)\n", "utf-8")
    asked = "source('texts.R', encoding = 'UTF-8'); for (text in texts) { writeBin(charToRaw(enc2utf8(text)), out); writeBin(as.raw(0), out) }"
    command = ["Rscript", "--vanilla", "-e", f"out <- file('out', 'wb'); {asked}; close(out)"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=60)

    assert (tmp_path / "out").read_bytes().decode().split("\0")[:-1] == MANY
