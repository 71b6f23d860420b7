"""Who has a volume mounted, and when it goes: with a double of the kernel's mounts."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nerdpy.config import Config
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition
from nerdpy.linux import process
from nerdpy.volume import mounting
from nerdpy.volume.create import create
from nerdpy.volume.find import Volume
from nerdpy.volume.mounting import leave, unmount_volumes, use, used, users_of_mount

DEAD = "1-1"
BIND = {"type": "none", "device": "/srv", "o": "bind,ro,rslave"}


class Kernel:
    """Its mount table, and a refusal that it may be told to give."""

    def __init__(self) -> None:
        self.mounted: list[Path] = []
        self.calls: list[tuple[Any, ...]] = []
        self.refusal: OSError | None = None

    def mount(self, source: str, target: Path, *more: Any) -> None:
        self.calls.append((source, *more))
        if self.refusal is not None:
            raise self.refusal
        if source:
            self.mounted.append(target)

    def unmount(self, target: Path) -> None:
        self.mounted.remove(target)


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    made = Kernel()
    monkeypatch.setattr(mounting, "mount", made.mount)
    monkeypatch.setattr(mounting, "unmount", made.unmount)
    monkeypatch.setattr(mounting, "is_mount_point", lambda path: path in made.mounted)
    return made


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = Engine(Config(data_root=str(tmp_path / "data"), state_root=str(tmp_path / "state"), address="/a"))
    made.__dict__["containerd"] = SimpleNamespace()
    return made


@pytest.fixture
def volume(engine: Engine) -> Volume:
    return create(engine, "data", driver_options=BIND)


def nothing_is_left(engine: Engine, kernel: Kernel) -> bool:
    return not kernel.mounted and not os.listdir(engine.paths.volume_mounts)


def test_the_first_user_mounts_and_the_last_one_unmounts(
    engine: Engine, kernel: Kernel, volume: Volume
) -> None:
    for user in ("a", "b", "a"):
        use(engine, volume, user)
    assert kernel.calls == [
        ("/srv", "", 0x1001, ""),
        ("", "", 0x84000),
        ("", "", 0x1021),
    ]
    with used(engine, volume):
        assert users_of_mount(engine, "data") == {"a", "b", process.mark()}
        unmount_volumes(engine, "a")
        leave(engine, "data", "b")
        assert kernel.mounted == [volume.mountpoint]
    assert nothing_is_left(engine, kernel)
    unmount_volumes(engine, "a")


def test_the_dead_and_what_they_left_do_not_count(engine: Engine, kernel: Kernel, volume: Volume) -> None:
    use(engine, volume, DEAD)
    assert users_of_mount(engine, "data") == set()
    use(engine, volume, "a")
    leave(engine, "data", "a")
    assert nothing_is_left(engine, kernel)
    use(engine, volume, DEAD)
    unmount_volumes(engine, "")
    assert nothing_is_left(engine, kernel)


@pytest.mark.parametrize("left", [".data", "data", "data/users", "data/_data"])
def test_an_unmount_that_was_cut_short_is_finished(
    engine: Engine, kernel: Kernel, volume: Volume, left: str
) -> None:
    folder = engine.paths.volume_mounts
    if left.startswith("."):
        folder.mkdir(parents=True)
        (folder / left).touch()
    else:
        (folder / left).mkdir(parents=True)
    unmount_volumes(engine, "somebody")
    assert nothing_is_left(engine, kernel)


def test_a_mount_that_fails_leaves_nothing_and_is_told_without_secrets(
    engine: Engine, kernel: Kernel
) -> None:
    options = {"type": "cifs", "device": "//10.0.0.1/x", "o": "password=secret,addr=10.0.0.1"}
    volume = create(engine, "share", driver_options=options)
    kernel.refusal = OSError(2, "No such file or directory")
    with pytest.raises(FailedPrecondition) as caught:
        use(engine, volume, "a")
    assert caught.value.message == (
        'error while mounting volume "share": failed to mount local volume: mount //10.0.0.1/x:'
        f"{volume.mountpoint}, flags: 0x0, data: password=********,addr=10.0.0.1: no such file or directory"
    )
    assert nothing_is_left(engine, kernel)
