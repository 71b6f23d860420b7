"""`nerdpy container healthcheck`: one probe, now."""

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.options import ContainerArgument


def command(context: Context, container: ContainerArgument) -> None:
    """Run a container's health check once

    The result counts like that of any other check: see `nerdpy inspect`. What the command prints or exits
    with is kept there; nerdpy fails only if there was nothing that could be run.
    """
    from nerdpy.container.find import find, shown_as
    from nerdpy.container.probe import probe_now

    engine = engine_of(context)
    record = find(engine, container)
    probe_now(engine, record, shown_as(record))
