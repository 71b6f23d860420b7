"""What a new container's monitor is told: how to log, and how to call nerdpy when the container has ended."""

import os
import sys

from nerdpy.config import Config
from nerdpy.dockercompat.create_body import healthcheck_in
from nerdpy.engine import Engine
from nerdpy.logs.options import log_settings
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
        environment=_environment(engine.config),
        log=log_settings(options, container_id=container_id, name=name, default_path=paths.log(container_id)),
        has_tty=options.process.has_tty,
        attaches_network=True,
        health=_health(healthcheck_in(options, image)),
    )
    save_settings(paths, container_id, settings)
    return ensure_launcher(paths)


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


def _environment(config: Config) -> dict[str, str]:
    kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
    package_parent = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return {
        **kept,
        "PATH": PATH,
        "NERDPY_STATE_ROOT": config.state_root,
        "NERDPY_AUTO_START": "false",
        "PYTHONPATH": package_parent,
    }
