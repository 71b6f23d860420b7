"""containerd.services.transfer.v1: pull, push, import, export and tag, done by containerd itself.

The data never passes through Python (archives apart); progress and questions for credentials come on streams.
Stable since containerd 2.0. containerd stops a transfer when its call is cancelled, so an interrupt leaves
nothing running.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from nerdpy import errors
from nerdpy.containerd.api import transfer_types_pb2 as api
from nerdpy.containerd.calls import Calls
from nerdpy.containerd.transfer_archives import Receiver, send_pieces
from nerdpy.containerd.transfer_ends import (
    ArchiveOptions,
    OnProgress,
    RegistryAccess,
    StoreOptions,
    archived_images,
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

    def import_(
        self,
        pieces: Iterable[bytes],
        *,
        archive: ArchiveOptions | None = None,
        store: StoreOptions | None = None,
        on_progress: OnProgress | None = None,
    ) -> list[str]:
        """Read an OCI or docker archive (compressed too); the names of the images that were stored."""
        options = archive or ArchiveOptions()
        destination = archived_images(options, store or StoreOptions())
        with Running(self._calls, self._is_given_up) as running:
            sending = running.serve("import", send_pieces(pieces))
            source = api.ImageImportStream(stream=sending.stream.id, media_type=options.media_type)
            return self._run(running, source, destination, on_progress)

    def export(
        self,
        names: Sequence[str],
        write: Callable[[bytes], Any],
        *,
        archive: ArchiveOptions | None = None,
        store: StoreOptions | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:
        """Write images as one archive, OCI and docker at once; `write` gets it piece by piece.

        Of `store` only the platforms count.
        """
        options = archive or ArchiveOptions()
        source = archived_images(ArchiveOptions(names=tuple(names)), store or StoreOptions())
        with Running(self._calls, self._is_given_up) as running:
            receiver = Receiver(write)
            receiving = running.serve("export", receiver)
            destination = api.ImageExportStream(
                stream=receiving.stream.id,
                media_type=options.media_type,
                platforms=source.platforms,
                all_platforms=options.all_platforms,
                skip_compatibility_manifest=options.skips_docker_manifest,
                skip_non_distributable=options.skips_non_distributable,
            )
            self._run(running, source, destination, on_progress)
            receiver.complete(receiving)

    def tag(self, name: str, new_name: str) -> None:
        """Let a second name point at what the first points at; a name that is there is moved."""
        with Running(self._calls, self._is_given_up) as running:
            running.run(api.ImageStore(name=name), api.ImageStore(name=new_name))

    def _run(
        self, running: Running, source: "Message", destination: "Message", on_progress: OnProgress | None
    ) -> list[str]:
        saved: list[str] = []
        progress = running.serve("progress", show_progress(on_progress, saved))
        running.run(source, destination, progress)
        return saved

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
