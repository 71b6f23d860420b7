"""`nerdpy attach`: join a running container's terminal or streams."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import ContainerArgument
from nerdpy.commands.docker_default import docker_default
from nerdpy.dataclass import dataclass
from nerdpy.model.detach_keys import parse_detach_keys


@dataclass(frozen=True, kw_only=True)
class AttachFlags:
    detach_keys: Annotated[
        str,
        Option(
            "--detach-keys",
            help="Keys that detach from the container (default ctrl-p,ctrl-q)",
            metavar="keys",
        ),
    ] = ""
    no_stdin: Annotated[bool, Option("--no-stdin", help="Leave stdin alone")] = False
    sig_proxy: Annotated[bool, Option("--sig-proxy", help="Forward signals to the container")] = True


def command(context: Context, flags: AttachFlags, container: ContainerArgument) -> None:
    """Attach to a running container's input, output and error"""
    from nerdpy.container.attach import attach
    from nerdpy.container.find import find
    from nerdpy.container.session import Attachment

    engine = engine_of(context)
    attach(
        engine,
        find(engine, container),
        Attachment(
            forwards_stdin=not flags.no_stdin,
            detach_keys=parse_detach_keys(flags.detach_keys or docker_default(context, "detachKeys")),
            proxies_signals=flags.sig_proxy,
        ),
    )
