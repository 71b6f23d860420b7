"""Mounts that the runtime can't make by a path alone: views of images, and folders inside volumes.

Each is mounted below the state root before the task is created, and the container binds that mount (its pin).
An image's files come from a read-only snapshot of their own. A path inside a volume is resolved by the kernel
below the volume's root, and what was found is held by the pin: whoever else writes into the volume can swap
links as he likes. A reboot takes the pins away; each start makes them anew.
"""

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from nerdpy import labels
from nerdpy.dataclass import asdict, dataclass, replace
from nerdpy.engine import Engine
from nerdpy.errors import NotFound
from nerdpy.linux.inside import open_inside
from nerdpy.linux.mount import BIND, REC, mount, mount_snapshot, unmount
from nerdpy.model.mounts import ResolvedMount
from nerdpy.model.options import ImageOptions
from nerdpy.model.records import ContainerRecord
from nerdpy.store.intents import Intent

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@dataclass(frozen=True, kw_only=True)
class Pin:
    """One of them, as the label remembers it."""

    number: int
    """Names the mount point."""
    target: str
    """In the container, for messages."""
    key: str = ""
    """Of the image's snapshot."""
    source: str = ""
    """Of a volume: its folder."""
    subpath: str = ""


def plan_pins(
    engine: Engine, intent: Intent, image: ImageOptions, mounts: Sequence[ResolvedMount]
) -> tuple[list[ResolvedMount], tuple[Pin, ...]]:
    """The mounts with their pins named, and the pins. Images are fetched by `--pull`'s rule, for the same
    platform, and their snapshots prepared: the intent knows them first."""
    planned, pins = list(mounts), list[Pin]()
    for number, mount_ in enumerate(mounts):
        if mount_.type != "image" and not mount_.subpath:
            continue
        pin = Pin(number=number, target=mount_.target, subpath=mount_.subpath)
        if mount_.type == "image":
            pin = replace(pin, key=f"{intent.container_id}-image-{number}")
            _view(
                engine, intent, replace(image, reference=mount_.source), [*(one.key for one in pins), pin.key]
            )
        else:
            pin = replace(pin, source=mount_.source)
        pins.append(pin)
        planned[number] = replace(mount_, pinned=str(engine.paths.pins(intent.container_id) / str(number)))
    return planned, tuple(pins)


def pin_labels(pins: Iterable[Pin]) -> dict[str, str]:
    """What a start, and a removal (nerdctl's too), must know of them."""
    found = list(pins)
    keys = [pin.key for pin in found if pin.key]
    return {
        **(labels.packed(labels.PINS, [asdict(pin) for pin in found]) if found else {}),
        **({labels.IMAGE_MOUNTS: json.dumps(keys)} if keys else {}),
    }


def views_of(record: ContainerRecord) -> list[str]:
    """The keys of the snapshots that are mounted into the container."""
    try:
        keys = json.loads(record.labels.get(labels.IMAGE_MOUNTS, "[]"))
    except ValueError:
        return []
    return [str(key) for key in keys] if isinstance(keys, list) else []


def prepare_pins(engine: Engine, record: ContainerRecord) -> None:
    """Mount every pin of the container, in place of what an earlier start has left, and before them the
    volumes that are mounts themselves."""
    if _has_mounted_volumes(engine, record):
        from nerdpy.volume.mounting import mount_volumes  # few containers have any

        mount_volumes(engine, record)
    pins = [Pin(**entry) for entry in labels.unpacked(labels.PINS, record.labels, [])]
    if not pins:
        return
    folder = engine.paths.pins(record.id)
    release_pins(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for pin in pins:
        if pin.key:
            _pin_view(engine, record, pin, folder)
        else:
            _bind(Path(pin.source), pin, folder / str(pin.number))


def release_pins(folder: Path) -> None:
    """Take away everything that is mounted in a container's folder of pins, and the folder."""
    with suppress(FileNotFoundError):
        for entry in list(os.scandir(folder)):
            unmount(entry.path)
            with suppress(OSError):
                os.rmdir(entry.path) if entry.is_dir(follow_symlinks=False) else os.unlink(entry.path)
        with suppress(OSError):
            folder.rmdir()


def give_up_mounts(engine: Engine, record: ContainerRecord) -> None:
    """The container does not run any more: volumes that are mounts go, and pins that would keep them busy."""
    if _has_mounted_volumes(engine, record):
        release_pins(engine.paths.pins(record.id))
    give_up_volumes(engine, record.id)


def give_up_volumes(engine: Engine, container_id: str) -> None:
    """Also of one whose record is gone."""
    if os.path.exists(engine.paths.volume_mounts):
        from nerdpy.volume.mounting import unmount_volumes

        unmount_volumes(engine, container_id)


def _has_mounted_volumes(engine: Engine, record: ContainerRecord) -> bool:
    """Are volumes mounts themselves that it uses? They lie below the state root (`volume/mounting.py`)."""
    folder = f'"{engine.paths.volume_mounts}/'
    return any(folder in text for key, text in record.labels.items() if key.startswith(labels.MOUNTS))


def _view(engine: Engine, intent: Intent, image: ImageOptions, keys: list[str]) -> None:
    from nerdpy.image.ensure import ensure  # whoever only takes a container apart does without

    local = ensure(
        engine, replace(image, pull="never") if image.pull == "never" else replace(image, pull="missing")
    )
    intent.add(views=keys)
    engine.containerd.snapshots(engine.config.snapshotter).view(
        keys[-1], local.chain_id, labels={labels.GC_ROOT: "nerdpy"}
    )


def _pin_view(engine: Engine, record: ContainerRecord, pin: Pin, folder: Path) -> None:
    """The whole image is mounted on the pin itself; of one with a subpath that mount is needed for a moment
    only, but in sight: what is out of the mount table can't be bound."""
    steps = engine.containerd.snapshots(record.snapshotter or engine.config.snapshotter).mounts(pin.key)
    point = folder / f"{pin.number}.image" if pin.subpath else folder / str(pin.number)
    point.mkdir(mode=0o700)
    mount_snapshot(steps, point)
    if pin.subpath:
        try:
            _bind(point, pin, folder / str(pin.number))
        finally:
            unmount(point)
            point.rmdir()


def _bind(root: Path, pin: Pin, point: Path) -> None:
    folder = os.open(root, _FOLDER)
    try:
        found = _found(folder, pin)
    finally:
        os.close(folder)
    try:
        if os.path.isdir(f"/proc/self/fd/{found}"):
            point.mkdir(mode=0o700)
        else:
            point.touch(mode=0o600)
        mount(f"/proc/self/fd/{found}", point, "", BIND | REC)
    finally:
        os.close(found)


def _found(root: int, pin: Pin) -> int:
    try:
        return open_inside(root, pin.subpath)
    except OSError as error:
        what = "image" if pin.key else "volume"
        reason = (error.strerror or "").lower()
        raise NotFound(
            f'cannot mount "{pin.subpath}" of the {what} on "{pin.target}": {reason}',
            hint=f"the path must exist in the {what}",
        ) from error
