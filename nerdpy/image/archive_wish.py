"""Which platforms the flags `--platform` and `--all-platforms` mean."""

from collections.abc import Iterable

from nerdpy.dataclass import dataclass
from nerdpy.errors import UsageError
from nerdpy.image.read import own_platform
from nerdpy.model.descriptor import Platform
from nerdpy.model.platform import parse_platforms


@dataclass(frozen=True, kw_only=True)
class Wish:
    """The platforms that are to be there. None named: those that are."""

    platforms: tuple[Platform, ...] = ()
    all_platforms: bool = False


def parse_wish(given: Iterable[str], *, all_platforms: bool) -> Wish:
    """`--platform` may be given several times, and may hold a list."""
    platforms = parse_platforms(given, default=own_platform())
    if platforms and all_platforms:
        raise UsageError("--all-platforms and --platform exclude each other")
    return Wish(platforms=platforms, all_platforms=all_platforms)
