"""Pure: words of a Dockerfile's instructions: how they are split, and what quotes, backslashes and `$` mean.

The grammar is that of the Dockerfile reference ("Environment replacement", "Escape").
"""

import re
from collections.abc import Mapping

from nerdpy.errors import InvalidArgument

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BRACED = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])|\})")


def split_words(text: str) -> list[str]:
    """Split at blanks outside of quotes; quotes and backslashes stay where they are."""
    words: list[str] = []
    word, quote, at = "", "", 0
    while at < len(text):
        char = text[at]
        if char == "\\" and quote != "'" and at + 1 < len(text):
            word += text[at : at + 2]
            at += 2
            continue
        if char in "'\"" and quote in {"", char}:
            quote = "" if quote else char
        if char.isspace() and not quote:
            words += [word] if word else []
            word = ""
        else:
            word += char
        at += 1
    if quote:
        raise InvalidArgument(f"a quote is not closed: {text}")
    return [*words, word] if word else words


def expand(word: str, environment: Mapping[str, str]) -> str:
    """Take quotes and backslashes away and put variables in: `$a`, `${a}`, `${a:-b}`, `${a:+b}`,
    `${a:?b}`."""
    return _Expansion(word, environment).run()


class _Expansion:
    """One walk through a word."""

    def __init__(self, word: str, environment: Mapping[str, str]) -> None:
        self._word = word
        self._environment = environment
        self._at = 0

    def run(self, stop: str = "") -> str:
        """To the end, or to the character `stop` outside of quotes, which is eaten."""
        found = ""
        while self._at < len(self._word):
            char = self._word[self._at]
            self._at += 1
            if char == stop:
                return found
            if char == "'":
                found += self._single()
            elif char == '"':
                found += self._double()
            elif char == "$":
                found += self._variable()
            elif char == "\\":
                found += self._escaped()
            else:
                found += char
        if stop:
            raise self._unfinished(stop)
        return found

    def _single(self) -> str:
        end = self._word.find("'", self._at)
        if end < 0:
            raise self._unfinished("'")
        found, self._at = self._word[self._at : end], end + 1
        return found

    def _double(self) -> str:
        found = ""
        while self._at < len(self._word):
            char = self._word[self._at]
            self._at += 1
            if char == '"':
                return found
            if char == "$":
                found += self._variable()
            elif char == "\\" and self._word[self._at : self._at + 1] not in {'"', "$", "\\"}:
                found += char
            else:
                found += self._escaped() if char == "\\" else char
        raise self._unfinished('"')

    def _escaped(self) -> str:
        char = self._word[self._at : self._at + 1]
        self._at += 1
        return char or "\\"

    def _variable(self) -> str:
        if named := _NAME.match(self._word, self._at):
            self._at = named.end()
            return self._environment.get(named[0], "")
        braced = _BRACED.match(self._word, self._at)
        if braced is None:
            if self._word[self._at : self._at + 1] == "{":
                raise InvalidArgument(f"unsupported modifier or name in substitution: {self._word}")
            return "$"
        self._at = braced.end()
        value = self._environment.get(braced[1])
        return self._modified(braced[1], value, braced[2]) if braced[2] else value or ""

    def _modified(self, name: str, value: str | None, modifier: str) -> str:
        other = self.run("}")
        is_set = value is not None and (value != "" or not modifier.startswith(":"))
        if modifier.endswith("+"):
            return other if is_set else ""
        if is_set:
            return value or ""
        if modifier.endswith("?"):
            raise InvalidArgument(f"{name}: {other or 'is not set'}")
        return other

    def _unfinished(self, what: str) -> InvalidArgument:
        return InvalidArgument(f"{what} is missing: {self._word}")
