"""`nerdpy images`: list images."""

from datetime import UTC, datetime
from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Option
from nerdpy.cli.options import ListingFlags
from nerdpy.commands.docker_default import listing_format
from nerdpy.dataclass import dataclass, replace
from nerdpy.dockercompat import image as columns
from nerdpy.dockercompat.container_row import created_text
from nerdpy.dockercompat.image import ImageRow
from nerdpy.dockercompat.units import human_ago, human_size, human_size_3
from nerdpy.errors import UsageError
from nerdpy.image.filtering import KEYS
from nerdpy.image.ls import Listed, Wish, list_images
from nerdpy.model.filters import Filters, parse_filters
from nerdpy.output.formats import Columns, show_rows

SIZED = ("Size", "DiskUsage", "json")
USED = ("Containers", "Extra", "json")
LEGEND = "U: in use"
WIDE = 1000
"""Columns of a tree that goes into a pipe: nothing is cut."""


@dataclass(frozen=True, kw_only=True)
class ListFlags:
    """What of the images is shown."""

    all: Annotated[
        bool, Option("--all", "-a", help="Show images without a name too (they are always shown)")
    ] = False
    digests: Annotated[bool, Option("--digests", help="Show digests")] = False
    names: Annotated[bool, Option("--names", help="Show full names")] = False
    tree: Annotated[bool, Option("--tree", help="Show the platforms of each image below it")] = False


def command(
    context: Context,
    flags: ListFlags,
    show: ListingFlags,
    pattern: Annotated[str, Argument("[REPOSITORY[:TAG]]", complete="image")] = "",
) -> None:
    """List images"""
    filters = parse_filters(show.filter, KEYS)
    if flags.tree:
        _check_tree(flags, show)
        _show_trees(context, filters, pattern)
        return
    show = replace(show, format=listing_format(context, "imagesFormat", show.format, is_quiet=show.quiet))
    is_overview = not (show.format or show.quiet or show.no_trunc or flags.digests or flags.names)
    wish = Wish(
        pattern=pattern,
        filters=filters,
        config=not is_overview,
        sizes=not show.quiet and _needs(show.format, SIZED),
        users=not show.quiet and (is_overview or _needs(show.format, USED) and not _is_table(show.format)),
    )
    listed = list_images(engine_of(context), wish)
    if is_overview:
        listed = sorted(listed, key=lambda image: (image.name.is_dangling, str(image.name)))
        _show_legend(context)
    show_rows(
        [_row(image, no_trunc=show.no_trunc) for image in listed],
        columns=columns.OVERVIEW if is_overview else _columns(flags, show),
        console=context.console,
        format=show.format,
        is_quiet=show.quiet,
    )


def _show_legend(context: Context) -> None:
    if context.console.is_terminal_out:
        context.console.talk(LEGEND.rjust(context.console.width - 1))


def _check_tree(flags: ListFlags, show: ListingFlags) -> None:
    """As docker: the tree is one view, for people."""
    given = {
        "--quiet": show.quiet,
        "--no-trunc": show.no_trunc,
        "--digests": flags.digests,
        "--names": flags.names,
        "--format": bool(show.format),
    }
    for name in (name for name, is_given in given.items() if is_given):
        raise UsageError(
            f"{name} and --tree exclude each other", hint="leave --tree out, or see `nerdpy image inspect`"
        )


def _show_trees(context: Context, filters: Filters, pattern: str) -> None:
    from nerdpy.dockercompat.image_tree import TreeLine, tree_text
    from nerdpy.image.tree import Branch, Trunk, list_trees

    def line(name: str, one: Trunk | Branch) -> TreeLine:
        return TreeLine(
            name=name,
            id=one.digest.partition(":")[2][:12],
            disk_usage=human_size_3(one.content_size + one.unpacked_size),
            content_size=human_size_3(one.content_size),
            is_used=one.is_used,
        )

    trees = [
        (one.names[:-1], line(one.names[-1], one), [line(it.platform, it) for it in one.branches])
        for one in list_trees(engine_of(context), filters, pattern)
    ]
    _show_legend(context)
    for text in tree_text(trees, context.console.width if context.console.is_terminal_out else WIDE):
        context.console.line(text)


def _columns(flags: ListFlags, show: ListingFlags) -> Columns:
    is_wide = show.format == "wide"
    names = columns.FULL_NAME if flags.names else columns.NAMES
    digest = columns.DIGEST if flags.digests or is_wide else ()
    return (*names, *digest, *columns.FACTS, *(columns.WIDE if is_wide else ()))


def _is_table(format: str) -> bool:
    return format in {"", "table", "wide"}


def _needs(format: str, words: tuple[str, ...]) -> bool:
    """Does a table, JSON or this template show what is costly to know?"""
    return _is_table(format) or any(word in format for word in words)


def _row(image: Listed, *, no_trunc: bool) -> ImageRow:
    digest = image.record.target.digest
    size = image.content_size + image.unpacked_size
    name = image.name
    return ImageRow(
        ID=digest if no_trunc else digest.partition(":")[2][:12],
        Image=str(name),
        Repository=name.repository or columns.NONE,
        Tag=name.tag or columns.NONE,
        Digest=digest,
        Name=image.record.name,
        CreatedAt=created_text(image.created_at) or columns.NOT_COUNTED,
        CreatedSince=human_ago(image.created_at, datetime.now(UTC)),
        Size=human_size_3(size),
        BlobSize=human_size(image.content_size),
        DiskUsage=human_size_3(size),
        ContentSize=human_size_3(image.content_size),
        Containers=str(image.users),
        Platform=image.platform,
        Extra="U" if image.users else "",
        LabelsMap=image.labels,
    )
