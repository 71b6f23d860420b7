"""containerd.services.events.v1: what happens in containerd, in all namespaces."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from nerdpy.containerd import wire
from nerdpy.containerd.api import events_pb2 as api
from nerdpy.containerd.calls import Answers, Calls
from nerdpy.containerd.typeurl import name_of
from nerdpy.containerd.version import VERSION
from nerdpy.model.records import ContainerdEvent

if TYPE_CHECKING:
    from google.protobuf.any_pb2 import Any as WireAny

SUBSCRIBE = "/containerd.services.events.v1.Events/Subscribe"
PAYLOADS = {"containerd.events": "payloads_pb2", "containerd.services.images.v1": "image_payloads_pb2"}
"""Package of a payload's message -> the module that has it."""


class Events:
    """`client.events`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def subscribe(self, *filters: str) -> "Subscription":
        """Events that match any filter, such as `topic~="/tasks/.*"`; all events without filters.

        containerd does not say when it has subscribed. The answer to a second question on the same channel is
        the nearest thing, and it is there when this returns.
        """
        request = api.SubscribeRequest(filters=filters)
        answers = self._calls.stream(SUBSCRIBE, request, api.Envelope)
        try:
            self._calls.send(VERSION, b"")
        except BaseException:
            answers.cancel()
            raise
        return Subscription(answers)


class Subscription:
    """Iterate for events; `cancel` (from any thread) or leaving the `with` block ends it."""

    def __init__(self, answers: "Answers[api.Envelope]") -> None:
        self._answers = answers

    def __iter__(self) -> Iterator[ContainerdEvent]:
        return self

    def __next__(self) -> ContainerdEvent:
        return _event(next(self._answers))

    def cancel(self) -> None:
        self._answers.cancel()

    close = cancel

    def __enter__(self) -> "Subscription":
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()


def _event(envelope: api.Envelope) -> ContainerdEvent:
    return ContainerdEvent(
        topic=envelope.topic,
        namespace=envelope.namespace,
        timestamp=wire.time_of(envelope.timestamp) or datetime.now(UTC),
        payload=_payload(envelope.event),
    )


def _payload(event: "WireAny") -> dict[str, Any]:
    """Plain values by field name; empty for a message that is not known here."""
    kind = _message(name_of(event.type_url))
    return wire.plain(kind.FromString(event.value)) if kind is not None else {}


@cache
def _message(full_name: str) -> Any:
    package, _, name = full_name.rpartition(".")
    module = PAYLOADS.get(package)
    return getattr(import_module(f"nerdpy.containerd.api.{module}"), name, None) if module else None
