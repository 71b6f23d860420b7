"""Flags for how the container ends and comes back."""

from typing import Annotated

from nerdpy.cli.flags import Option
from nerdpy.commands.container.flags.caller import parsed
from nerdpy.dataclass import dataclass
from nerdpy.errors import UsageError
from nerdpy.model.options import LifeOptions
from nerdpy.model.restart import parse_restart_policy

_RUNC = LifeOptions.runtime


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LifeFlags:
    """How it ends and comes back."""

    rm: Annotated[
        bool, Option("--rm", help="Remove the container, and its anonymous volumes, when it ends")
    ] = False
    restart: Annotated[
        str,
        Option(
            "--restart",
            help="When it is started again by itself: no, always, unless-stopped, on-failure[:N]",
            metavar="POLICY",
        ),
    ] = "no"
    runtime: Annotated[
        str,
        Option(
            "--runtime",
            help="Runtime: runc, crun, kata, wasmtime, a shim's type, or a program's path",
            metavar="RUNTIME",
        ),
    ] = _RUNC

    def parse_life(self) -> LifeOptions:
        """--rm and a restart policy exclude each other."""
        restart = parsed("--restart", self.restart, parse_restart_policy)
        if self.rm and restart.name != "no":
            raise UsageError(
                "conflicting options: cannot specify both --restart and --rm",
                hint="a container that is removed cannot be started again",
            )
        runtime = _RUNC if self.runtime in {"", "runc"} else self.runtime
        return LifeOptions(auto_remove=self.rm, restart=restart, runtime=runtime)
