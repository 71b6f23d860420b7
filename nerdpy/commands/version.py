"""`nerdpy version`: nerdpy, containerd, runc and the CNI plugins."""

from collections.abc import Sequence

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.options import FormatFlags
from nerdpy.dockercompat.version import (
    ClientVersion,
    Component,
    client_object,
    render_client,
    render_server,
    server_object,
)
from nerdpy.errors import NerdpyError


def command(context: Context, flags: FormatFlags) -> None:
    """Show the versions of nerdpy, its engine and their parts

    When the engine does not answer, nerdpy's own version is still shown, and the exit code is 1.
    """
    from nerdpy.output.inspect import object_renderer
    from nerdpy.system.version import client_version, kernel_release

    render = object_renderer(flags.format) if flags.format else None
    client = client_version()
    components, error = _components(context)
    if render is not None:
        server = server_object(components, client, kernel_release()) if components else None
        context.console.line(render({"Client": client_object(client), "Server": server}))
    else:
        context.console.write(_text(client, components))
    if error is not None:
        raise error


def _components(context: Context) -> tuple[Sequence[Component], NerdpyError | None]:
    from nerdpy.system.components import components_of

    try:
        return components_of(engine_of(context)), None
    except NerdpyError as error:
        return (), error


def _text(client: ClientVersion, components: Sequence[Component]) -> str:
    return render_client(client) + (render_server(components) if components else "")
