"""Pure: a template's text to tokens: text, and what stands between `{{` and `}}`.

Go lexes while it parses; here the first fault becomes a token of the kind `error`, which the parser
reports when it gets there, so that the message is the one of the first fault in the text.
"""

import re

from nerdpy.dataclass import dataclass

KEYWORDS = frozenset(
    {"block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"}
)
SPACES = " \t\r\n"
_TERMINATORS = SPACES + ".,|:()"
"""What may follow a name, besides the end of the action."""


@dataclass(frozen=True)
class Token:
    kind: str
    """`text left right space string raw char number bool nil dot field variable name keyword ( ) | , := =`,
    `other`, `error` or `end`."""
    text: str
    position: int
    line: int

    def __str__(self) -> str:
        """The token as Go's messages show it."""
        if self.kind == "end":
            return "EOF"
        if self.kind == "error":
            return self.text
        if self.kind in {"keyword", "dot"}:
            return f"<{self.text}>"
        return f"{quoted(self.text[:10])}..." if len(self.text) > 10 else quoted(self.text)


def quoted(text: str) -> str:
    """`text` in double quotes, as Go's %q for the text of a message."""
    body = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + body.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"'


_NUMBER = re.compile(
    r"(?=[+-]|\d|\.\d)[+-]?"
    r"(?:0[xX][\da-fA-F_]*\.?[\da-fA-F_]*(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*|0[bB][01_]*"
    r"|[\d_]*\.?[\d_]*(?:[eE][+-]?[\d_]*)?)i?",
    re.ASCII,
)
_SCANNERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("space", re.compile(r"[ \t\r\n]+(?=[ \t\r\n]-\}\})|[ \t\r\n]+(?!-\}\})")),
    (":=", re.compile(r":=")),
    ("string", re.compile(r'"(?:[^"\\\n]|\\.)*"')),
    ("raw", re.compile(r"`[^`]*`")),
    ("char", re.compile(r"'(?:[^'\\\n]|\\.)*'")),
    ("field", re.compile(r"\.[^\W\d]\w*")),
    ("number", _NUMBER),
    ("dot", re.compile(r"\.")),
    ("variable", re.compile(r"\$\w*")),
    ("name", re.compile(r"[^\W\d]\w*")),
    ("(", re.compile(r"\(")),
    (")", re.compile(r"\)")),
    ("|", re.compile(r"\|")),
    (",", re.compile(r",")),
    ("=", re.compile(r"=")),
)


class _Fault(Exception):
    """Lexing stops here; the text becomes the error token."""


class Lexer:
    """Walks over one template text once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.at = 0
        self.depth = 0
        self.trims_next = False

    def run(self) -> list[Token]:
        try:
            while self.at < len(self.text):
                self._plain_text()
                if self.at < len(self.text):
                    self._action()
            self._add("end", "")
        except _Fault as fault:
            self._add("error", str(fault))
        return self.tokens

    def _add(self, kind: str, text: str) -> None:
        line = 1 + self.text.count("\n", 0, self.at)
        self.tokens.append(Token(kind, text, self.at, line))
        if kind != "error":
            self.at += len(text)

    def _plain_text(self) -> None:
        """Emit the text up to the next `{{`, trimmed where the actions beside it say so."""
        start = self.at
        end = self.text.find("{{", start)
        end = len(self.text) if end < 0 else end
        kept = self.text[start:end]
        if self.trims_next:
            kept = kept.lstrip(SPACES)
            self.at = end - len(kept)
        if self._trims_left(end):
            kept = kept.rstrip(SPACES)
        if kept:
            self._add("text", kept)
        self.at = end

    def _trims_left(self, at: int) -> bool:
        return self.text[at + 2 : at + 3] == "-" and self.text[at + 3 : at + 4] in tuple(SPACES)

    def _action(self) -> None:
        """Emit everything of one `{{...}}`, or nothing for a comment."""
        opening = 4 if self._trims_left(self.at) else 2
        if self.text.startswith("/*", self.at + opening):
            self._comment(self.at + opening)
            return
        self._add("left", "{{")
        self.at += opening - 2
        self.depth = 0
        while not (closing := self._closing()):
            self._inside()
        if self.depth:
            raise _Fault("unclosed left paren")
        self.trims_next = closing > 2
        self.at += closing - 2
        self._add("right", "}}")

    def _closing(self) -> int:
        """How long the closing delimiter at this place is: 0, 2 or (with its trim marker) 4."""
        if self.text.startswith("}}", self.at):
            return 2
        is_trimming = self.text[self.at : self.at + 1] in tuple(SPACES) and self.text.startswith(
            "-}}", self.at + 1
        )
        return 4 if is_trimming else 0

    def _comment(self, start: int) -> None:
        end = self.text.find("*/", start + 2)
        if end < 0:
            self.at = start
            raise _Fault("unclosed comment")
        self.at = end + 2
        closing = self._closing()
        if not closing:
            raise _Fault("comment ends before closing delimiter")
        self.trims_next = closing > 2
        self.at += closing

    def _inside(self) -> None:
        if self.at >= len(self.text):
            raise _Fault("unclosed action")
        for kind, pattern in _SCANNERS:
            if found := pattern.match(self.text, self.at):
                self._found(kind, found.group())
                return
        self._other()

    def _found(self, kind: str, text: str) -> None:
        if kind == "number":
            self._check_end_of_number(text)
        if kind == "(":
            self.depth += 1
        elif kind == ")":
            self.depth -= 1
            if self.depth < 0:
                raise _Fault("unexpected right paren")
        elif kind == "name":
            kind = self._kind_of_name(text)
        if kind in {"dot", "field", "variable", "name", "keyword", "bool", "nil"}:
            self._check_end_of_name(self.at + len(text))
        self._add(kind, text)

    @staticmethod
    def _kind_of_name(text: str) -> str:
        if text in KEYWORDS:
            return "keyword"
        if text in {"true", "false"}:
            return "bool"
        return "nil" if text == "nil" else "name"

    def _check_end_of_name(self, end: int) -> None:
        following = self.text[end : end + 1]
        if following and following not in _TERMINATORS and not self.text.startswith("}}", end):
            self.at = end
            raise _Fault(f"bad character {_code_point(following)}")

    def _check_end_of_number(self, text: str) -> None:
        end = self.at + len(text)
        following = self.text[end : end + 1]
        if following and following in "+-":
            imaginary = _NUMBER.match(self.text, end)
            following = imaginary.group() if imaginary else following
            after = self.text[end + len(following) :][:1]
            following += after if after.isalnum() else ""
            raise _Fault(f"bad number syntax: {quoted(text + following)}")
        if following.isalnum() or following == "_":
            raise _Fault(f"bad number syntax: {quoted(text + following)}")
        if text.endswith("i"):
            raise _Fault(f"complex numbers are not supported: {text}")

    def _other(self) -> None:
        character = self.text[self.at]
        faults = {
            '"': "unterminated quoted string",
            "`": "unterminated raw quoted string",
            ":": "expected :=",
        }
        if character in faults:
            raise _Fault(faults[character])
        if character == "'":
            raise _Fault("unterminated character constant")
        if not ("!" <= character <= "~"):
            raise _Fault(f"unrecognized character in action: {_code_point(character)}")
        self._add("other", character)


def _code_point(character: str) -> str:
    shown = f" '{character}'" if character.isprintable() else ""
    return f"U+{ord(character):04X}{shown}"


def tokens_of(text: str) -> list[Token]:
    """All tokens of a template; the last is of the kind `end` or `error`."""
    return Lexer(text).run()
