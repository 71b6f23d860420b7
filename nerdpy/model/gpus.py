"""Pure: `--gpus`, one CSV record as docker reads it, and the CDI names that it stands for."""

from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument
from nerdpy.model.pairs import split_record

ALL = -1
VENDORS = {"nvidia": "nvidia.com", "amd": "amd.com"}
"""Driver -> vendor of its devices, in the order of preference."""
GENERATORS = {
    "nvidia.com": "nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml",
    "amd.com": "amd-ctk cdi generate --output=/etc/cdi/amd.json",
}
_HINT = "write all, a number, or device=0 (several: '\"device=0,1\"')"


@dataclass(frozen=True, kw_only=True)
class GpuRequest:
    """One `--gpus`."""

    count: int = 0
    """How many; ALL for every one; 0 where devices are named."""
    devices: tuple[str, ...] = ()
    """Indexes, UUIDs, or whole CDI names."""
    driver: str = ""
    capabilities: tuple[str, ...] = ("gpu",)
    options: dict[str, str] = field(default_factory=dict)


def parse_gpus(text: str) -> GpuRequest:
    """`all`, `2`, `count=2`, `"device=0,1"`, `driver=nvidia`, `capabilities=compute`, `options=...`."""
    given: dict[str, str] = {}
    for item in split_record(text):
        key, equals, value = item.partition("=")
        if not equals:
            key, value = "count", key
        if key in given:
            raise InvalidArgument(f'"{key}" can be given only once')
        if key not in {"count", "device", "driver", "capabilities", "options"}:
            raise InvalidArgument(f'unexpected key "{key}" in "{item}"', hint=_HINT)
        given[key] = value
    if "count" in given and "device" in given:
        raise InvalidArgument("count and device exclude each other", hint=_HINT)
    devices = _words(given["device"]) if "device" in given else ()
    return GpuRequest(
        count=0 if devices else _count(given.get("count", "1")),
        devices=devices,
        driver=_driver(given.get("driver", "")),
        capabilities=(*_words(given["capabilities"]), "gpu") if given.get("capabilities") else ("gpu",),
        options=dict(_option(word) for word in split_record(given["options"])) if "options" in given else {},
    )


def cdi_names(request: GpuRequest, vendor: str) -> tuple[str, ...]:
    """`nvidia.com/gpu=all`, or one name for each."""
    if request.devices:
        return tuple(name if "=" in name else f"{vendor}/gpu={name}" for name in request.devices)
    ids = ["all"] if request.count == ALL else [str(number) for number in range(request.count)]
    return tuple(f"{vendor}/gpu={one}" for one in ids)


def _count(text: str) -> int:
    if text == "all":
        return ALL
    if not (text.isascii() and text.removeprefix("-").isdecimal()):
        raise InvalidArgument("count must be a whole number or all", hint=_HINT)
    if int(text) < 1 and int(text) != ALL:
        raise InvalidArgument("count must be 1 or more, or all", hint=_HINT)
    return int(text)


def _words(text: str) -> tuple[str, ...]:
    words = tuple(text.split(","))
    if not all(words):
        raise InvalidArgument(f'"{text}" has an empty entry', hint=_HINT)
    return words


def _driver(text: str) -> str:
    if text not in {"", "cdi", *VENDORS}:
        raise InvalidArgument(f'no driver "{text}"', hint=f"known are {', '.join(VENDORS)} and cdi")
    return text


def _option(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key, value
