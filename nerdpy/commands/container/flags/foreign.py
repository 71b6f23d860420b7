"""Flags that docker or nerdctl have and nerdpy has no use for (yet): each says so when it is given."""

from typing import Annotated

from nerdpy.cli.flags import Later, Option
from nerdpy.commands.container.flags.caller import Caller
from nerdpy.dataclass import dataclass
from nerdpy.errors import UsageError

_WINDOWS = "this exists on Windows only: leave it out"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ForeignFlags:
    """Of Windows, and of docker's past."""

    isolation: Annotated[
        str, Option("--isolation", help="How Windows isolates; on Linux only `default`", metavar="KIND")
    ] = ""
    cpu_count: Annotated[
        int, Option("--cpu-count", help="Number of processors (Windows)", metavar="N"), Later(_WINDOWS)
    ] = 0
    cpu_percent: Annotated[
        int, Option("--cpu-percent", help="Share of the processors (Windows)", metavar="N"), Later(_WINDOWS)
    ] = 0
    io_maxbandwidth: Annotated[
        str,
        Option("--io-maxbandwidth", help="Limit of the system drive (Windows)", metavar="SIZE"),
        Later(_WINDOWS),
    ] = ""
    io_maxiops: Annotated[
        int, Option("--io-maxiops", help="Limit of the system drive (Windows)", metavar="N"), Later(_WINDOWS)
    ] = 0
    kernel_memory: Annotated[
        str, Option("--kernel-memory", help="Without effect since Linux 5.4", metavar="SIZE", hidden=True)
    ] = ""
    disable_content_trust: Annotated[
        bool,
        Option("--disable-content-trust", help="Without effect: there is no content trust", hidden=True),
        Later("docker's content trust (Notary v1) has ended, and nerdpy has none: leave it out"),
    ] = True

    def check_foreign(self, caller: Caller) -> None:
        """Refuse what is for Windows; warn of what has no effect."""
        if self.isolation not in {"", "default"}:
            raise UsageError(f'invalid isolation "{self.isolation}": {_WINDOWS}')
        if self.kernel_memory:
            caller.warn("--kernel-memory has no effect: the kernel dropped that limit")
