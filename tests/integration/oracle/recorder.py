"""A docker daemon that writes down what it is asked to create, and creates nothing."""

import json
import os
import subprocess
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

API_VERSION = "1.50"


@dataclass(frozen=True)
class Asked:
    """One `docker create`: what was sent, or the complaint instead."""

    body: dict[str, Any]
    name: str = ""
    platform: str = ""
    refusal: str = ""


class Recorder:
    """Listens on `folder`/docker.sock; `ask` runs the real docker against it, in `folder`."""

    def __init__(self, folder: Path, docker: str) -> None:
        self.folder = folder
        self.docker = docker
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.server = _Server(str(folder / "docker.sock"), _handler_of(self.sent))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def ask(self, words: list[str], environ: dict[str, str]) -> Asked:
        """What docker makes of `docker create WORDS`."""
        self.sent.clear()
        done = subprocess.run(
            [self.docker, "create", *words],
            cwd=self.folder,
            env={
                **environ,
                "PATH": os.environ["PATH"],
                "DOCKER_HOST": f"unix://{self.folder}/docker.sock",
                "DOCKER_CONFIG": str(self.folder / "docker-config"),
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if not self.sent:
            return Asked({}, refusal=done.stderr.strip() or f"exit {done.returncode}")
        target, body = self.sent[-1]
        query = parse_qs(urlsplit(target).query)
        return Asked(body, name=query.get("name", [""])[0], platform=query.get("platform", [""])[0])

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True


def _handler_of(sent: list[tuple[str, dict[str, Any]]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def address_string(self) -> str:
            return "docker"

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def do_HEAD(self) -> None:
            self.answer(200, b"")

        def do_GET(self) -> None:
            self.answer(200, b"OK" if self.path.endswith("_ping") else b"{}")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if urlsplit(self.path).path.endswith("/containers/create"):
                sent.append((self.path, json.loads(body)))
                self.answer(201, json.dumps({"Id": "0" * 64, "Warnings": []}).encode())
            else:
                self.answer(200, b"{}")

        def answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Api-Version", API_VERSION)
            self.send_header("Ostype", "linux")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

    return Handler
