"""Several operands of one command: each is tried, what succeeded is told at once, what failed at the end."""

from collections.abc import Callable, Iterable

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
    if len(names) < 2:
        for_each(engine, names, act, told)
        return
    from concurrent.futures import ThreadPoolExecutor

    errors: list[NerdpyError] = []
    with ThreadPoolExecutor(min(len(names), 16)) as pool:
        acting = [
            (name, pool.submit(lambda one: act(find(engine, one)), name)) for name in dict.fromkeys(names)
        ]
        for name, future in acting:
            try:
                future.result()
            except NerdpyError as error:
                errors.append(error)
            else:
                told(name)
    raise_all(errors)
