"""`nerdpy volume import`: fill a volume from a tar archive."""

import sys
from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument
from nerdpy.errors import InvalidArgument


def command(
    context: Context,
    volume: Annotated[str, Argument("VOLUME", complete="volume")],
    source: Annotated[str, Argument("[FILE|-]", complete="file")] = "-",
) -> None:
    """Fill a volume from a tar archive

    The archive may be packed by gzip, bzip2, xz or zstd. An empty volume gets all of it or nothing; in
    another one its members take the places of what has the same names, and the rest stays.
    """
    from nerdpy.volume.import_ import import_

    if source == "-" and sys.stdin.isatty():
        raise InvalidArgument(
            "refusing to read an archive from a terminal", hint="name a file, or use a pipe"
        )
    import_(engine_of(context), volume, source)
