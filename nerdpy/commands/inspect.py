"""`nerdpy inspect`: everything about objects of any kind: containers first, then images, networks and
volumes."""

from collections.abc import Callable
from typing import Annotated, Any

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Option
from nerdpy.cli.options import FormatFlags
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument, NerdpyError, NotFound

KINDS = ("container", "image", "network", "volume")


@dataclass(frozen=True, kw_only=True)
class InspectFlags:
    mode: Annotated[
        str,
        Option(
            "--mode",
            help="`dockercompat`, or `native` for what containerd has",
            choices=("dockercompat", "native"),
        ),
    ] = "dockercompat"
    size: Annotated[bool, Option("--size", "-s", help="Show how much disk a container takes")] = False
    type: Annotated[str, Option("--type", help="Look for this kind only", choices=KINDS)] = ""


def command(
    context: Context,
    flags: InspectFlags,
    show: FormatFlags,
    names: Annotated[list[str], Argument("NAME|ID [NAME|ID...]", complete="container")],
) -> None:
    """Show everything about containers, images and other objects"""
    from nerdpy.container.find import raise_all
    from nerdpy.output.inspect import show_objects

    engine = engine_of(context)
    found: list[dict[str, Any]] = []
    errors: list[NerdpyError] = []
    for name in names:
        try:
            found += _inspect_one(engine, flags, name)
        except NerdpyError as error:
            errors.append(error)
    show_objects(found, format=show.format, console=context.console)
    raise_all(errors)


def _inspect_one(engine: Engine, flags: InspectFlags, name: str) -> list[dict[str, Any]]:
    for kind in (flags.type,) if flags.type else KINDS:
        try:
            return _INSPECTORS[kind](engine, flags, name)
        except (NotFound, InvalidArgument):
            if flags.type:
                raise
    raise NotFound(f"No such object: {name}", hint="see `nerdpy ps -a`, `nerdpy images`, `nerdpy network ls`")


def _container(engine: Engine, flags: InspectFlags, name: str) -> list[dict[str, Any]]:
    from nerdpy.container.find import raise_all
    from nerdpy.container.inspect import inspect_several

    found, errors = inspect_several(engine, [name], is_native=flags.mode == "native", with_size=flags.size)
    raise_all(errors)
    return found


def _image(engine: Engine, flags: InspectFlags, name: str) -> list[dict[str, Any]]:
    from nerdpy.image.inspect import inspect

    return inspect(engine, name, is_native=flags.mode == "native")


def _network(engine: Engine, flags: InspectFlags, name: str) -> list[dict[str, Any]]:
    from nerdpy.network.inspect import inspect

    return [inspect(engine, name)]


def _volume(engine: Engine, flags: InspectFlags, name: str) -> list[dict[str, Any]]:
    from nerdpy.volume.inspect import inspect

    return [inspect(engine, name)]


_INSPECTORS: dict[str, Callable[[Engine, InspectFlags, str], list[dict[str, Any]]]] = {
    "container": _container,
    "image": _image,
    "network": _network,
    "volume": _volume,
}
