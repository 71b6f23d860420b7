"""A registry in this process, as good or as bad as a test wants it; it remembers every request.

It hands out images of a layout (OCI distribution-spec, pull and its tokens); nothing can be pushed to it. It
may ask for credentials, speak TLS, send blobs elsewhere, cut its answers off, fall silent, and lie.
"""

import base64
import contextlib
import json
import re
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hack.images.layout import Descriptor, Layout
from tests.integration.support.registry import IS_MANIFEST

CHUNK = 1 << 16


@dataclass(frozen=True)
class Asked:
    """One request, as it came in."""

    method: str
    path: str
    authorization: str
    headers: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)


@dataclass
class Answer:
    """What is said instead of what is asked for."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class BadRegistry:
    """`with BadRegistry(layout, {"busybox": {"latest": target}}) as registry: registry.reference("busybox")`

    Every field may be changed while it runs.
    """

    images: Layout
    repositories: dict[str, dict[str, Descriptor]]
    address: str = "127.0.0.1"
    root: str = "/v2"
    """The path below which the API is served."""
    basic: str = ""
    """`name:password` that every request must show."""
    token: str = ""
    """The bearer token that every request must show, handed out at /token for `token_credential`."""
    token_credential: str = ""
    """`name:password`, `refresh:TOKEN`, or nothing for anybody."""
    realm: str = ""
    """Where tokens are handed out, if elsewhere."""
    tls: ssl.SSLContext | None = None
    redirects_blobs_to: str = ""
    """`http://host:port`: blobs are there."""
    cut_after: int = 0
    """Bytes of a blob after which each answer is cut off."""
    cuts_left: int = 1_000_000
    stall_after: int = 0
    """Bytes of a blob after which each answer falls silent."""
    stalls_left: int = 1_000_000
    bytes_a_second: int = 0
    lies: int = 0
    """So many answers with blobs have one byte changed."""
    troubles: list[tuple[str, Answer]] = field(default_factory=list)
    """Pattern of a path, and what the next request for such a path gets."""
    asked: list[Asked] = field(default_factory=list)
    sent: int = 0
    """Bytes of blobs."""
    port: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    """Ends every silence."""
    _server: ThreadingHTTPServer = field(init=False, repr=False)

    def __enter__(self) -> "BadRegistry":
        handler = type("Handler", (_Handler,), {"registry": self})
        self._server = _Server((self.address, self.port), handler)
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def host(self) -> str:
        return f"{self.address}:{self.port}"

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}"

    def reference(self, image: str) -> str:
        return f"{self.host}/{image}"

    @property
    def shown(self) -> set[str]:
        """Every Authorization header that came here."""
        return {one.authorization for one in self.asked if one.authorization}

    def paths(self, pattern: str) -> list[str]:
        """The paths of the requests that match."""
        return [one.path for one in self.asked if re.search(pattern, one.path)]


def basic(credential: str) -> str:
    """The header for `name:password`."""
    return f"Basic {base64.b64encode(credential.encode()).decode()}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections that break off are what this is for."""


class _Handler(BaseHTTPRequestHandler):
    registry: BadRegistry
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        if self.registry.tls is None and not self.connection.recv(1, socket.MSG_PEEK)[:1].isalpha():
            self.connection.sendall(
                b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
            )  # to a TLS hello
            self._hang_up()

    def log_message(self, format: str, *args: Any) -> None:
        """Tests look at `asked`."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        registry, path = self.registry, urlsplit(self.path).path
        length = int(self.headers.get("Content-Length") or 0)
        form = {key: values[0] for key, values in parse_qs(self.rfile.read(length).decode()).items()}
        shown = self.headers.get("Authorization", "")
        registry.asked.append(Asked(self.command, self.path, shown, dict(self.headers.items()), form))
        for at, (pattern, answer) in enumerate(registry.troubles):
            if re.search(pattern, self.path):
                del registry.troubles[at]
                self._say(answer)
                return
        if path == "/token":
            self._hand_out_token(shown, form)
        elif not self._may_pass(shown):
            self._say(Answer(401, {"WWW-Authenticate": self._challenge()}, b'{"errors":[]}'))
        else:
            self._serve(path)

    def _may_pass(self, shown: str) -> bool:
        registry = self.registry
        if registry.token:
            return shown == f"Bearer {registry.token}"
        return not registry.basic or shown == basic(registry.basic)

    def _challenge(self) -> str:
        registry = self.registry
        if registry.token:
            realm = registry.realm or f"{registry.url}/token"
            return f'Bearer realm="{realm}",service="double",scope="repository:any:pull"'
        return 'Basic realm="double"'

    def _hand_out_token(self, shown: str, form: dict[str, str]) -> None:
        registry = self.registry
        kind, _, secret = registry.token_credential.partition(":")
        if kind == "refresh":
            is_known = form.get("refresh_token") == secret
        elif "password" in form:
            is_known = f"{form.get('username')}:{form['password']}" == registry.token_credential
        else:
            is_known = not kind or shown == basic(registry.token_credential)
        if not is_known:
            self._say(Answer(401, body=b'{"details":"incorrect"}'))
            return
        token = {"token": registry.token, "access_token": registry.token, "expires_in": 300}
        self._say(Answer(200, {"Content-Type": "application/json"}, json.dumps(token).encode()))

    def _serve(self, path: str) -> None:
        registry = self.registry
        if not path.startswith(registry.root + "/"):
            self._say(Answer(404, body=b'{"errors":[{"code":"NAME_UNKNOWN"}]}'))
            return
        found = re.fullmatch(r"/(.+)/(manifests|blobs)/(.+)", path.removeprefix(registry.root))
        if found is None:
            self._say(Answer(200))
        elif found[2] == "manifests":
            self._send_manifest(registry.repositories.get(found[1], {}), found[3])
        elif registry.redirects_blobs_to:
            self._say(Answer(307, {"Location": f"{registry.redirects_blobs_to}{self.path}"}))
        else:
            self._send_blob(found[3])

    def _send_manifest(self, tags: dict[str, Descriptor], name: str) -> None:
        images = self.registry.images
        closure = (one for tag in tags.values() for one in images.closure(tag))
        known = {one["digest"]: one for one in closure if one["mediaType"] in IS_MANIFEST}
        known |= {target["digest"]: target for target in tags.values()}
        target = tags.get(name) or known.get(name)
        if target is None:
            self._say(Answer(404, body=b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}'))
            return
        headers = {"Content-Type": target["mediaType"], "Docker-Content-Digest": target["digest"]}
        self._say(Answer(200, headers, images.read(target)))

    def _send_blob(self, digest: str) -> None:
        registry = self.registry
        try:
            data = registry.images.read({"digest": digest})
        except FileNotFoundError:
            self._say(Answer(404, body=b'{"errors":[{"code":"BLOB_UNKNOWN"}]}'))
            return
        start, status = 0, 200
        headers = {"Content-Type": "application/octet-stream", "Docker-Content-Digest": digest}
        if found := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            start, status = int(found[1]), 206
            end = min(int(found[2]) + 1, len(data)) if found[2] else len(data)
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(data)}"
            data = data[:end]
        if registry.lies > 0 and len(data) > start:
            registry.lies -= 1
            data = data[:-1] + bytes([data[-1] ^ 1])
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(data) - start)}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self._send_body(memoryview(data)[start:])

    def _send_body(self, data: memoryview) -> None:
        registry, sent = self.registry, 0
        while sent < len(data):
            if registry.stall_after and registry.stalls_left and sent >= registry.stall_after:
                registry.stalls_left -= 1
                registry.released.wait(120)
                self._hang_up()
                return
            if registry.cut_after and registry.cuts_left and sent >= registry.cut_after:
                registry.cuts_left -= 1
                self._hang_up()
                return
            piece = data[sent : sent + CHUNK]
            self.wfile.write(piece)
            sent += len(piece)
            registry.sent += len(piece)
            if registry.bytes_a_second:
                time.sleep(len(piece) / registry.bytes_a_second)

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _say(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
