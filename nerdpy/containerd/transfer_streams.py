"""What travels on the streams of a transfer: progress, and questions for credentials."""

from collections.abc import Callable

from nerdpy.containerd.api import transfer_types_pb2 as api
from nerdpy.containerd.streams import Stream
from nerdpy.containerd.transfer_ends import Keychain, OnProgress, TransferProgress
from nerdpy.model.descriptor import Digest

PACKAGE = "containerd.types.transfer."


def show_progress(on_progress: OnProgress | None) -> Callable[[Stream], None]:
    """Show the last word about each blob, in order of appearance, whenever one changes."""

    def work(stream: Stream) -> None:
        seen: dict[str, TransferProgress] = {}
        for name, value in stream:
            if name != PACKAGE + "Progress":
                continue
            progress = _progress(api.Progress.FromString(value))
            seen[progress.name] = progress
            if on_progress is not None:
                on_progress(list(seen.values()))

    return work


def _progress(progress: api.Progress) -> TransferProgress:
    return TransferProgress(
        event=progress.event,
        name=progress.name,
        parents=tuple(progress.parents),
        done=progress.progress,
        total=progress.total,
        digest=Digest(progress.desc.digest),
        media_type=progress.desc.media_type,
    )


def answer_questions(keychain: Keychain) -> Callable[[Stream], None]:
    """Answer each question for a host's credentials; a host without any gets an empty answer."""

    def work(stream: Stream) -> None:
        for name, value in stream:
            if name == PACKAGE + "AuthRequest":
                host = api.AuthRequest.FromString(value).host
                stream.send(PACKAGE + "AuthResponse", _answer(keychain, host))

    return work


def _answer(keychain: Keychain, host: str) -> api.AuthResponse:
    credential = keychain(host)
    if credential is None:
        return api.AuthResponse(authType=api.NONE)
    kind = api.CREDENTIALS if credential.username else api.REFRESH
    return api.AuthResponse(authType=kind, username=credential.username, secret=credential.secret)
