"""containerd as a systemd unit of nerdpy's own: where systemd runs.

The unit is enabled as long as the engine is wanted (from `start` to `stop`), so that containers with a
restart policy are back after a reboot.
"""

import subprocess
from pathlib import Path

from nerdpy.config import Config
from nerdpy.errors import Unavailable
from nerdpy.paths import EnginePaths, address_hash
from nerdpy.system.daemon import engine_environment

BOOTED = Path("/run/systemd/system")
"""sd_booted(3): this folder exists where systemd is the init system."""
FOLDER = Path("/etc/systemd/system")


def is_booted() -> bool:
    return BOOTED.is_dir()


def unit_name(config: Config, paths: EnginePaths) -> str:
    """One unit per engine: another data root is another engine."""
    is_default = (config.data_root, config.state_root) == (Config.data_root, Config.state_root)
    suffix = "" if is_default else f"-{address_hash(str(paths.socket))}"
    return f"nerdpy-containerd{suffix}.service"


def render_unit(paths: EnginePaths, containerd: str, environment: dict[str, str]) -> str:
    """The unit file. Delegate and KillMode leave the containers alone when containerd alone is restarted."""
    lines = [
        "# Written by `nerdpy system start`, removed by `nerdpy system stop`.",
        "[Unit]",
        "Description=nerdpy's own containerd",
        "After=network.target local-fs.target dbus.service",
        "",
        "[Service]",
        "Type=notify",
        f"ExecStart={_quoted(containerd)} --config {_quoted(str(paths.config))}",
        *(f"Environment={_quoted(f'{name}={value}')}" for name, value in environment.items()),
        f"StandardOutput=append:{paths.log}",
        f"StandardError=append:{paths.log}",
        "KillMode=process",
        "Delegate=yes",
        "Restart=always",
        "RestartSec=5",
        "TasksMax=infinity",
        "LimitNPROC=infinity",
        "LimitCORE=infinity",
        "OOMScoreAdjust=-999",
        "",
        "[Install]",
        "WantedBy=multi-user.target",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """systemd.service(5): quotes, C escapes, and doubled % and $."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def start_unit(name: str, paths: EnginePaths, containerd: str) -> None:
    """Write, enable and start the unit. Readable by root only: a proxy's URL may hold a password."""
    file = FOLDER / name
    file.touch(mode=0o600)
    file.write_text(render_unit(paths, containerd, engine_environment()))
    _systemctl("daemon-reload")
    _systemctl("enable", "--now", name)


def stop_unit(name: str) -> None:
    """Stop, disable and forget the unit; one that is not there is fine."""
    if has_unit(name):
        _systemctl("disable", "--now", name)
        (FOLDER / name).unlink(missing_ok=True)
        _systemctl("daemon-reload")


def has_unit(name: str) -> bool:
    return is_booted() and (FOLDER / name).exists()


def _systemctl(*words: str) -> None:
    try:
        done = subprocess.run(["systemctl", *words], capture_output=True, text=True, timeout=120, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"systemctl {words[0]} failed: {error}") from error
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise Unavailable(
            f"systemctl {' '.join(words)} failed: {said[-1] if said else done.returncode}",
            hint=f"see `journalctl -u {words[-1]}`" if len(words) > 1 else None,
        )
