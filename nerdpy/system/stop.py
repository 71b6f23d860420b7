"""Stop nerdpy's private engine: its containers, their shims, containerd, and every mount it made."""

import os
from contextlib import suppress
from datetime import timedelta

from nerdpy.config import Config
from nerdpy.dataclass import replace
from nerdpy.engine import Engine, Notify, Warned, ignore
from nerdpy.errors import NerdpyError, PermissionDenied
from nerdpy.linux.flock import locked
from nerdpy.paths import EnginePaths, engine_paths, store_paths
from nerdpy.system import daemon, unit
from nerdpy.system.clear import kill_shims, shims_of, unmount_below
from nerdpy.system.private import answers
from nerdpy.system.status import listener_of

PATIENCE = timedelta(seconds=120)


def stop(config: Config, notify: Notify = ignore) -> bool:
    """Have nothing of the private engine running when this returns; False: nothing was running.

    Images, containers and volumes stay, and so does the log.
    """
    if os.geteuid() != 0:
        raise PermissionDenied("stopping the engine takes root's rights", hint="run nerdpy as root (sudo)")
    paths = engine_paths(config.data_root, config.state_root)
    if not paths.state.is_dir():
        return False
    with locked(paths.lock, patience=PATIENCE):
        was_running = _is_running(config, paths)
        own = replace(config, address=str(paths.socket))
        if answers(str(paths.socket)):
            _halt(own, notify)
        unit.stop_unit(unit.unit_name(config, paths))
        if pid := _pid(paths):
            daemon.terminate(pid)
        kill_shims(str(paths.socket))
        store = store_paths(config.data_root, config.state_root, str(paths.socket), config.namespace)
        unmount_below(paths.state, paths.root, store.state)
        for path in (paths.socket, paths.socket.with_name(paths.socket.name + ".ttrpc"), paths.pid_file):
            path.unlink(missing_ok=True)
    return was_running


def _pid(paths: EnginePaths) -> int | None:
    """Of the daemon, even if its pid file is lost."""
    address = str(paths.socket)
    return daemon.running_pid(paths) or (listener_of(address) if answers(address) else None)


def _is_running(config: Config, paths: EnginePaths) -> bool:
    has_process = daemon.running_pid(paths) is not None or bool(shims_of(str(paths.socket)))
    return has_process or unit.has_unit(unit.unit_name(config, paths)) or answers(str(paths.socket))


def _halt(config: Config, notify: Notify) -> None:
    """Gracefully, as far as the engine still does what it is told; the rest is done by force."""
    from nerdpy.system.halt import halt, resume_restarts

    engine = Engine(config, notify)
    try:
        paused = halt(engine)
        resume_restarts(engine, paused)
    except NerdpyError as error:
        notify(Warned(f"containers could not be stopped gracefully: {error.message}"))
    finally:
        with suppress(NerdpyError):
            engine.containerd.close()
