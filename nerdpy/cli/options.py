"""Options that many commands share: --format, --filter, --quiet, --no-trunc, --platform, --yes."""

from typing import Annotated

from nerdpy.cli.flags import Argument, Option
from nerdpy.dataclass import dataclass, field

FORMAT_HELP = "Show as `table`, `table TEMPLATE`, `json`, or by a Go template"


@dataclass(frozen=True, kw_only=True)
class FormatFlags:
    """--format alone, as `inspect`, `info` and `version` have it."""

    format: Annotated[str, Option("--format", "-f", help=FORMAT_HELP)] = ""


@dataclass(frozen=True, kw_only=True)
class ListingFlags:
    """What every listing takes. `--quiet` shows only the identifying column."""

    filter: Annotated[
        list[str], Option("--filter", "-f", help="Show only what matches KEY=VALUE", metavar="filter")
    ] = field(default_factory=list)
    format: Annotated[str, Option("--format", help=FORMAT_HELP)] = ""
    no_trunc: Annotated[bool, Option("--no-trunc", help="Don't shorten anything")] = False
    quiet: Annotated[bool, Option("--quiet", "-q", help="Show only the ids or names")] = False


@dataclass(frozen=True, kw_only=True)
class PruneFlags:
    """What every prune takes."""

    filter: Annotated[
        list[str], Option("--filter", help="Remove only what matches KEY=VALUE", metavar="filter")
    ] = field(default_factory=list)
    force: Annotated[bool, Option("--force", "-f", help="Don't ask first")] = False


ContainerArgument = Annotated[str, Argument("CONTAINER", complete="container")]
ContainerArguments = Annotated[list[str], Argument("CONTAINER [CONTAINER...]", complete="container")]
ImageArgument = Annotated[str, Argument("IMAGE", complete="image")]
ImageArguments = Annotated[list[str], Argument("IMAGE [IMAGE...]", complete="image")]
NetworkArguments = Annotated[list[str], Argument("NETWORK [NETWORK...]", complete="network")]
VolumeArguments = Annotated[list[str], Argument("VOLUME [VOLUME...]", complete="volume")]
NamespaceArguments = Annotated[list[str], Argument("NAMESPACE [NAMESPACE...]", complete="namespace")]
