"""The output of the inspect family: one JSON array, a line of JSON each, or a template on each object.

Docker runs a template on its Go structs first and on the JSON names second. Here one pass does both: an
object is looked at as a struct, whose capitalised names match whatever the case, and the few keys under
which docker keeps real maps are maps.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from nerdpy.errors import InvalidArgument, TemplateError
from nerdpy.output.console import Console
from nerdpy.output.templates import BAD_TEMPLATE, JSON, parse_template, write

_REFUSED = {"raw", "table", "wide"}

_TEXTS = (
    "Annotations Attributes AuxiliaryAddresses AuxAddress Data DriverOpts Labels LogOpt Options StorageOpt "
    "Sysctls Tmpfs"
)
_POINTERS = "Containers EndpointsConfig ExposedPorts Networks Status Volumes"
MAPS: dict[str, Any] = {
    **dict.fromkeys(_TEXTS.split(), ""),
    **dict.fromkeys(_POINTERS.split()),
    "Ports": (),
    "PortBindings": (),
}
"""Keys whose values are maps with keys of the user's, and the zero of their elements."""

OMITTED: dict[str, dict[str, Any]] = {
    "object": {"SizeRw": None, "SizeRootFs": None},
    "volume": {"Status": {}, "UsageData": None, "ClusterVolume": None},
    "State": {"Health": None, "Error": "", "OOMKilled": False, "Dead": False},
    "Config": {
        **dict.fromkeys(("Healthcheck", "StopTimeout")),
        **dict.fromkeys(("Domainname", "User", "StopSignal", "WorkingDir", "Hostname"), ""),
        **dict.fromkeys(("Cmd", "Entrypoint", "Env", "OnBuild", "Shell"), ()),
        **dict.fromkeys(("ExposedPorts", "Labels", "Volumes")),
        **dict.fromkeys(("Gateway", "IPRange"), ""),  # of a network's IPAM, which has a Config, too
    },
    "HostConfig": {"Init": None, "PidsLimit": None, "Mounts": (), **dict.fromkeys(("Tmpfs", "Sysctls"))},
    "Mounts": dict.fromkeys(("Name", "Driver", "Mode", "Propagation"), ""),
}
"""Fields that docker's structs have even where its JSON leaves them out, by the key of their struct."""


def show_objects(objects: Iterable[Mapping[str, Any]], *, format: str = "", console: Console) -> None:
    """Print what was found; with no format one array, so `[]` when nothing was."""
    format = format.strip(" ")
    if format in _REFUSED:
        raise InvalidArgument(f'format "{format}" is not supported', hint="use `json` or a template")
    if not format:
        write(console, _array([as_struct(each) for each in objects]) + "\n")
        return
    line_of = object_renderer(format)
    for each in objects:
        write(console, line_of(each) + "\n")


def object_renderer(format: str) -> Callable[[Any], str]:
    """A function that renders one object (of `inspect`, `info`, `version`) by `json` or a template."""
    from nerdpy.gotemplate.encode import json_text

    if format == JSON:
        return lambda each: json_text(as_struct(each))
    template = parse_template(format, exit_code=BAD_TEMPLATE)

    def rendered(each: Any) -> str:
        try:
            return template.render(as_struct(each, _kind(each)))
        except TemplateError as error:
            raise TemplateError(f"template parsing error: {error.message}") from None

    return rendered


def _kind(each: Any) -> str:
    """Of what is inspected; only volumes have a mount point."""
    return "volume" if isinstance(each, Mapping) and "Mountpoint" in each else "object"


def _array(objects: list[Any]) -> str:
    from nerdpy.gotemplate.encode import indented

    return indented(objects)


def as_struct(value: Any, key: str = "object") -> Any:
    """Wrap the mappings in `value`: maps where docker has maps, structs elsewhere."""
    from nerdpy.gotemplate.values import Struct, TypedMap

    if isinstance(value, list | tuple):
        return [as_struct(item, key) for item in value]
    if key in MAPS and (value is None or isinstance(value, Mapping)):
        items = {str(name): as_struct(item) for name, item in (value or {}).items()}
        return TypedMap(items, zero=MAPS[key], is_nil=value is None)
    if not isinstance(value, Mapping):
        return value
    inner = {name: as_struct(item, name) for name, item in value.items()}
    omitted = {name: as_struct(item, name) for name, item in OMITTED.get(key, {}).items()}
    return Struct(inner, name=key, omitted=omitted)
