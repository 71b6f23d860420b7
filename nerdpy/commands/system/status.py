"""`nerdpy system status`: which engine commands use, and how it is."""

from datetime import timedelta

from nerdpy.cli.context import Context
from nerdpy.cli.options import FormatFlags
from nerdpy.dataclass import asdict
from nerdpy.dockercompat.units import human_duration
from nerdpy.errors import ContainerExited
from nerdpy.output.inspect import object_renderer
from nerdpy.system.status import EngineStatus, status

NOT_RUNNING = 3
"""LSB's code for a service that is not running."""


def command(context: Context, flags: FormatFlags) -> None:
    """Show which containerd commands use, and how it is

    The exit code is 0 when it runs, 3 when it does not.
    """
    seen = status(context.config)
    if flags.format:
        context.console.line(object_renderer(flags.format)(asdict(seen)))
    else:
        context.console.write(_text(seen))
    if not seen.Running:
        raise ContainerExited(NOT_RUNNING)


def _text(seen: EngineStatus) -> str:
    rows = {
        "State": "running" if seen.Running else "stopped",
        "Kind": seen.Kind,
        "Address": seen.Address,
        "PID": str(seen.Pid or ""),
        "Version": seen.Version,
        "Uptime": human_duration(timedelta(seconds=seen.UptimeSeconds)) if seen.Running else "",
        "Log": seen.Log,
    }
    return "".join(f"{name + ':':<10}{value}\n" for name, value in rows.items() if value)
