"""Several operands of one command: each is tried, what succeeded is told at once, what failed at the end."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from nerdpy.container.find import find, raise_all
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError
from nerdpy.model.records import ContainerRecord

Act = Callable[[ContainerRecord], None]
Told = Callable[[str], None]


def for_each(engine: Engine, names: Iterable[str], act: Act, told: Told) -> None:
    """Do `act` to each container; `told` gets what the user typed for each that succeeded."""
    errors: list[NerdpyError] = []
    for name in names:
        try:
            act(find(engine, name))
        except NerdpyError as error:
            errors.append(error)
        else:
            told(name)
    raise_all(errors)


def for_each_at_once(engine: Engine, names: list[str], act: Act, told: Told) -> None:
    """The same, with all containers at the same time; told in the order typed."""
    errors: list[NerdpyError] = []
    for name, result in each_at_once(list(dict.fromkeys(names)), lambda one: act(find(engine, one))):
        try:
            result()
        except NerdpyError as error:
            errors.append(error)
        else:
            told(name)
    raise_all(errors)


def each_at_once(
    names: list[str], do: Callable[[str], None], *, most: int = 16
) -> Iterator[tuple[str, Callable[[], None]]]:
    """Do something for each name, `most` at a time; each name in its turn, with what waits for its end and
    raises what went wrong. A name that is there twice comes once more when all the others are done."""
    if len(names) < 2:
        yield from ((name, partial(do, name)) for name in names)
        return
    from concurrent.futures import ThreadPoolExecutor

    first = list(dict.fromkeys(names))
    with ThreadPoolExecutor(min(len(first), most)) as pool:
        yield from [(name, pool.submit(do, name).result) for name in first]
    rest = list(names)
    for name in first:
        rest.remove(name)
    yield from ((name, partial(do, name)) for name in rest)
