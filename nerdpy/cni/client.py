"""Where networks and plugins are on this machine, and the locks around them."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nerdpy.cni.conflist import Network, network_files, read_network
from nerdpy.config import CNI_PATHS, Config
from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument, NerdpyError, PermissionDenied
from nerdpy.linux.flock import is_held

_CHANGING = ".nerdctl.lock"
Warn = Callable[[str], None]


def silent(text: str) -> None:
    """Drop a warning."""


@dataclass(frozen=True, kw_only=True)
class Cni:
    """The folders of the CNI; nothing is read before it is asked for."""

    folders: tuple[str, ...]
    """Where plugins are looked for, in order."""
    netconf: Path
    """Where networks are, with one folder for each containerd namespace."""
    namespace: str
    addresses: Path
    """Where host-local keeps which address is whose: below the state root, so that a reboot frees them."""

    @classmethod
    def of(cls, config: Config) -> "Cni":
        """The one that the settings describe."""
        folders = tuple(filter(None, config.cni_path.split(":")))
        return cls(
            folders=folders or tuple(path for path in CNI_PATHS if os.path.isdir(path)) or CNI_PATHS[:1],
            netconf=Path(config.cni_netconfpath),
            namespace=config.namespace,
            addresses=Path(config.state_root) / "ipam",
        )

    def networks(self, warn: Warn = silent) -> list[Network]:
        """Every network of this namespace, sorted by path; of two with one name the later file stands."""
        found: dict[str, Network] = {}
        for path in network_files(self.netconf, self.netconf / self.namespace):
            try:
                network = read_network(path)
            except InvalidArgument as error:
                warn(f"a network file is skipped: {error}")
                continue
            except OSError as error:
                warn(f'network file "{path}" is skipped: {str(error.strerror).lower()}')
                continue
            if network is None:
                continue
            if network.name in found:
                warn(f'network "{network.name}" stands in {found[network.name].path} and in {path}')
            found[network.name] = network
        return list(found.values())

    def networks_of_all_namespaces(self) -> list[Network]:
        """The networks of every namespace: subnets and bridges belong to the whole machine."""
        folders = [self.netconf]
        if self.netconf.is_dir():
            folders += [path for path in self.netconf.iterdir() if path.is_dir()]
        found = []
        for path in network_files(*folders):
            with suppress(InvalidArgument, OSError):
                found.append(read_network(path))
        return [network for network in found if network is not None]

    def path_of(self, name: str, *, is_default: bool = False) -> Path:
        """The file that a network of this name is written to, as nerdctl does."""
        if is_default:
            return self.netconf / "nerdctl-bridge.conflist"
        return self.netconf / self.namespace / f"nerdctl-{name}.conflist"

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock of the network files (nerdctl's own, so that both keep out of each other's way)."""
        with self._locked(_CHANGING):
            yield

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Keep everybody from changing the network files; others may hold them likewise. For moments only."""
        with self._locked(_CHANGING, fcntl.LOCK_SH):
            yield

    def is_still(self, network: Network) -> bool:
        """Is the network's file what it was when it was read?"""
        if network.path is None:
            return True
        try:
            there = read_network(network.path)
        except (InvalidArgument, OSError):
            return False
        return there is not None and there.content == network.content

    def is_being_changed(self) -> bool:
        """Does somebody hold that lock?"""
        return is_held(self.netconf / _CHANGING)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock of plugins that must not run side by side."""
        with self._locked(".cni-concurrency.lock"):
            yield

    @contextmanager
    def _locked(self, name: str, kind: int = fcntl.LOCK_EX) -> Iterator[None]:
        try:
            self.netconf.mkdir(parents=True, exist_ok=True, mode=0o755)
            descriptor = os.open(self.netconf / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError as error:
            raise PermissionDenied(
                f'no permission to change "{self.netconf}"', hint="networks are made by root"
            ) from error
        except OSError as error:
            raise NerdpyError(
                f'the networks in "{self.netconf}" cannot be changed: {str(error.strerror).lower()}',
                hint="make it a folder that can be written to, or name another with --cni-netconfpath",
            ) from error
        try:
            fcntl.flock(descriptor, kind)
            yield
        finally:
            os.close(descriptor)
