"""An HTTP or HTTPS server in this process that answers by a function, and remembers who showed what."""

import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

Reply = tuple[int, Mapping[str, str], bytes]


@dataclass(frozen=True)
class Seen:
    """One request, as it came in; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def authorization(self) -> str:
        return self.headers.get("authorization", "")


@dataclass
class Recorder:
    """`with Recorder(reply) as server: server.host`; the port is whichever is free."""

    reply: Callable[[Seen], Reply]
    address: str = "127.0.0.1"
    certificate: tuple[Path, Path] | None = None
    """Certificate and key."""
    client_authority: Path | None = None
    """Clients must show a certificate of it."""
    seen: list[Seen] = field(default_factory=list)
    port: int = 0

    @property
    def host(self) -> str:
        return f"{self.address}:{self.port}"

    @property
    def authorizations(self) -> list[str]:
        return [one.authorization for one in self.seen]

    def __enter__(self) -> "Recorder":
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                seen = Seen(self.command, self.path, headers, body)
                recorder.seen.append(seen)
                status, answer, data = recorder.reply(seen)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(data)), **answer}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"" if self.command == "HEAD" else data)

            do_GET = do_HEAD = do_POST = do_PUT = handle_any

            def log_message(self, format: str, *values: object) -> None:
                """The diary has it."""

        self._server = ThreadingHTTPServer((self.address, self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.certificate)
            if self.client_authority:
                context.load_verify_locations(self.client_authority)
                context.verify_mode = ssl.CERT_REQUIRED
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
