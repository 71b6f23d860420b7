"""`nerdpy diff`: what a container changed."""

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.options import ContainerArgument


def command(context: Context, container: ContainerArgument) -> None:
    """Show what a container changed in its filesystem

    A is added, C is changed, D is deleted. Volumes are not looked into.
    """
    from nerdpy.container.diff import changes
    from nerdpy.container.find import find
    from nerdpy.output.cells import harmless

    engine = engine_of(context)
    found = changes(engine, find(engine, container))
    context.console.write("".join(f"{harmless(str(change))}\n" for change in found))
