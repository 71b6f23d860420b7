"""The parts of the engine and their versions, as each part says itself."""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nerdpy.dockercompat.version import Component
from nerdpy.engine import Engine
from nerdpy.system.programs import find_program

_PATIENCE_SECONDS = 10
_CNI = re.compile(r"plugin v?(\d\S*)")
CNI_PLUGIN = "bridge"
"""The plugin that is asked: all of a release have one version."""


def components_of(engine: Engine) -> list[Component]:
    """containerd first, then the programs on this machine; what is not installed is left out."""
    with ThreadPoolExecutor(2) as pool:
        others = [pool.submit(_runc), pool.submit(_cni, engine.cni.folders)]
        answer = engine.containerd.version()
        details = {"GitCommit": answer.revision} if answer.revision else {}
        containerd = Component(name="containerd", version=answer.version, details=details)
        found = [future.result() for future in others]
    return [containerd, *(component for component in found if component is not None)]


def _runc() -> Component | None:
    path = find_program("runc")
    return parse_runc(_said_by([path, "--version"])) if path else None


def parse_runc(text: str) -> Component:
    """`runc version 1.1.5+ds1`, then lines such as `commit: ...` and `spec: 1.0.2-dev`."""
    version = re.search(r"^runc version (\S+)", text, re.MULTILINE)
    rows = dict(re.findall(r"^(\w+): (\S+)$", text, re.MULTILINE))
    details = {"GitCommit": rows.get("commit", ""), "SpecVersion": rows.get("spec", "")}
    return Component(
        name="runc",
        version=version[1] if version else "unknown",
        details={name: value for name, value in details.items() if value},
    )


def _cni(folders: tuple[str, ...]) -> Component | None:
    path = next((f"{folder}/{CNI_PLUGIN}" for folder in folders if Path(folder, CNI_PLUGIN).is_file()), "")
    if not path:
        return None
    said = _said_by([path])
    return parse_cni(said, str(Path(path).parent), packaged="" if _CNI.search(said) else _packaged_cni())


def parse_cni(text: str, folder: str, *, packaged: str = "") -> Component:
    """A plugin that is run without CNI_COMMAND says `CNI bridge plugin v1.9.1`; Debian's leave the number
    out, so there the package tells."""
    version = _CNI.search(text)
    protocols = re.search(r"supported: .*?([\d.]+)$", text, re.MULTILINE)
    details = {"Path": folder} | ({"Protocol": protocols[1]} if protocols else {})
    return Component(
        name="CNI plugins", version=version[1] if version else packaged or "unknown", details=details
    )


def _packaged_cni() -> str:
    query = find_program("dpkg-query")
    if not query:
        return ""
    said = _said_by([query, "-W", "-f", "${Version}", "containernetworking-plugins"])
    return said if re.match(r"\d\S*$", said) else ""


def _said_by(command: list[str]) -> str:
    """What a program says when it is asked, on either stream; nothing when it does not run."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
            env={},
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout + done.stderr
