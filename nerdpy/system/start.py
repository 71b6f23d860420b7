"""Start nerdpy's private engine: one of several commands that need it does, the others wait."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from nerdpy.config import Config
from nerdpy.engine import Note, Notify, Warned, ignore
from nerdpy.errors import PermissionDenied, Unavailable
from nerdpy.linux.flock import locked
from nerdpy.linux.mount import mount, unmount
from nerdpy.linux.whole_file import write_whole
from nerdpy.paths import EnginePaths, engine_paths
from nerdpy.system import daemon, unit
from nerdpy.system.private import answers
from nerdpy.system.programs import require_engine
from nerdpy.system.settings import BUILT_IN_SNAPSHOTTERS, EngineSettings, render_containerd_toml

PATIENCE = timedelta(seconds=60)
"""From the start of containerd to its first answer; a big database on a slow disk takes its time."""


def start(config: Config, notify: Notify = ignore) -> bool:
    """Have the private engine running when this returns; False: it was running already."""
    if os.geteuid() != 0:
        raise PermissionDenied("starting containerd takes root's rights", hint="run nerdpy as root (sudo)")
    paths = engine_paths(config.data_root, config.state_root)
    for folder in (paths.data, paths.state):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(paths.lock, patience=PATIENCE * 2):
        if answers(str(paths.socket)):
            return False
        pid = daemon.running_pid(paths)
        if pid is None:
            _launch(config, paths, notify)
        else:  # started by a command that was killed before it could answer
            _wait(paths, 0, lambda: daemon.running_pid(paths) is not None)
    return True


def _launch(config: Config, paths: EnginePaths, notify: Notify) -> None:
    containerd, version = require_engine()
    _write_config(paths, version, notify)
    daemon.rotate(paths.log)
    offset = paths.log.stat().st_size
    notify(Note("no containerd is running: starting nerdpy's own (see `nerdpy system status`)"))
    if unit.is_booted():
        unit.start_unit(unit.unit_name(config, paths), paths, containerd)
        _wait(paths, offset, lambda: True)
        return
    paths.pid_file.unlink(missing_ok=True)
    daemon.spawn(paths, containerd)
    begun = time.monotonic()
    _wait(paths, offset, lambda: daemon.running_pid(paths) is not None or time.monotonic() < begun + 1)


def _write_config(paths: EnginePaths, version: tuple[int, int], notify: Notify) -> None:
    paths.root.mkdir(exist_ok=True, mode=0o711)
    snapshotters: tuple[str, ...] = BUILT_IN_SNAPSHOTTERS
    if not _overlay_works(paths.root):
        snapshotters = ("native",)
        notify(Warned(f"no overlay filesystem can be mounted in {paths.root}: use --snapshotter native"))
    settings = EngineSettings(
        address=str(paths.socket),
        root=str(paths.root),
        state=str(paths.containerd_state),
        config_version=3 if version >= (2, 0) else 2,
        snapshotters=snapshotters,
    )
    write_whole(paths.config, render_containerd_toml(settings))


def _overlay_works(folder: Path) -> bool:
    """Try it, as containerd does: not on another overlay, nor on some network filesystems."""
    trial = folder / "overlay-trial"
    parts = {name: trial / name for name in ("lower", "upper", "work", "merged")}
    for part in parts.values():
        part.mkdir(parents=True, exist_ok=True)
    options = f"lowerdir={parts['lower']},upperdir={parts['upper']},workdir={parts['work']}"
    try:
        mount("overlay", parts["merged"], "overlay", 0, options)
    except OSError:
        return False
    else:
        unmount(parts["merged"])
        return True
    finally:
        _remove_trial(trial)


def _remove_trial(trial: Path) -> None:
    import shutil

    shutil.rmtree(trial, ignore_errors=True)


def _wait(paths: EnginePaths, offset: int, lives: Callable[[], bool]) -> None:
    """Until the engine answers; an error with its last words when it ended, or takes too long."""
    deadline = time.monotonic() + PATIENCE.total_seconds()
    hint = f"the engine's log is {paths.log}"
    while not answers(str(paths.socket)):
        if not lives():
            words = daemon.last_words(paths.log, offset)
            raise Unavailable(f"containerd ended while it was being started: {words}", hint=hint)
        if time.monotonic() > deadline:
            raise Unavailable(f"containerd does not answer after {PATIENCE.seconds} s", hint=hint)
        time.sleep(0.02)
