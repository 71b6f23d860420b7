"""Pure: the text of `nerdpy info`, laid out as docker's."""

from collections.abc import Mapping
from typing import Any

_GIB = 1024**3


def render_info(info: Mapping[str, Any]) -> str:
    """Everything but the warnings, which go to stderr."""
    client = info["ClientInfo"]
    lines = [
        "Client:",
        f" Version:    {client['Version']}",
        f" Context:    {client['Context']}",
        f" Debug Mode: {_word(client['Debug'])}",
        "",
        "Server:",
        *_containers(info),
        *_plugins(info),
        *_programs(info),
        *_security(info),
        *_machine(info),
    ]
    return "\n".join(lines) + "\n"


def _containers(info: Mapping[str, Any]) -> list[str]:
    return [
        f" Containers: {info['Containers']}",
        f"  Running: {info['ContainersRunning']}",
        f"  Paused: {info['ContainersPaused']}",
        f"  Stopped: {info['ContainersStopped']}",
        f" Images: {info['Images']}",
        f" Server Version: {info['ServerVersion']}",
        f" Storage Driver: {info['Driver']}",
        *(f"  {name}: {value}" for name, value in info["DriverStatus"]),
        f" Logging Driver: {info['LoggingDriver']}",
        f" Name Service: {info['NameService']}",
        f" Cgroup Driver: {info['CgroupDriver']}",
        f" Cgroup Version: {info['CgroupVersion']}",
    ]


def _plugins(info: Mapping[str, Any]) -> list[str]:
    kinds = ((kind, names) for kind, names in info["Plugins"].items() if names)
    return [" Plugins:", *(f"  {kind}: {' '.join(names)}" for kind, names in kinds)]


def _programs(info: Mapping[str, Any]) -> list[str]:
    return [
        f" Swarm: {info['Swarm']['LocalNodeState']}",
        f" Runtimes: {' '.join(info['Runtimes'])}",
        f" Default Runtime: {info['DefaultRuntime']}",
        f" containerd version: {info['ContainerdCommit']['ID']}",
        f" runc version: {info['RuncCommit']['ID']}",
        f" containerd Address: {info['Containerd']['Address']}",
        f" containerd Namespace: {info['Containerd']['Namespaces']['Containers']}",
    ]


def _security(info: Mapping[str, Any]) -> list[str]:
    lines = []
    for option in info["SecurityOptions"]:
        name, *rest = (part.partition("=") for part in option.split(","))
        lines.append(f"  {name[2]}")
        lines += [f"   {key.capitalize()}: {value}" for key, _, value in rest]
    return [" Security Options:", *lines] if lines else []


def _machine(info: Mapping[str, Any]) -> list[str]:
    lines = [
        f" Kernel Version: {info['KernelVersion']}",
        f" Operating System: {info['OperatingSystem']}",
        f" OSType: {info['OSType']}",
        f" Architecture: {info['Architecture']}",
        f" CPUs: {info['NCPU']}",
        f" Total Memory: {info['MemTotal'] / _GIB:.4g}GiB",
        f" Name: {info['Name']}",
        f" ID: {info['ID']}",
        f" Docker Root Dir: {info['DockerRootDir']}",
        f" Debug Mode: {_word(info['Debug'])}",
    ]
    proxies = {"HTTP Proxy": "HttpProxy", "HTTPS Proxy": "HttpsProxy", "No Proxy": "NoProxy"}
    lines += [f" {words}: {info[key]}" for words, key in proxies.items() if info[key]]
    lines += [
        f" Experimental: {_word(info['ExperimentalBuild'])}",
        " Insecure Registries:",
        *(f"  {network}" for network in info["RegistryConfig"]["InsecureRegistryCIDRs"]),
        f" Live Restore Enabled: {_word(info['LiveRestoreEnabled'])}",
    ]
    return lines


def _word(value: bool) -> str:
    return "true" if value else "false"
