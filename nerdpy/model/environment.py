"""Pure: environment variables from -e and env files, and labels, which share the file format.

docker's env files have no quoting at all: what stands after `=` is the value, quotes and all. A comment is a
line that starts with `#`.
"""

from collections.abc import Iterable, Iterator, Mapping

from nerdpy.errors import InvalidArgument

_BOM = b"\xef\xbb\xbf"
_BLANKS = " \t"


def parse_variable(text: str, caller: Mapping[str, str]) -> str:
    """`K=V` as it is; `K` with the caller's value, or bare where the caller has none."""
    name, equals, _ = text.partition("=")
    if not name:
        raise InvalidArgument(
            f'invalid environment variable "{text}": it has no name', hint="write NAME=VALUE, or NAME alone"
        )
    if "\0" in text:
        raise InvalidArgument(f'environment variable "{name}" holds a NUL character')
    return text if equals or name not in caller else f"{name}={caller[name]}"


def parse_env_file(content: bytes, *, source: str, caller: Mapping[str, str]) -> tuple[str, ...]:
    """The variables of an env file, in order; a bare name that the caller has not set adds nothing."""
    return tuple(
        f"{name}={caller.get(name, '') if value is None else value}"
        for name, value in _pairs(content, source)
        if value is not None or name in caller
    )


def merge_variables(variables: Iterable[str]) -> tuple[str, ...]:
    """Later ones win, in the place of the first; a bare `K` stays: it removes the image's."""
    merged: dict[str, str] = {}
    for variable in variables:
        merged[variable.partition("=")[0]] = variable
    return tuple(merged.values())


def parse_label(text: str) -> tuple[str, str]:
    """`K=V` or `K`; the name has no white space in it."""
    name, _, value = text.partition("=")
    if not name:
        raise InvalidArgument(f'invalid label "{text}": empty name', hint="write NAME=VALUE, or NAME alone")
    if any(letter in name.lstrip(_BLANKS) for letter in _BLANKS):
        raise InvalidArgument(
            f'label "{name}" contains whitespace', hint="quote the value only, as in NAME='a b'"
        )
    return name, value


def parse_label_file(content: bytes, *, source: str) -> dict[str, str]:
    """The labels of a file, in the format of env files; a bare name is a label without value."""
    return {name: value or "" for name, value in _pairs(content, source)}


def _pairs(content: bytes, source: str) -> Iterator[tuple[str, str | None]]:
    for number, raw in enumerate(content.removeprefix(_BOM).split(b"\n"), start=1):
        try:
            line = raw.removesuffix(b"\r").decode()
        except UnicodeDecodeError as error:
            raise InvalidArgument(
                f"{source}, line {number}: invalid UTF-8 at byte {error.start + 1}",
                hint="save the file as UTF-8",
            ) from error
        line = line.lstrip(_BLANKS)
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not name:
            raise InvalidArgument(f'{source}, line {number}: no variable name in "{line}"')
        if any(letter in name for letter in _BLANKS):
            raise InvalidArgument(
                f'{source}, line {number}: variable "{name}" contains whitespace',
                hint="the file has NAME=VALUE lines, without spaces around `=` and without `export`",
            )
        yield name, value if equals else None
