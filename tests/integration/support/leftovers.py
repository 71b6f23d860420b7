"""What a test left behind: in containerd, in the kernel, on disk, and among the processes."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nerdpy.paths import address_hash
from tests.integration.support.engine import PrivateEngine

DATA_ROOT = Path("/var/lib/nerdpy")
STATE_ROOT = Path("/run/nerdpy")
IPAM = STATE_ROOT / "ipam"
CONFLISTS = Path("/etc/cni/net.d")
LASTING_LINKS = re.compile(r"lo|nerdpy0|tunl0|sit0|ip6tnl0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0")
"""The default bridge is made once and stays, as docker0 does; the rest are the kernel's own."""
OF_THE_DEFAULT_BRIDGE = re.compile(r"nerdpy0|10\.4\.0\.0")
RULE_OF_A_CONTAINER = re.compile(r"CNI-DN-|CNI-SN-|CNI-[0-9a-f]{16,}|\bid: ")
LASTING_FOLDERS = re.compile(r"[^/]+(/[^/]*)?")
LASTING_FILES = re.compile(
    r"events/[^/]+|ruleset|sweep\.lock|volumes\.lock|dns\.lock|monitor|runtime\.json|names/[^/]+/\.lock|[^/]+/(lock|last_reserved_ip\.\d+)"
)
"""Below a store, and below the address plugin's folder: the store's own locks and the monitor's launcher
stay, and the folders of a namespace."""


def mount_points() -> set[str]:
    """Where something is mounted in this mount namespace."""
    return {line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()}


def links() -> set[str]:
    listing = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    return {line.split(":")[1].split("@")[0].strip() for line in listing.splitlines()}


def rules() -> set[str]:
    """What belongs to one container or network: elements of nerdpy's own table, and rules that CNI plugins
    made. nft shows those of iptables-nft as well."""
    done = subprocess.run(["nft", "-j", "list", "ruleset"], capture_output=True, text=True, check=False)
    found = set()
    for item in json.loads(done.stdout or '{"nftables": []}')["nftables"]:
        kind, body = next(iter(item.items()))
        if kind in {"set", "map"}:
            found |= {f"{body['table']}/{body['name']}: {json.dumps(one)}" for one in body.get("elem", ())}
        elif kind == "rule" and RULE_OF_A_CONTAINER.search(text := json.dumps(body)):
            found.add(re.sub(r'"(handle|packets|bytes)": \d+', "", text))
    return {text for text in found if not OF_THE_DEFAULT_BRIDGE.search(text)}


def _entries(root: Path) -> Iterator[str]:
    for path in root.rglob("*"):
        lasting = LASTING_FOLDERS if path.is_dir() and not path.is_symlink() else LASTING_FILES
        if not lasting.fullmatch(str(path.relative_to(root))):
            yield str(path)


@dataclass(frozen=True)
class Machine:
    """How things were before the test."""

    mounts: frozenset[str]
    links: frozenset[str]
    rules: frozenset[str]

    @classmethod
    def now(cls) -> "Machine":
        return cls(frozenset(mount_points()), frozenset(links()), frozenset(rules()))


@dataclass(frozen=True)
class Leftovers:
    """Looks for what is left of one containerd namespace."""

    engine: PrivateEngine
    namespace: str
    before: Machine

    def found(self) -> dict[str, list[str]]:
        """What is left, by kind; empty when all is as before."""
        looked = {
            "containers": self._listed("containers", "ls", "-q"),
            "tasks": self._listed("tasks", "ls", "-q"),
            "snapshots": self._listed("snapshots", "ls")[1:],
            "leases": self._listed("leases", "ls", "-q"),
            "shims": [str(pid) for pid in self.engine.shims(self.namespace)],
            "processes": sorted(self._processes()),
            "mounts": sorted(mount_points() - self.before.mounts),
            "links": sorted(
                name for name in links() - self.before.links if not LASTING_LINKS.fullmatch(name)
            ),
            "rules": sorted(rules() - self.before.rules),
            "addresses": sorted(_entries(IPAM)),
            "conflists": [str(path) for path in custom_conflists()],
            "files": sorted(self._files()),
            "cgroups": sorted(map(str, self._cgroups())),
        }
        return {kind: things for kind, things in looked.items() if things}

    def _listed(self, *command: str) -> list[str]:
        done = self.engine.ctr(*command, namespace=self.namespace)
        return done.stdout.splitlines() if done.returncode == 0 else [done.stderr]

    def _files(self) -> Iterator[str]:
        hashed = address_hash(self.engine.address)
        for root in (DATA_ROOT / hashed, STATE_ROOT / hashed):
            yield from _entries(root)

    def _processes(self) -> Iterator[str]:
        """Monitors, hooks and nerdpy commands: each has the namespace in its environment. DNS servers."""
        yield from map(str, name_servers())
        marks = {f"{name}={self.namespace}".encode() for name in ("CONTAINER_NAMESPACE", "NERDPY_NAMESPACE")}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if marks & set((entry / "environ").read_bytes().split(b"\0")):
                    words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    yield f"{entry.name} {words.strip()}"
            except OSError:
                continue

    def _cgroups(self) -> Iterator[Path]:
        for pattern in (f"{self.namespace}/*", f"*/{self.namespace}/*"):
            yield from (path for path in Path("/sys/fs/cgroup").glob(pattern) if path.is_dir())

    def scrub(self) -> None:
        """Take everything away by force, so that the next test starts clean."""
        for kind, delete in (("tasks", ["rm", "-f"]), ("containers", ["rm"]), ("images", ["rm", "--sync"])):
            if names := self._listed(kind, "ls", "-q"):
                self.engine.ctr(kind, *delete, *names, namespace=self.namespace)
        for lease in self._listed("leases", "ls", "-q"):
            self.engine.ctr("leases", "rm", lease, namespace=self.namespace)
        for row in reversed(self._listed("snapshots", "ls")[1:]):
            self.engine.ctr("snapshots", "rm", row.split()[0], namespace=self.namespace)
        for point in sorted(mount_points() - self.before.mounts, reverse=True):
            subprocess.run(["umount", "-l", point], check=False, stderr=subprocess.DEVNULL)
        for pid in name_servers():
            os.kill(pid, signal.SIGKILL)
        for folder in (DATA_ROOT, STATE_ROOT, IPAM, CONFLISTS):
            subprocess.run(["rm", "-rf", folder], check=False)
        ours = {name for name in links() if name.startswith("nerdpy")}  # the next test makes its bridge anew
        for name in (links() - self.before.links - {"lo"}) | ours:
            subprocess.run(["ip", "link", "del", name], check=False, stderr=subprocess.DEVNULL)
        subprocess.run(["nft", "flush", "ruleset"], check=False)

    def forget_namespace(self) -> None:
        """Delete the empty namespace and its empty cgroups."""
        self.engine.ctr("namespaces", "rm", self.namespace)
        for pattern in (self.namespace, f"*/{self.namespace}"):
            for path in Path("/sys/fs/cgroup").glob(pattern):
                path.rmdir()


def name_servers() -> list[int]:
    """The DNS servers of this machine's stores; other workers have theirs in other network namespaces."""
    own = os.readlink("/proc/self/ns/net")
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if words[0].endswith(b"/aardvark-dns") and os.readlink(entry / "ns/net") == own:
                found.append(int(entry.name))
    return found


def custom_conflists() -> list[Path]:
    """The conflists of networks that a test made."""
    return [path for path in CONFLISTS.rglob("*.conflist") if not path.stem.endswith("-bridge")]
