"""What docker's config.json gives where a flag was not given."""

from nerdpy.cli.context import Context


def docker_default(context: Context, key: str) -> str:
    """The value of `detachKeys`, `psFormat`, ...; empty where docker's file does not have it."""
    from nerdpy.registry import docker_defaults

    return docker_defaults.docker_default(context.config.docker_config, key, context.console.warn)


def listing_format(context: Context, key: str, format: str, *, is_quiet: bool = False) -> str:
    """`--format` as it was given, else the file's; --quiet needs none."""
    return format if format or is_quiet else docker_default(context, key)
