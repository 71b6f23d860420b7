"""Forget lists that are being made; registries keep what was pushed."""

from collections.abc import Sequence

from nerdpy.config import Config
from nerdpy.errors import NerdpyError, Several
from nerdpy.manifest.lists import Lists, parse_list_name


def remove(config: Config, names: Sequence[str]) -> None:
    """Remove each that is there; those that are not are errors in the end."""
    lists = Lists.of(config)
    failures: list[NerdpyError] = []
    for text in names:
        try:
            name = parse_list_name(text)
            with lists.changing():
                lists.remove(name)
        except NerdpyError as error:
            failures.append(error)
    if failures:
        raise failures[0] if len(failures) == 1 else Several(failures)
