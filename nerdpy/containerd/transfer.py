"""containerd.services.transfer.v1: pull, push and tag, done by containerd itself.

The data never passes through Python; progress and questions for credentials come on streams. Archives are
read and written by `image/load.py` and `image/save.py`: docs/architecture.md says why.
Stable since containerd 2.0. containerd stops a transfer when its call is cancelled, so an interrupt leaves
nothing running.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nerdpy import errors
from nerdpy.containerd.api import transfer_types_pb2 as api
from nerdpy.containerd.calls import Calls
from nerdpy.containerd.transfer_ends import (
    OnProgress,
    RegistryAccess,
    StoreOptions,
    image_store,
    registry,
)
from nerdpy.containerd.transfer_run import Running
from nerdpy.containerd.transfer_streams import answer_questions, show_progress
from nerdpy.containerd.version import read_version

if TYPE_CHECKING:
    from google.protobuf.message import Message


class Transfer:
    """`client.transfer`. Every method blocks until the transfer is done."""

    def __init__(self, calls: Calls, is_given_up: Callable[[], bool] | None = None) -> None:
        self._calls = calls
        self._is_given_up = is_given_up

    def until(self, is_given_up: Callable[[], bool]) -> "Transfer":
        """The same, but cancelled (errors.Cancelled) soon after the function says so, in whatever thread."""
        return Transfer(self._calls, is_given_up)

    def pull(
        self,
        reference: str,
        *,
        name: str = "",
        access: RegistryAccess | None = None,
        store: StoreOptions | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:
        """Fetch an image from its registry and store it as `name` (default: the reference itself)."""
        destination = image_store(name or reference, store or StoreOptions())
        with Running(self._calls, self._is_given_up) as running:
            source = self._registry(running, reference, access or RegistryAccess())
            self._run(running, source, destination, on_progress)

    def push(
        self,
        name: str,
        reference: str = "",
        *,
        access: RegistryAccess | None = None,
        store: StoreOptions | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:
        """Send the image `name` to the registry of `reference` (default: the name itself).

        Of `store` only the platforms count.
        """
        source = image_store(name, store or StoreOptions())
        with Running(self._calls, self._is_given_up) as running:
            destination = self._registry(running, reference or name, access or RegistryAccess())
            self._run(running, source, destination, on_progress)

    def tag(self, name: str, new_name: str) -> None:
        """Let a second name point at what the first points at; a name that is there is moved."""
        with Running(self._calls, self._is_given_up) as running:
            running.run(api.ImageStore(name=name), api.ImageStore(name=new_name))

    def _run(
        self, running: Running, source: "Message", destination: "Message", on_progress: OnProgress | None
    ) -> None:
        progress = running.serve("progress", show_progress(on_progress))
        running.run(source, destination, progress)

    def _registry(self, running: Running, reference: str, access: RegistryAccess) -> api.OCIRegistry:
        end = registry(reference, access)
        if end.resolver.host_dir or end.resolver.default_scheme:
            self._check_version()
        if access.credentials is not None:
            asked = running.serve("credentials", answer_questions(access.credentials))
            end.resolver.auth_stream = asked.stream.id
        return end

    def _check_version(self) -> None:
        """containerd 1.7 has an earlier form of the service: it would ignore how a registry is set up."""
        version = read_version(self._calls).version
        if version.lstrip("v").startswith(("0.", "1.")):
            raise errors.NotImplemented(
                f"containerd {version} cannot be told about hosts.toml or plain HTTP when it pulls",
                hint="use containerd 2.0 or newer (2.1 for plain HTTP)",
            )
