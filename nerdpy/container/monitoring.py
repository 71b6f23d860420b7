"""What a new container's monitor is told: how to log, and how to call nerdpy when the container has ended."""

import os
import sys

from nerdpy.config import Config
from nerdpy.dockercompat.create_body import healthcheck_in
from nerdpy.engine import Engine
from nerdpy.logs.options import log_settings
from nerdpy.logs.subject import Subject
from nerdpy.model.health import HealthCheck
from nerdpy.model.monitor import MonitorSettings
from nerdpy.model.options import CreateOptions
from nerdpy.spec.facts import ImageFacts
from nerdpy.stdio.launcher import ensure_launcher, save_settings

_KEPT = ("HOME", "TMPDIR", "LANG", "TZ", "DOCKER_CONFIG")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""The plugins call the firewall's programs, whatever PATH the caller had."""


def write_monitor_settings(
    engine: Engine, container_id: str, options: CreateOptions, image: ImageFacts, name: str
) -> str:
    """Write monitor.json; the log URI that the task and the restart monitor are given."""
    paths = engine.paths
    settings = MonitorSettings(
        command=nerdpy_command(engine.config),
        environment=nerdpy_environment(engine.config),
        log=log_settings(
            options.logging, _subject(engine, container_id, options, image, name), paths.log(container_id)
        ),
        has_tty=options.process.has_tty,
        attaches_network=True,
        health=_health(healthcheck_in(options, image)),
        pidfile=options.identity.pidfile,
    )
    save_settings(paths, container_id, settings)
    return ensure_launcher(paths)


def _subject(
    engine: Engine, container_id: str, options: CreateOptions, image: ImageFacts, name: str
) -> Subject:
    environment = (*image.environment, *options.process.environment)
    entrypoint = options.process.entrypoint if options.process.entrypoint is not None else image.entrypoint
    command = options.process.command or (image.command if options.process.entrypoint is None else ())
    return Subject(
        container_id=container_id,
        name=name,
        namespace=engine.config.namespace,
        image=options.image.reference,
        image_id=image.image_id,
        command=" ".join((*entrypoint, *command)),
        labels={**image.labels, **options.identity.labels},
        environment=dict(entry.split("=", 1) for entry in environment if "=" in entry),
    )


def _health(check: HealthCheck) -> dict[str, float]:
    if not check.is_active:
        return {}
    times = check.with_defaults()
    return {
        "interval": times.interval.total_seconds(),
        "start_interval": times.start_interval.total_seconds(),
        "start_period": times.start_period.total_seconds(),
    }


def nerdpy_command(config: Config) -> list[str]:
    """How to call this nerdpy again for the same engine and stores, from anywhere and without a shell."""
    return [
        sys.executable,
        "-m",
        "nerdpy",
        f"--address={config.address}",
        f"--namespace={config.namespace}",
        f"--data-root={config.data_root}",
        f"--snapshotter={config.snapshotter}",
        f"--cni-netconfpath={config.cni_netconfpath}",
        *([f"--cni-path={config.cni_path}"] if config.cni_path else []),
        *([f"--bridge-ip={config.bridge_ip}"] if config.bridge_ip else []),
    ]


def nerdpy_environment(config: Config) -> dict[str, str]:
    """The whole environment of such a call."""
    kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
    package_parent = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return {
        **kept,
        "PATH": PATH,
        "NERDPY_STATE_ROOT": config.state_root,
        "NERDPY_AUTO_START": "false",
        "PYTHONPATH": os.pathsep.join(search_path(package_parent, os.environ.get("PYTHONPATH", ""))),
    }


def search_path(package_parent: str, told: str) -> list[str]:
    """Where the Python of those calls looks first: for this nerdpy, and for what the caller's PYTHONPATH,
    `told`, leads to, which may be all that nerdpy imports. What is relative is left out: the calls are made
    elsewhere."""
    entries = [package_parent, *(entry for entry in told.split(os.pathsep) if os.path.isabs(entry))]
    return list(dict.fromkeys(entries))
