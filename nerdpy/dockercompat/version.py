"""Pure: what `docker version` shows, as its JSON object and as its text."""

from collections.abc import Mapping, Sequence
from typing import Any

from nerdpy.dataclass import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Component:
    """One program that an engine is made of."""

    name: str
    version: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ClientVersion:
    """nerdpy itself."""

    version: str
    python: str
    operating_system: str
    architecture: str


def client_object(client: ClientVersion) -> dict[str, Any]:
    """docker's `Client`. There is no Go in nerdpy, so GoVersion is empty; nor does it speak docker's API."""
    return {
        "Platform": {"Name": "nerdpy"},
        "Version": client.version,
        "ApiVersion": "",
        "DefaultAPIVersion": "",
        "GitCommit": "",
        "GoVersion": "",
        "PythonVersion": client.python,
        "Os": client.operating_system,
        "Arch": client.architecture,
        "BuildTime": "",
        "Context": "default",
    }


def server_object(components: Sequence[Component], client: ClientVersion, kernel: str) -> dict[str, Any]:
    """docker's `Server`; the first component is the engine, whose version is the server's."""
    engine = components[0]
    return {
        "Platform": {"Name": engine.name},
        "Components": [
            {"Name": one.name, "Version": one.version, "Details": dict(one.details)} for one in components
        ],
        "Version": engine.version,
        "ApiVersion": "",
        "MinAPIVersion": "",
        "GitCommit": engine.details.get("GitCommit", ""),
        "GoVersion": "",
        "Os": client.operating_system,
        "Arch": client.architecture,
        "KernelVersion": kernel,
        "BuildTime": "",
    }


def render_client(client: ClientVersion) -> str:
    """The text's first part."""
    rows = {
        "Version": client.version,
        "Python version": client.python,
        "OS/Arch": f"{client.operating_system}/{client.architecture}",
        "Context": "default",
    }
    return "Client:\n" + _rows(rows, 1)


def render_server(components: Sequence[Component]) -> str:
    """The text's second part."""
    parts = [f" {one.name}:\n" + _rows({"Version": one.version, **one.details}, 2) for one in components]
    return "\nServer:\n" + "".join(parts)


def _rows(rows: Mapping[str, str], indent: int) -> str:
    return "".join(f"{' ' * indent}{name + ':':<19}{value}\n" for name, value in rows.items() if value)
