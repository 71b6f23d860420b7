"""The ends of a transfer: a registry, containerd's images. Values in, messages out."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from nerdpy.containerd import wire
from nerdpy.containerd.api import transfer_types_pb2 as api
from nerdpy.dataclass import dataclass, field
from nerdpy.model.descriptor import Digest, Platform


class Credential(Protocol):
    """What a registry wants to see."""

    @property
    def username(self) -> str:
        """Empty when the secret is an identity (refresh) token."""

    @property
    def secret(self) -> str: ...


Keychain = Callable[[str], Credential | None]
"""A registry's host (with port) -> what to show it. An exception ends the transfer; the caller sees it."""


@dataclass(frozen=True, kw_only=True)
class TransferProgress:
    """The last word about one blob (`layer-sha256:...`) or image, or, without a name, the whole transfer."""

    event: str
    """`waiting`, `downloading`, `complete`, `already exists`, `saved`, ..., or a sentence."""
    name: str
    parents: tuple[str, ...] = ()
    done: int = 0
    total: int = 0
    digest: Digest = Digest("")
    media_type: str = ""


OnProgress = Callable[[list[TransferProgress]], None]
"""Called in a thread of its own. An exception ends the transfer; the caller sees it."""


@dataclass(frozen=True, kw_only=True)
class RegistryAccess:
    """How to reach a registry. Skipping TLS verification is said in a hosts.toml, there is no other way."""

    host_dirs: tuple[str, ...] = ()
    """Folders like /etc/containerd/certs.d, read by containerd; the first that knows the host is used."""
    credentials: Keychain | None = None
    plain_http: bool = False
    """Where no hosts.toml says otherwise; containerd 2.1 and newer."""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StoreOptions:
    """What of an image is fetched, kept and unpacked."""

    platforms: tuple[Platform, ...] = ()
    """Empty: all of them, and nothing is unpacked."""
    snapshotter: str = ""
    """Empty: containerd's default."""
    unpack: bool = True
    """Make snapshots of `platforms`. containerd silently leaves out what its transfer plugin's unpack_config
    does not list, so look whether the top snapshot is there afterwards."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Of the image record."""
    all_metadata: bool = False
    """Keep the manifests and configs of other platforms too."""


def registry(reference: str, access: RegistryAccess) -> api.OCIRegistry:
    end = api.OCIRegistry(reference=reference)
    end.resolver.headers.update(access.headers)
    end.resolver.host_dir = choose_host_dir(reference, access.host_dirs)
    if access.plain_http:
        end.resolver.default_scheme = "http"
    return end


def choose_host_dir(reference: str, host_dirs: tuple[str, ...]) -> str:
    """The first folder with a subfolder for the reference's registry, or with `_default`; else none.

    Those names that containerd itself looks for (its docs/hosts.md).
    """
    host = reference.partition("/")[0]
    name, _, port = host.rpartition(":")
    candidates = (host, f"{name}_{port}_", "_default") if port.isdecimal() and name else (host, "_default")
    return next((root for root in host_dirs if any(Path(root, one).is_dir() for one in candidates)), "")


def image_store(name: str, options: StoreOptions) -> api.ImageStore:
    platforms = [wire.wire_platform(platform) for platform in options.platforms]
    store = api.ImageStore(
        name=name, labels=options.labels, platforms=platforms, all_metadata=options.all_metadata
    )
    for platform in platforms if options.unpack else ():
        store.unpacks.add(platform=platform, snapshotter=options.snapshotter)
    return store
