"""Work that changes what belongs to a thread alone: its namespaces, or its working directory."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def in_own_thread(work: Callable[[], T]) -> T:
    """The result of `work`, done by a thread that ends with it; what it raises is raised here."""
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run, name="own")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return results[0]
