"""What a volume holds, as a tar archive (podman's `volume export`)."""

from nerdpy.engine import Engine
from nerdpy.linux.new_file import new_file
from nerdpy.linux.tar_write import TarStream
from nerdpy.volume.find import get
from nerdpy.volume.hold import held
from nerdpy.volume.staging import finish_filling, is_half_filled

__all__ = ["export", "new_file"]


def export(engine: Engine, name: str, out: int) -> None:
    """Write the archive to the open file, pipe or socket `out`; BrokenPipeError when nobody reads it.

    The first member is `./`, so owner and mode of the volume are in it. Everything is reached by descriptors
    and no link is followed: whoever changes the volume meanwhile changes what is written of his own files,
    and nothing else.
    """
    if is_half_filled(engine, get(engine, name)):
        with held(engine, name) as volume:
            finish_filling(volume)
    with held(engine, name, is_shared=True) as volume:
        stream = TarStream(out, keeps_all=True)
        stream.add(volume.data, ".")
        stream.finish()
