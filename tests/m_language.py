"""As much of Power Query's M as is needed to read code: its tokens (M language specification, "Lexical structure").

Excel cannot be run here; what a lexer, balanced brackets and the texts that it reads can tell is told.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<comment>//[^\r\n\u0085\u2028\u2029]*)|(?P<space>\s+)
      |(?P<quoted>\#"(?P<name>(?:[^"]|"")*)")|(?P<text>"(?P<inside>(?:[^"]|"")*)")
      |(?P<word>[A-Za-z_][A-Za-z0-9_.]*)|(?P<number>[0-9]+)|(?P<sign>[=,(){}\[\]])""",
    re.VERBOSE,
)
_CLOSES = {")": "(", "}": "{", "]": "["}


@dataclass(frozen=True)
class Token:
    """A word, a sign, a text or a quoted name; of the last two what they mean."""

    kind: str
    value: str


def tokens(code: str) -> Iterator[Token]:
    """Give the tokens of *code*; comments and blanks are left out.

    Raises:
        ValueError: it is no M.
    """
    place, depth = 0, []
    while place < len(code):
        found = _TOKEN.match(code, place)
        if found is None:
            raise ValueError(f"no token at {code[place : place + 40]!r}")
        place = found.end()
        match found.lastgroup:
            case "text" | "inside":
                yield Token("text", meaning(found["inside"]))
            case "quoted" | "name":
                yield Token("name", meaning(found["name"]))
            case "word" | "number":
                yield Token("word", found[0])
            case "sign":
                if found[0] in "({[":
                    depth.append(found[0])
                elif found[0] in _CLOSES and (not depth or depth.pop() != _CLOSES[found[0]]):
                    raise ValueError(f"{found[0]} closes nothing at {place}")
                yield Token("sign", found[0])
    if depth:
        raise ValueError(f"left open: {depth}")


def meaning(inside: str) -> str:
    """Give what a text between quotes means: `""` a quote, `#(cr,lf)`, `#(0041)`, `#(#)` for a hash."""
    return re.sub(r"#\(([^)]*)\)", lambda found: "".join(map(_sign, found[1].split(","))), inside.replace('""', '"'))


def _sign(escape: str) -> str:
    known = {"cr": "\r", "lf": "\n", "tab": "\t", "#": "#"}
    if escape in known:
        return known[escape]
    if not re.fullmatch(r"[0-9A-Fa-f]{4}([0-9A-Fa-f]{4})?", escape):
        raise ValueError(f"no escape: #({escape})")
    return chr(int(escape, 16))
