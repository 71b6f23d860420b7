"""The output of the inspect family: one JSON array, a line of JSON each, or a template on each object.

Docker runs the template on its Go structs first and on the JSON names second. Here one pass does both: an
object is looked at as a struct, whose capitalised names match whatever the case, and the few keys under
which docker keeps real maps are maps.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from nerdpy.errors import InvalidArgument
from nerdpy.output.cells import harmless
from nerdpy.output.console import Console
from nerdpy.output.formats import JSON, parse_template, render

_REFUSED = {"raw", "table", "wide"}
MAPS: dict[str, Any] = {
    **dict.fromkeys(
        (
            "Labels",
            "Options",
            "Annotations",
            "Sysctls",
            "Tmpfs",
            "Data",
            "DriverOpts",
            "Attributes",
            "StorageOpt",
            "LogOpt",
            "AuxiliaryAddresses",
        ),
        "",
    ),
    "Ports": (),
    "PortBindings": (),
    **dict.fromkeys(("Networks", "Containers", "ExposedPorts", "Volumes"), None),
}
"""Keys whose values are maps with keys of the user's, and the zero of their elements."""
OMITTED: dict[str, dict[str, Any]] = {
    "": {"SizeRw": None, "SizeRootFs": None, "GraphDriver": None},
    "State": {"Health": None, "Error": ""},
    "Config": {
        "Healthcheck": None,
        "Domainname": "",
        "User": "",
        "StopSignal": "",
        "StopTimeout": None,
        "Entrypoint": (),
        "Cmd": (),
        "Env": (),
        "Labels": {},
        "Volumes": {},
        "ExposedPorts": {},
        "WorkingDir": "",
        "Shell": (),
    },
    "HostConfig": {"Init": None, "PidsLimit": None, "Tmpfs": {}, "Sysctls": {}, "Mounts": ()},
    "Mounts": {"Name": "", "Driver": "", "Mode": "", "Propagation": ""},
}
"""Fields that docker's structs have even where its JSON leaves them out, by the key of their struct."""


def show_objects(objects: Iterable[Mapping[str, Any]], *, format: str = "", console: Console) -> None:
    """Print what was found; `[]` when nothing was and no format was given."""
    format = format.strip(" ")
    if format in _REFUSED:
        raise InvalidArgument(f'format "{format}" is not supported', hint="use `json` or a template")
    if not format:
        _write(console, _array([as_struct(each) for each in objects]) + "\n")
        return
    line_of = object_renderer(format)
    for each in objects:
        _write(console, line_of(each) + "\n")


def object_renderer(format: str) -> Any:
    """A function that renders one object by `json` or a template, without newline (info and version use it)."""
    from nerdpy.gotemplate.encode import json_text

    if format in {JSON, "{{json .}}"}:
        return lambda each: json_text(as_struct(each))
    template = parse_template(format, exit_code=64)
    return lambda each: render(template, as_struct(each), is_missing_key_error=True)


def _array(objects: list[Any]) -> str:
    from nerdpy.gotemplate.encode import indented

    return indented(objects)


def _write(console: Console, text: str) -> None:
    console.write(harmless(text, keeps="\t\n") if console.is_terminal_out else text)


def as_struct(value: Any, key: str = "") -> Any:
    """Wrap the mappings in `value`: maps where docker has maps, structs elsewhere."""
    from nerdpy.gotemplate.values import Struct, TypedMap

    if isinstance(value, list | tuple):
        return [as_struct(item, key) for item in value]
    if not isinstance(value, Mapping):
        return value
    if key in MAPS and _is_map(value):
        return TypedMap({name: as_struct(item) for name, item in value.items()}, zero=MAPS[key])
    inner = {name: as_struct(item, name) for name, item in value.items()}
    omitted = OMITTED.get(key, {})
    return Struct(inner, name=f"*{key or 'object'}", omitted={k: as_struct(v, k) for k, v in omitted.items()})


def _is_map(value: Mapping[str, Any]) -> bool:
    """A mapping with keys of the user's; docker's own structs never nest under these names."""
    return all(isinstance(name, str) for name in value)
