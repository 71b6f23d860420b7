"""Devices of the Container Device Interface: the files of a machine, and what the named devices edit.

A folder that stands later in `cdi_spec_dirs` comes before those in front of it; two files of one folder that
describe the same device exclude each other. A file that is invalid matters only to those who want its
devices.
"""

import json
import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from nerdpy.dataclass import dataclass, field, replace
from nerdpy.errors import Conflict, FailedPrecondition, InvalidArgument, NotFound
from nerdpy.model.cdi import CdiFile, file_type, merge_edits, read_cdi
from nerdpy.model.cdi_edits import Edits, Node
from nerdpy.model.gpus import GENERATORS, VENDORS, GpuRequest, cdi_names
from nerdpy.model.options import ResourceOptions
from nerdpy.spec.facts import DeviceFacts, UserFacts


@dataclass
class Registry:
    """What the folders hold."""

    folders: Sequence[str]
    devices: dict[str, CdiFile] = field(default_factory=dict)
    """Whole name -> the file that describes the device."""
    conflicts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Whole name -> the files that fight for it."""
    invalid: dict[str, str] = field(default_factory=dict)
    """Path -> what is wrong."""

    @property
    def place(self) -> str:
        return " or ".join(self.folders) or "(no folder)"


def find_edits(folders: Sequence[str], resources: ResourceOptions) -> Edits:
    """What all the devices of the request edit: once for each file, then for each device, in order."""
    named = [device.cdi for device in resources.devices if device.cdi]
    if not (named or resources.gpus):
        return Edits()
    registry = load(folders)
    for request in resources.gpus:
        named += cdi_names(request, _vendor(registry, request))
    edits: list[Edits] = []
    used: set[str] = set()
    for name in dict.fromkeys(named):
        file = _file_of(registry, name)
        if file.path not in used:
            used.add(file.path)
            edits.append(file.edits)
        edits.append(file.devices[name.partition("=")[2]])
    return merge_edits(edits)


def load(folders: Sequence[str]) -> Registry:
    """Read every file of the folders; those below them do not count."""
    registry = Registry(folders)
    for folder in folders:
        found: dict[str, list[CdiFile]] = {}
        for path in _files(folder):
            try:
                file = read_cdi(_decoded(path), str(path))
            except InvalidArgument as error:
                registry.invalid[str(path)] = error.message
                continue
            for name in file.names:
                found.setdefault(name, []).append(file)
        for name, files in found.items():
            registry.devices[name] = files[0]
            registry.conflicts.pop(name, None)
            if len(files) > 1:
                registry.conflicts[name] = tuple(file.path for file in files)
    return registry


def device_facts(nodes: Iterable[Node], user: UserFacts) -> list[DeviceFacts]:
    """The nodes with the numbers that the host has, owned by the container's user unless they say more."""
    return [_facts(node, user) for node in nodes]


def _facts(node: Node, user: UserFacts) -> DeviceFacts:
    if not node.type or (node.major is None and node.type != "p"):
        node = _from_host(node)
    return DeviceFacts(
        path=node.path,
        type=node.type,  # type: ignore[arg-type]  # one of the four, checked when it was read
        major=node.major or 0,
        minor=node.minor or 0,
        permissions=node.permissions,
        file_mode=node.file_mode,
        uid=node.uid if node.uid is not None else user.uid or None,
        gid=node.gid if node.gid is not None else user.gid or None,
    )


def _from_host(node: Node) -> Node:
    path = node.host_path or node.path
    try:
        status = os.stat(path)
    except OSError as error:
        raise NotFound(f'CDI device node "{path}": {(error.strerror or "").lower()}') from error
    kinds = {stat.S_IFCHR: "c", stat.S_IFBLK: "b", stat.S_IFIFO: "p"}
    kind = kinds.get(stat.S_IFMT(status.st_mode), "")
    if not kind or (node.type and {"u": "c"}.get(node.type, node.type) != kind):
        raise InvalidArgument(f'"{path}", which a CDI file names, is not such a device node')
    return replace(
        node, type=node.type or kind, major=os.major(status.st_rdev), minor=os.minor(status.st_rdev)
    )


def _files(folder: str) -> list[Path]:
    try:
        return sorted(
            Path(entry.path) for entry in os.scandir(folder) if file_type(entry.name) and entry.is_file()
        )
    except OSError:
        return []


def _decoded(path: Path) -> Any:
    import yaml  # 20 ms: only where there is such a file

    try:
        text = path.read_text()
        if file_type(path.name) == "json":
            return json.loads(text)
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as error:
        raise InvalidArgument(f"it cannot be read: {(error.strerror or '').lower()}") from error
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise InvalidArgument(
            f"it is not {file_type(path.name)}: {str(error).partition(chr(10))[0]}"
        ) from error


def _file_of(registry: Registry, name: str) -> CdiFile:
    if name in registry.conflicts:
        raise Conflict(
            f'CDI device "{name}" is described twice: {" and ".join(registry.conflicts[name])}',
            hint="remove one of the files",
        )
    if name in registry.devices:
        return registry.devices[name]
    kind = name.partition("=")[0]
    known = [other for other in registry.devices if other.startswith(f"{kind}=")]
    if known:
        raise NotFound(f'CDI device "{name}" does not exist', hint=f"known are {', '.join(sorted(known))}")
    raise _no_file(
        registry, f'no CDI file in {registry.place} describes the device "{name}"', kind.partition("/")[0]
    )


def _no_file(registry: Registry, message: str, vendor: str) -> NotFound | FailedPrecondition:
    if registry.invalid:
        path, complaint = next(iter(registry.invalid.items()))
        return FailedPrecondition(message, hint=f"{path} is invalid: {complaint}")
    generator = GENERATORS.get(vendor)
    hint = f"`{generator}` makes one" if generator else "the device's vendor provides it, as YAML or JSON"
    return NotFound(message, hint=hint)


def _vendor(registry: Registry, request: GpuRequest) -> str:
    """Whose GPUs: the driver's that was named, else of the first vendor that has any."""
    if request.devices and all("=" in name for name in request.devices):
        return ""
    wanted = [VENDORS[request.driver]] if request.driver in VENDORS else list(VENDORS.values())
    for vendor in wanted:
        if any(name.startswith(f"{vendor}/gpu=") for name in (*registry.devices, *registry.conflicts)):
            return vendor
    kinds = " or ".join(f"{vendor}/gpu" for vendor in wanted)
    raise _no_file(registry, f"no CDI file in {registry.place} describes GPUs ({kinds})", wanted[0])
