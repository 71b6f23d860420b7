"""A token server for docker-registry (distribution project, spec/auth): tokens that it verifies, and identity
tokens for those who log in."""

import base64
import json
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.integration.support.recorder import Recorder, Reply, Seen
from tests.integration.support.registry import PASSWORD, USER, Registry

SERVICE = "tests"
ISSUER = "test issuer"
IDENTITY = "identity-of-tester"


@dataclass
class TokenServer:
    """Answers GET with a password, POST with the identity token; strangers get nothing."""

    folder: Path
    recorder: Recorder = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.recorder = Recorder(self._reply)
        command = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=tokens",
        ]
        subprocess.run(
            [*command, "-keyout", self._key, "-out", self.certificate], check=True, capture_output=True
        )

    @property
    def certificate(self) -> Path:
        """What its tokens are verified with."""
        return self.folder / "token.crt"

    @property
    def realm(self) -> str:
        return f"http://{self.recorder.host}/token"

    @property
    def _key(self) -> Path:
        return self.folder / "token.key"

    def _reply(self, seen: Seen) -> Reply:
        fields = parse_qs(seen.body.decode() if seen.method == "POST" else urlsplit(seen.path).query)
        if seen.method == "POST":
            is_known = fields.get("refresh_token") == [IDENTITY]
        else:
            pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            is_known = seen.authorization == f"Basic {pair}"
        if not is_known:
            return 401, {}, b'{"details": "incorrect username or password"}'
        scopes = " ".join(fields.get("scope", ())).split()
        token = self._token(scopes)
        answer = {"token": token, "access_token": token, "expires_in": 300}
        if fields.get("offline_token") == ["true"]:
            answer["refresh_token"] = IDENTITY
        return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()

    def _token(self, scopes: list[str]) -> str:
        now = int(time.time())
        parts = [scope.rsplit(":", 1) for scope in scopes]
        access = [
            {"type": "repository", "name": name.removeprefix("repository:"), "actions": actions.split(",")}
            for name, actions in parts
        ]
        claims = {
            "iss": ISSUER,
            "sub": USER,
            "aud": SERVICE,
            "exp": now + 300,
            "nbf": now - 60,
            "iat": now,
            "jti": str(now),
            "access": access,
        }
        header = {"typ": "JWT", "alg": "RS256", "x5c": [_der(self.certificate)]}
        text = ".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))
        signed = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", self._key],
            input=text.encode(),
            capture_output=True,
            check=True,
        )
        return f"{text}.{_base64url(signed.stdout)}"


@dataclass
class TokenRegistry(Registry):
    """docker-registry that believes the tokens of a TokenServer."""

    realm: str = ""
    bundle: Path = Path()

    def _config(self) -> dict[str, object]:
        settings = {
            "realm": self.realm,
            "service": SERVICE,
            "issuer": ISSUER,
            "rootcertbundle": str(self.bundle),
        }
        return super()._config() | {"auth": {"token": settings}}


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _der(certificate: Path) -> str:
    return "".join(line for line in certificate.read_text().splitlines() if not line.startswith("-----"))
