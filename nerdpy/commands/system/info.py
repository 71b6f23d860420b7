"""`nerdpy info`: what nerdpy works with."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import FORMAT_HELP
from nerdpy.dataclass import dataclass

DOCKER, NATIVE = "dockercompat", "native"


@dataclass(frozen=True, kw_only=True)
class InfoFlags:
    format: Annotated[str, Option("--format", "-f", help=FORMAT_HELP)] = ""
    mode: Annotated[str, Option("--mode", help="dockercompat or native", choices=(DOCKER, NATIVE))] = DOCKER


def command(context: Context, flags: InfoFlags) -> None:
    """Show facts about nerdpy, its engine and this machine"""
    from nerdpy.dockercompat.info_text import render_info
    from nerdpy.output.inspect import object_renderer
    from nerdpy.system.info import docker_info, native_info

    is_native = flags.mode == NATIVE
    render = object_renderer(flags.format or "json") if flags.format or is_native else None
    engine = engine_of(context)
    found = native_info(engine) if is_native else docker_info(engine)
    if render is not None:
        context.console.line(render(found))
        return
    context.console.write(render_info(found))
    for warning in found["Warnings"]:
        context.console.talk(warning)
