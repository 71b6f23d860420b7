"""What may follow on a command line: commands, flags, values, and the names of things that exist.

It looks at the words before the cursor as `dispatch` would, but forgives everything.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from nerdpy.cli.lazy import Found, find, group_of
from nerdpy.cli.tree import GROUPS, HIDDEN_GROUPS, SUBGROUPS, TREE

if TYPE_CHECKING:
    from nerdpy.cli.flags import Flag, Taken

FILES = ":files"
"""A line that asks the shell to offer its files."""
Lines = Iterator[str]
"""`value` or `value<tab>what it is`, one each."""


def complete(words: Sequence[str], environ: Mapping[str, str]) -> Lines:
    """Candidates for the last of `words`, which may be empty."""
    *before, last = words or [""]
    place = Place(before, environ)
    for line in place.candidates(last):
        value = line.partition("\t")[0]
        if line == FILES or value.startswith(last):
            yield line


class Place:
    """Where the cursor stands: in which group or command, and after which flag."""

    def __init__(self, before: Sequence[str], environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.group = ""
        self.found: Found | None = None
        self.flags: dict[str, Flag] = {}
        self.takes: list[Taken] = []
        """The command's arguments."""
        self.given: list[tuple[str, str]] = []
        """The flags with values."""
        self.plain: list[str] = []
        """The plain words after the command's name."""
        self.pending = ""
        """The flag whose value comes next."""
        self.knows_own = False
        """Are the command's own flags among `flags`?"""
        self.is_lost = False
        """A word names no command: nothing can follow."""
        self.is_foreign = False
        """The words belong to the container's command by now."""
        for word in before:
            self._pass(word)

    def _pass(self, word: str) -> None:
        if self.pending:
            self.given.append((self.pending, word))
            self.pending = ""
        elif self.is_foreign:
            self.plain.append(word)
        elif word.startswith("-") and word != "-":
            self._pass_flag(word)
        elif self.found is None:
            self._enter(word)
        else:
            self.plain.append(word)
            self.is_foreign = self.found.entry.options_first

    def _pass_flag(self, word: str) -> None:
        if word == "--":
            self.is_foreign = True
            return
        name, equals, value = word.partition("=")
        if not name.startswith("--"):
            name = f"-{name[-1]}"
        flag = self._known().get(name)
        if equals:
            self.given.append((name, value))
        elif flag is not None and flag.takes_value:
            self.pending = name

    def _enter(self, word: str) -> None:
        words = [*self.group.split(), word]
        if group_of(*words):
            self.group = group_of(*words)
        elif word != "help":
            self.found = find([self.group, word] if self.group else [word])
            self.is_lost = self.found is None

    def _known(self) -> "dict[str, Flag]":
        """The flags that may stand here: the global ones, and the command's own before them."""
        if not self.flags:
            from nerdpy.cli.settings import GLOBAL

            self.flags = dict(GLOBAL)
        if self.found is not None and not self.knows_own:
            self.knows_own = True
            self.flags |= {name: flag for flag in self._own(self.found) for name in flag.names}
        return self.flags

    def _own(self, found: Found) -> "list[Flag]":
        if not found.entry.at:
            from nerdpy.cli.planned import planned

            return planned(found.path).flags
        from nerdpy.cli.flag_index import indexed

        command = indexed(found.path)
        self.takes = command.arguments
        return command.flags

    def candidates(self, last: str) -> Lines:
        if self.pending:
            yield from self._values(self._known()[self.pending])
        elif last.startswith("--") and "=" in last and not self.is_foreign:
            name = last.partition("=")[0]
            flag = self._known().get(name)
            values = self._values(flag) if flag is not None else iter(())
            yield from (value if value == FILES else f"{name}={value}" for value in values)
        elif last.startswith("-") and not self.is_foreign:
            yield from self._flags(last)
        elif self.found is None:
            yield from () if self.is_lost else self._commands()
        else:
            yield from self._arguments()

    def _flags(self, last: str) -> Lines:
        for name, flag in sorted(self._known().items()):
            wanted = name.startswith("--") or not last.startswith("--")
            if wanted and not flag.hidden and len(name) != 3:
                yield f"{name}\t{flag.help}"

    def _commands(self) -> Lines:
        start = f"{self.group} " if self.group else ""
        for path, entry in TREE.items():
            for name in (path, *entry.aliases):
                word = name[len(start) :]
                if name.startswith(start) and " " not in word and not entry.hidden:
                    yield f"{word}\t{entry.summary}"
        inner = {path[len(start) :]: about for path, about in SUBGROUPS.items() if path.startswith(start)}
        for name, about in (inner if self.group else GROUPS).items():
            if name not in HIDDEN_GROUPS:
                yield f"{name}\t{about}"

    def _values(self, wanted: "Flag | Taken") -> Lines:
        if wanted.choices:
            return iter(wanted.choices)
        return self._named(wanted.complete)

    def _arguments(self) -> Lines:
        self._known()
        taken = self.takes[min(len(self.plain), len(self.takes) - 1)] if self.takes else None
        if taken is None or (len(self.plain) >= len(self.takes) and not taken.is_list):
            return iter(())
        return (line for line in self._values(taken) if line.partition("\t")[0] not in self.plain)

    def _named(self, kind: str) -> Lines:
        from nerdpy.cli.candidates import named

        if kind in {"", "file"}:
            return iter([FILES])
        return named(kind, self.given, self.environ)
