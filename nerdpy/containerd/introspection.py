"""containerd.services.introspection.v1: which plugins are there, and what is known of the server."""

import json
from datetime import datetime
from typing import Any

from nerdpy.containerd import wire
from nerdpy.containerd.api import introspection_pb2 as api
from nerdpy.containerd.calls import Calls
from nerdpy.dataclass import dataclass, field
from nerdpy.model.descriptor import Platform

SERVICE = "/containerd.services.introspection.v1.Introspection/"
RUNTIME = ("io.containerd.runtime.v2", "task")


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """`containerd.services.introspection.v1.Plugin`."""

    type: str
    id: str
    platforms: tuple[Platform, ...] = ()
    exports: dict[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    error: str = ""
    """Why it did not start; empty when it did."""


@dataclass(frozen=True, kw_only=True)
class Deprecation:
    """Something in the engine's setup that a later containerd will not understand."""

    id: str
    message: str
    last_seen: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Server:
    """`containerd.services.introspection.v1.ServerResponse`."""

    uuid: str
    pid: int = 0
    pid_namespace: int = 0
    """Inode of the PID namespace that `pid` is a number of."""
    deprecations: tuple[Deprecation, ...] = ()


class Introspection:
    """`client.introspection`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def plugins(self, *filters: str) -> list[Plugin]:
        """Those that match any filter, such as `type==io.containerd.snapshotter.v1`."""
        request = api.PluginsRequest(filters=filters)
        answer = self._calls.unary(SERVICE + "Plugins", request, api.PluginsResponse)
        return [_plugin(plugin) for plugin in answer.plugins]

    def server(self) -> Server:
        answer = api.ServerResponse.FromString(self._calls.send(SERVICE + "Server", b""))
        return Server(
            uuid=answer.uuid,
            pid=answer.pid,
            pid_namespace=answer.pidns,
            deprecations=tuple(
                Deprecation(id=one.id, message=one.message, last_seen=wire.time_of(one.last_occurrence))
                for one in answer.deprecations
            ),
        )

    def runtime(
        self, name: str = "io.containerd.runc.v2", options: tuple[str, bytes] | None = None
    ) -> dict[str, Any]:
        """What a shim says of itself and its runtime (containerd 2.0 and newer).

        Keys: `name`, `version`, `revision`, `annotations`, and `features`, the OCI runtime's own document.
        """
        from nerdpy.containerd.api import runtime_info_pb2

        asked = runtime_info_pb2.RuntimeRequest(runtime_path=name)
        if options is not None:
            asked.options.type_url, asked.options.value = options
        request = api.PluginInfoRequest(type=RUNTIME[0], id=RUNTIME[1])
        request.options.type_url = "containerd.types.RuntimeRequest"
        request.options.value = asked.SerializeToString()
        answer = self._calls.unary(SERVICE + "PluginInfo", request, api.PluginInfoResponse)
        info = runtime_info_pb2.RuntimeInfo.FromString(answer.extra.value)
        return {
            "name": info.name,
            "version": info.version.version,
            "revision": info.version.revision,
            "annotations": dict(info.annotations),
            "features": json.loads(info.features.value) if info.features.value else {},
        }


def _plugin(plugin: api.Plugin) -> Plugin:
    return Plugin(
        type=plugin.type,
        id=plugin.id,
        platforms=tuple(
            Platform(os=one.os, architecture=one.architecture, variant=one.variant, os_version=one.os_version)
            for one in plugin.platforms
        ),
        exports=dict(plugin.exports),
        capabilities=tuple(plugin.capabilities),
        error=plugin.init_err.message,
    )
