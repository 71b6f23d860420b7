"""`nerdpy commit`: make an image from a container."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Later, Option
from nerdpy.cli.options import ContainerArgument
from nerdpy.dataclass import dataclass, field

_ESTARGZ = Later(
    "commit makes plain layers: `nerdpy image convert --estargz` makes an eStargz image of the new one"
)
_CHUNKED = Later("commit makes plain layers: `nerdpy image convert --zstdchunked` makes zstd:chunked ones")


@dataclass(frozen=True, kw_only=True)
class CommitFlags:
    author: Annotated[str, Option("--author", "-a", help="Who made the image")] = ""
    change: Annotated[
        list[str], Option("--change", "-c", help="Apply a Dockerfile instruction to the image")
    ] = field(default_factory=list)
    compression: Annotated[
        str, Option("--compression", help="How the new layer is compressed", choices=("gzip", "zstd"))
    ] = "gzip"
    format: Annotated[str, Option("--format", help="Kind of the image", choices=("docker", "oci"))] = "docker"
    message: Annotated[str, Option("--message", "-m", help="A sentence for the history of the image")] = ""
    no_pause: Annotated[bool, Option("--no-pause", help="Don't pause the container meanwhile")] = False
    pause: Annotated[bool, Option("--pause", "-p", help="Pause the container meanwhile")] = True


@dataclass(frozen=True, kw_only=True)
class LazyFlags:
    """Layers that can be read before they are fetched as a whole."""

    estargz: Annotated[bool, Option("--estargz", help="Make eStargz layers"), _ESTARGZ] = False
    estargz_chunk_size: Annotated[
        int, Option("--estargz-chunk-size", help="Size of an eStargz chunk"), _ESTARGZ
    ] = 0
    estargz_compression_level: Annotated[
        int, Option("--estargz-compression-level", help="Compression level of eStargz"), _ESTARGZ
    ] = 9
    estargz_min_chunk_size: Annotated[
        int, Option("--estargz-min-chunk-size", help="Least size of an eStargz chunk"), _ESTARGZ
    ] = 0
    zstdchunked: Annotated[bool, Option("--zstdchunked", help="Make zstd:chunked layers"), _CHUNKED] = False
    zstdchunked_chunk_size: Annotated[
        int, Option("--zstdchunked-chunk-size", help="Size of a zstd:chunked chunk"), _CHUNKED
    ] = 0
    zstdchunked_compression_level: Annotated[
        int, Option("--zstdchunked-compression-level", help="Compression level of zstd:chunked"), _CHUNKED
    ] = 3


def command(
    context: Context,
    flags: CommitFlags,
    lazy: LazyFlags,
    container: ContainerArgument,
    name: Annotated[str, Argument("[REPOSITORY[:TAG]]", complete="image")] = "",
) -> None:
    """Make a new image from a container's changes

    What its volumes hold is not part of it. Without a name the image is known by its id alone, which is
    printed.
    """
    from nerdpy.container.commit import CommitOptions, commit
    from nerdpy.container.find import find

    engine = engine_of(context)
    options = CommitOptions(
        author=flags.author,
        message=flags.message,
        changes=tuple(flags.change),
        pauses=flags.pause and not flags.no_pause,
        compression=flags.compression,
        kind=flags.format,
    )
    context.console.line(commit(engine, find(engine, container), name, options))
