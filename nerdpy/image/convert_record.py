"""The record of what a workload reads: what `ctr-remote images optimize --record-out` writes, one JSON object
a line."""

import json

from nerdpy.errors import InvalidArgument, NotFound

_MOST = 64 << 20


def read_record(path: str) -> tuple[str, ...]:
    """The paths, each once, in the order in which they were read; NotFound, or InvalidArgument with the line.

    Of which layer a path was read is not looked at: the record may be of another form of the image.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise NotFound(f'cannot read the record "{path}": {error.strerror}') from error
    if len(data) > _MOST:
        raise InvalidArgument(f'the record "{path}" has more than {_MOST >> 20} MiB')
    lines = enumerate(data.split(b"\n"), 1)
    return tuple(
        dict.fromkeys(_path(line, f'"{path}", line {count}') for count, line in lines if line.strip())
    )


def _path(line: bytes, where: str) -> str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidArgument(
            f"the record is broken: {where} is no JSON",
            hint="a record is what `ctr-remote images optimize --record-out=FILE` writes",
        ) from error
    path = value.get("path") if isinstance(value, dict) else None
    if not isinstance(path, str):
        raise InvalidArgument(f'the record is broken: {where} has no "path"')
    return path
