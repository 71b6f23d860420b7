"""Pure: a parsed template: statements, and the expressions in them.

`str(expression)` is its source in Go's normal form; messages quote it. `position` counts characters from
the start of the template.
"""

from typing import Any, Union

from nerdpy.dataclass import dataclass, field


@dataclass(frozen=True)
class Dot:
    position: int

    def __str__(self) -> str:
        return "."


@dataclass(frozen=True)
class Nil:
    position: int

    def __str__(self) -> str:
        return "nil"


@dataclass(frozen=True)
class Literal:
    """A bool, number or text; `kind` is `bool`, `number` or `string`."""

    position: int
    kind: str
    value: Any
    source: str

    def __str__(self) -> str:
        return self.source


@dataclass(frozen=True)
class Field:
    """`.A.B`."""

    position: int
    names: tuple[str, ...]

    def __str__(self) -> str:
        return "".join(f".{name}" for name in self.names)


@dataclass(frozen=True)
class Variable:
    """`$x.A.B`; the first name has its dollar."""

    position: int
    names: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(frozen=True)
class Chain:
    """`(pipeline).A.B`, or fields of what a function without arguments returns."""

    position: int
    of: "Operand"
    names: tuple[str, ...]

    def __str__(self) -> str:
        start = f"({self.of})" if isinstance(self.of, Pipe) else str(self.of)
        return start + "".join(f".{name}" for name in self.names)


@dataclass(frozen=True)
class Name:
    """A function."""

    position: int
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Command:
    position: int
    arguments: tuple["Operand", ...]

    def __str__(self) -> str:
        return " ".join(f"({one})" if isinstance(one, Pipe) else str(one) for one in self.arguments)


@dataclass(frozen=True)
class Pipe:
    position: int
    commands: tuple[Command, ...]
    variables: tuple[str, ...] = ()
    """Those that it sets, with their dollars."""
    is_assignment: bool = False

    def __str__(self) -> str:
        sign = "=" if self.is_assignment else ":="
        start = f"{', '.join(self.variables)} {sign} " if self.variables else ""
        return start + " | ".join(map(str, self.commands))


Operand = Union[Dot, Nil, Literal, Field, Variable, Chain, Name, Pipe]  # noqa: UP007 - forward references


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Action:
    pipe: Pipe


@dataclass(frozen=True)
class Branch:
    """`if`, `with` or `range`."""

    kind: str
    position: int
    pipe: Pipe
    body: tuple["Statement", ...]
    otherwise: tuple["Statement", ...] = ()


@dataclass(frozen=True)
class Call:
    """`{{template "name" pipeline}}`."""

    position: int
    name: str
    pipe: Pipe | None

    def __str__(self) -> str:
        from nerdpy.gotemplate.lexer import quoted

        return f"{{{{template {quoted(self.name)}{f' {self.pipe}' if self.pipe else ''}}}}}"


@dataclass(frozen=True)
class Jump:
    """`{{break}}` or `{{continue}}`."""

    kind: str


Statement = Text | Action | Branch | Call | Jump


@dataclass(frozen=True)
class Parsed:
    """The template itself, and those that it defines."""

    text: str
    body: tuple[Statement, ...]
    defined: dict[str, tuple[Statement, ...]] = field(default_factory=dict)
