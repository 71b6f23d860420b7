"""The programs that an engine is made of: are they here, are they new enough, and how does one get them?"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from nerdpy import errors
from nerdpy.errors import NotFound, Unavailable

PLACES = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""A user's PATH often lacks the folders ending in sbin, where runc and the packet filter's tools live."""
OLDEST = (1, 7)
_INSTALL = {
    "debian": "apt-get install containerd runc containernetworking-plugins",
    "ubuntu": "apt-get install containerd runc containernetworking-plugins",
    "fedora": "dnf install containerd runc containernetworking-plugins",
    "arch": "pacman -S containerd runc cni-plugins",
    "alpine": "apk add containerd runc cni-plugins",
    "suse": "zypper install containerd runc cni-plugins",
}


def search_path() -> str:
    """Where the engine's programs are looked for: the user's folders first."""
    own = os.environ.get("PATH", "").split(":")
    return _joined(*own, *PLACES.split(":"))


def engine_path() -> str:
    """The PATH of the engine itself: where its programs were found, and the system's own folders."""
    found = (find_program(name) for name in ("containerd", "runc"))
    return _joined(*(os.path.dirname(path) for path in found if path), *PLACES.split(":"))


def _joined(*folders: str) -> str:
    return ":".join(dict.fromkeys(folder for folder in folders if folder.startswith("/")))


def find_program(name: str) -> str | None:
    return shutil.which(name, path=search_path())


def require_engine() -> tuple[str, tuple[int, int]]:
    """Path and version of containerd; an error that says how to get it, or a newer one, or runc."""
    containerd = find_program("containerd")
    missing = [
        name for name, path in (("containerd", containerd), ("runc", find_program("runc"))) if not path
    ]
    if containerd is None or missing:
        raise NotFound(f"{' and '.join(missing)} not found on PATH", hint=install_hint())
    version = parse_version(_version_text(containerd))
    if version < OLDEST:
        raise errors.NotImplemented(
            f"{containerd} is version {version[0]}.{version[1]}: nerdpy needs 1.7 or newer",
            hint="nerdpy's `./hack/quickstart` installs a newer one from the distribution's next suite",
        )
    return containerd, version


def _version_text(program: str) -> str:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"{program} does not say its version: {error}") from error
    return done.stdout


def parse_version(text: str) -> tuple[int, int]:
    """`containerd github.com/containerd/containerd/v2 2.1.9+unknown` -> (2, 1); the path may hold digits."""
    for word in text.split():
        if match := re.match(r"v?(\d+)\.(\d+)", word):
            return int(match[1]), int(match[2])
    raise Unavailable(f'"{text.strip()}" names no version')


def install_hint() -> str:
    """The command that installs an engine on this distribution."""
    try:
        words = Path("/etc/os-release").read_text()
    except OSError:
        words = ""
    names = " ".join(re.findall(r"^(?:ID|ID_LIKE)=\"?([^\"\n]*)", words, re.MULTILINE)).split()
    command = next((_INSTALL[name] for name in names if name in _INSTALL), "")
    return f"install it: `{command}`" if command else "install containerd, runc and the CNI plugins"
