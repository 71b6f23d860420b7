"""Several namespaces of one command: each is tried, what failed is told at the end."""

from collections.abc import Callable, Iterable

from nerdpy.errors import NerdpyError, Several


def for_each(names: Iterable[str], act: Callable[[str], None]) -> None:
    """Do `act` to each name once; the errors of those that failed together."""
    errors: list[NerdpyError] = []
    for name in dict.fromkeys(names):
        try:
            act(name)
        except NerdpyError as error:
            errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else Several(errors)
