"""`nerdpy namespace inspect`: everything about namespaces."""

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.options import FormatFlags, NamespaceArguments
from nerdpy.errors import Several


def command(context: Context, show: FormatFlags, namespaces: NamespaceArguments) -> None:
    """Show everything about one or more namespaces"""
    from nerdpy.namespace.inspect import inspect_several
    from nerdpy.output.inspect import show_objects

    found, missing = inspect_several(engine_of(context), namespaces)
    show_objects(found, format=show.format, console=context.console)
    if missing:
        raise Several(missing) if len(missing) > 1 else missing[0]
