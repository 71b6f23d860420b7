"""From what was asked to what is mounted: volumes made, host folders checked, options decided."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from nerdpy.dataclass import replace
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, InvalidArgument, NerdpyError, NotFound
from nerdpy.linux import kernel
from nerdpy.linux.mountinfo import mount_point_of
from nerdpy.linux.runtime import features
from nerdpy.model.mounts import MountRequest, ResolvedMount
from nerdpy.model.volume_options import is_in_memory
from nerdpy.spec.mount_words import build_bind_words, build_tmpfs_words
from nerdpy.spec.mounts import clean
from nerdpy.volume.create import create_anonymous, ensure
from nerdpy.volume.find import Volume, get, load_volume
from nerdpy.volume.relabel import relabel
from nerdpy.volume.staging import is_half_filled
from nerdpy.volume.usage import changing

_REFUSED = {"/", "/dev", "/sys", "/proc"}
"""No VOLUME of an image may hide these."""


Note = Callable[[str, bool], None]
"""Called with the name of each volume before it is used, and whether it is about to be made: so that its
maker's death leaves no stranger, and that nobody removes what is about to be used."""


def resolve(
    engine: Engine,
    requests: Iterable[MountRequest],
    image_volumes: Iterable[str],
    note: Note,
    *,
    runtime: str = "",
) -> list[ResolvedMount]:
    """The mounts, each target once (the last request counts). Volumes that are missing are made. `runtime`
    is the OCI runtime's program, which may or may not know about recursive read-only mounts."""
    wanted = {clean(request.target): request for request in requests}
    for path in image_volumes:
        wanted.setdefault(_image_volume(path), MountRequest(type="volume", target=path))
    mounts = [(request, _RESOLVERS[request.type](engine, request, note)) for request in wanted.values()]
    return [_with_words(engine, request, mount, runtime) for request, mount in mounts]


def _image_volume(path: str) -> str:
    target = clean(path)
    if target in _REFUSED:
        raise InvalidArgument(f'the image wants a volume on "{target}", which is refused')
    return target


def _tmpfs(engine: Engine, request: MountRequest, note: Note) -> ResolvedMount:
    words = build_tmpfs_words(request.tmpfs_options)
    return _resolved(request, source="", options=words)


def _bind(engine: Engine, request: MountRequest, note: Note) -> ResolvedMount:
    source = request.source
    if not os.path.lexists(source):
        if not request.creates_source:
            raise NotFound(
                f"invalid mount config for type bind: bind source path does not exist: {source}",
                hint="make it first; -v makes a missing folder by itself",
            )
        _make_folder(source)
    elif not os.path.exists(source):
        raise NotFound(f'bind source "{source}" is a link that leads nowhere')
    propagation = request.propagation or "rprivate"
    _check_propagation(source, propagation)
    relabel(source, request.relabel)
    return _resolved(replace(request, propagation=propagation), source=source, options=())


def _volume(engine: Engine, request: MountRequest, note: Note) -> ResolvedMount:
    if request.source:
        with changing(engine):
            is_new = load_volume(engine, request.source) is None
            if is_new and request.is_taken:
                raise NotFound(
                    f"no such volume: {request.source}",
                    hint="it went with the container that it is taken from",
                )
            note(request.source, is_new)
            ensure(engine, request.source, request.volume_labels, request.volume_options)
            volume = get(engine, request.source)
    else:
        volume = create_anonymous(
            engine, request.volume_labels, lambda name: note(name, True), request.volume_options
        )
    if not volume.options:
        relabel(str(volume.mountpoint), request.relabel)
    mount = _resolved(request, source=str(volume.mountpoint), options=())
    return replace(
        mount,
        name=volume.name,
        is_anonymous=request.is_anonymous or not request.source,
        needs_content=request.copies_up and not request.subpath and _may_want_content(engine, volume),
    )


def _may_want_content(engine: Engine, volume: Volume) -> bool:
    """What is mounted is looked at when it is mounted; what lives in memory has forgotten it at the start."""
    if volume.options:
        return not is_in_memory(volume.options)
    return is_half_filled(engine, volume) or not os.listdir(volume.mountpoint)


def _image(engine: Engine, request: MountRequest, note: Note) -> ResolvedMount:
    """Whoever knows images finds it, and a place for its files (`container/pins.py`)."""
    return _resolved(replace(request, propagation="rprivate"), source=request.source, options=())


_RESOLVERS: dict[str, Callable[[Engine, MountRequest, Note], ResolvedMount]] = {
    "bind": _bind,
    "volume": _volume,
    "tmpfs": _tmpfs,
    "image": _image,
}


def _resolved(request: MountRequest, *, source: str, options: tuple[str, ...]) -> ResolvedMount:
    return ResolvedMount(
        type=request.type,
        source=source,
        target=clean(request.target),
        read_only=request.read_only,
        propagation=request.propagation,
        subpath=request.subpath,
        mode=request.mode,
        relabel=request.relabel,
        options=options,
    )


def _with_words(engine: Engine, request: MountRequest, mount: ResolvedMount, program: str) -> ResolvedMount:
    if request.type == "tmpfs":
        return mount
    can_be_recursive = request.read_only and _supports_recursive_read_only(engine, program)
    if request.recursive == "readonly" and not can_be_recursive:
        raise FailedPrecondition(
            f'"{request.target}" cannot be recursively read-only: the kernel or the runtime cannot do it',
            hint="Linux 5.12 and runc 1.1 can; bind-recursive=writable asks for less",
        )
    words = build_bind_words(
        replace(request, propagation=mount.propagation), can_be_recursive=can_be_recursive
    )
    return replace(mount, options=words, recursively_read_only="rro" in words)


def _supports_recursive_read_only(engine: Engine, program: str) -> bool:
    if kernel.look().version < kernel.RECURSIVE_READ_ONLY:
        return False
    return "rro" in features(program, engine.paths.runtime_features).mount_options


def _make_folder(source: str) -> None:
    try:
        Path(source).mkdir(parents=True, exist_ok=True, mode=0o755)
    except OSError as error:
        raise InvalidArgument(
            f'cannot make the bind source "{source}": {(error.strerror or "").lower()}'
        ) from error


def _check_propagation(source: str, propagation: str) -> None:
    """Shared needs a shared mount below it, slave a shared one or a slave: else nothing would arrive."""
    if propagation.endswith("private"):
        return
    point = mount_point_of(source)
    is_enough = point.is_shared or (propagation.endswith("slave") and point.is_slave)
    if not is_enough:
        kind = "a shared mount" if propagation.endswith("shared") else "a shared or slave mount"
        raise _not_shared(f"path {source} is mounted on {point.path} but it is not {kind}", point.path)


def _not_shared(message: str, path: str) -> NerdpyError:
    return FailedPrecondition(message, hint=f"`mount --make-rshared {path}` makes it shared")
