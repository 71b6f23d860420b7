"""A real image registry (package docker-registry) on the worker's own loopback."""

import http.client
import json
import ssl
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from hack.images.layout import DOCKER_MANIFEST, INDEX, MANIFEST, Descriptor, Layout
from tests.integration.support.images import PREFIX
from tests.integration.support.waiting import eventually

USER, PASSWORD = "tester", "open-sesame"
HTPASSWD = "tester:$2b$04$abcdefghijklmnopqrstuOda1hCZqbch6J7tqdWOuE.Dsole027dS\n"
IS_MANIFEST = {INDEX, MANIFEST, DOCKER_MANIFEST}


@dataclass
class Registry:
    """One running registry; `host` is what stands before the slash of a reference."""

    folder: Path
    port: int
    needs_login: bool = False
    certificate: tuple[Path, Path] | None = None
    """Certificate and key, signed by the test CA; None is plain HTTP."""
    authority: Path | None = None
    address: str = "127.0.0.1"
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        return f"{self.address}:{self.port}"

    @property
    def log(self) -> str:
        """Every request it got: what a test looks into to see what was (not) fetched."""
        return (self.folder / "registry.log").read_text()

    def start(self) -> "Registry":
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "htpasswd").write_text(HTPASSWD)
        config = self.folder / "config.json"
        config.write_text(json.dumps(self._config()))
        with (self.folder / "registry.log").open("ab") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "docker-registry", "serve", config],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": "/usr/bin:/bin", "OTEL_TRACES_EXPORTER": "none"},
            )
        eventually(lambda: self.status("/v2/") in {200, 401}, what="the registry answers")
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def reference(self, image: str) -> str:
        """The name under which this registry has one of the test images (`busybox:latest`)."""
        return f"{self.host}/{image}"

    def fill(self, images: Layout) -> None:
        """Push every test image."""
        for name, target in images.references.items():
            repository, _, tag = name.removeprefix(PREFIX).rpartition(":")
            self.push(images, repository, tag, target)

    def push(self, images: Layout, repository: str, tag: str, target: Descriptor) -> None:
        for descriptor in images.closure(target):
            data = images.read(descriptor)
            if descriptor["mediaType"] in IS_MANIFEST:
                place = tag if descriptor["digest"] == target["digest"] else descriptor["digest"]
                path = f"/v2/{repository}/manifests/{place}"
                self._put(path, data, descriptor["mediaType"])
            else:
                self._put_blob(repository, descriptor["digest"], data)

    def status(self, path: str, method: str = "GET") -> int:
        """The HTTP status of one request."""
        return self._request(method, path).status

    def digest(self, repository: str, tag: str) -> str:
        """The digest that the registry has for a tag."""
        answer = self._request("HEAD", f"/v2/{repository}/manifests/{tag}")
        return answer.headers["Docker-Content-Digest"]

    def manifest(self, repository: str, digest: str) -> bytes:
        """A manifest or index that the registry has."""
        return self._request("GET", f"/v2/{repository}/manifests/{digest}").read()

    def _put(self, path: str, data: bytes, media_type: str) -> None:
        answer = self._request("PUT", path, data, media_type)
        assert answer.status == 201, f"PUT {path}: {answer.status} {answer.read()!r}"

    def _put_blob(self, repository: str, digest: str, data: bytes) -> None:
        if self.status(f"/v2/{repository}/blobs/{digest}", "HEAD") == 200:
            return
        started = self._request("POST", f"/v2/{repository}/blobs/uploads/")
        path = started.headers["Location"].partition(self.host)[2]
        joint = "&" if "?" in path else "?"
        self._put(f"{path}{joint}digest={digest}", data, "application/octet-stream")

    def _request(
        self, method: str, path: str, body: bytes | None = None, media_type: str = ""
    ) -> http.client.HTTPResponse:
        headers = {"Content-Type": media_type} if media_type else {}
        headers["Accept"] = ", ".join(sorted(IS_MANIFEST))
        if self.needs_login:
            headers["Authorization"] = "Basic dGVzdGVyOm9wZW4tc2VzYW1l"
        connection: http.client.HTTPConnection
        if self.certificate:
            context = ssl.create_default_context(cafile=self.authority)
            connection = http.client.HTTPSConnection(self.host, timeout=10, context=context)
        else:
            connection = http.client.HTTPConnection(self.host, timeout=10)
        connection.request(method, path, body=body, headers=headers)
        return connection.getresponse()

    def _config(self) -> dict[str, object]:
        http_part: dict[str, object] = {"addr": self.host}
        if self.certificate:
            http_part["tls"] = {"certificate": str(self.certificate[0]), "key": str(self.certificate[1])}
        config: dict[str, object] = {
            "version": "0.1",
            "log": {"level": "info"},
            "storage": {
                "filesystem": {"rootdirectory": str(self.folder / "data")},
                "delete": {"enabled": True},
            },
            "http": http_part,
        }
        if self.needs_login:
            config["auth"] = {"htpasswd": {"realm": "tests", "path": str(self.folder / "htpasswd")}}
        return config


def make_certificate(folder: Path, address: str = "127.0.0.1") -> tuple[Path, tuple[Path, Path]]:
    """A certificate authority, and a certificate of it for an address and localhost."""
    folder.mkdir(parents=True, exist_ok=True)
    authority, authority_key = folder / "ca.crt", folder / "ca.key"
    key, certificate = folder / "server.key", folder / "server.crt"
    request = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    _openssl([*request, "-days", "2", "-subj", "/CN=test CA", "-keyout", authority_key, "-out", authority])
    signed: list[str | Path] = [
        "-CA",
        authority,
        "-CAkey",
        authority_key,
        "-addext",
        f"subjectAltName=IP:{address},DNS:localhost",
    ]
    plain = ["-addext", "basicConstraints=critical,CA:FALSE", "-days", "2", "-subj", "/CN=localhost"]
    _openssl([*request, *plain, *signed, "-keyout", key, "-out", certificate])
    return authority, (certificate, key)


def _openssl(command: list[str | Path]) -> None:
    subprocess.run(command, check=True, capture_output=True)
