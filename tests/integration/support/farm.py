"""A farm of registries on this machine, each of a kind, with a mirror of the same kind, and an account of its
own for each: who was shown what can be read afterwards."""

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.integration.support.recorder import Recorder, Reply, Seen
from tests.integration.support.registry import make_certificate

KINDS = ("public", "basic", "token", "mtls", "private-ca", "http")
ROUTES = ("direct", "mirror", "override")
WANTS_LOGIN = {"basic", "token", "http"}
MANIFEST = b'{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": []}'


@dataclass
class Stand:
    """One registry: its kind, its account, and what was shown to it and to its token server."""

    kind: str
    account: str
    root: str = "/v2"
    has_image: bool = True
    server: Recorder = field(init=False)
    tokens: Recorder = field(init=False)

    @property
    def basic(self) -> str:
        return f"Basic {base64.b64encode(self.account.encode()).decode()}"

    @property
    def url(self) -> str:
        return f"{'http' if self.kind == 'http' else 'https'}://{self.server.host}"

    @property
    def shown(self) -> set[str]:
        """Every Authorization that this registry and its token server have seen."""
        return {one.authorization for one in (*self.server.seen, *self.tokens.seen)} - {""}

    @property
    def may_see(self) -> set[str]:
        """What is its own."""
        return {self.basic, f"Bearer {self.account}"}

    def forget(self) -> None:
        """What was seen so far."""
        self.server.seen.clear()
        self.tokens.seen.clear()

    def reply(self, seen: Seen) -> Reply:
        wanted = {"basic": self.basic, "http": self.basic, "token": f"Bearer {self.account}"}.get(
            self.kind, ""
        )
        if wanted and seen.authorization != wanted:
            realm = f'Bearer realm="https://{self.tokens.host}/token",service="farm"'
            return 401, {"WWW-Authenticate": realm if self.kind == "token" else 'Basic realm="farm"'}, b"{}"
        path = seen.path.partition("?")[0]
        if not path.startswith(f"{self.root}/team/thing/manifests/") or not self.has_image:
            return 404, {}, b"{}"
        return 200, {"Content-Type": "application/vnd.oci.image.manifest.v1+json"}, MANIFEST

    def reply_with_token(self, seen: Seen) -> Reply:
        if seen.authorization != self.basic:
            return 401, {}, b"{}"
        return 200, {}, json.dumps({"token": self.account}).encode()


@dataclass
class Farm:
    """A registry, the mirror of it, and the folder of hosts.toml that describes both."""

    registry: Stand
    mirror: Stand
    hosts: Path
    authority: Path

    @property
    def stands(self) -> tuple[Stand, Stand]:
        return self.registry, self.mirror


@dataclass(frozen=True)
class Papers:
    """What the whole farm shows, and what verifies it."""

    address: str
    authority: Path
    certificate: tuple[Path, Path]

    @staticmethod
    def made(folder: Path, address: str) -> "Papers":
        return Papers(address, *make_certificate(folder, address))


@contextmanager
def farm_of(kind: str, route: str, folder: Path, papers: Papers) -> Iterator[Farm]:
    """The mirror has not got the image, so both are asked; on the direct way there is no mirror to ask."""
    address, authority, certificate = papers.address, papers.authority, papers.certificate
    root = "/proxy/cache" if route == "override" else "/v2"
    registry = Stand(kind, "at-registry:r")
    mirror = Stand(kind, "at-mirror:m", root=root, has_image=False)
    with ExitStack() as running:
        for stand in (registry, mirror):
            stand.server = Recorder(
                stand.reply,
                address,
                None if kind == "http" else certificate,
                authority if kind == "mtls" else None,
            )
            stand.tokens = Recorder(stand.reply_with_token, address, certificate)
            running.enter_context(stand.server)
            running.enter_context(stand.tokens)
        hosts = folder / "hosts"
        (hosts / registry.server.host).mkdir(parents=True)
        tls = "" if kind == "http" or kind == "public" else f'ca = "{authority}"\n'
        if kind == "mtls":
            tls += f'client = [["{certificate[0]}", "{certificate[1]}"]]\n'
        text = f'server = "{registry.url}"\n{tls}'
        if route != "direct":
            override = "override_path = true\n" if route == "override" else ""
            path = root if route == "override" else ""
            text += f'[host."{mirror.url}{path}"]\ncapabilities = ["pull", "resolve"]\n{override}{tls}'
        (hosts / registry.server.host / "hosts.toml").write_text(text)
        yield Farm(registry, mirror, hosts, authority)
