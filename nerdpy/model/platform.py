"""Pure: `os/architecture/variant` as containerd's platforms package spells it, and what runs on what."""

import re
from collections.abc import Iterable

from nerdpy.errors import InvalidArgument
from nerdpy.model.descriptor import Platform

_SYSTEMS = (
    "aix android darwin dragonfly freebsd hurd illumos ios js linux netbsd openbsd plan9 solaris wasip1 "
    "windows zos"
)
OPERATING_SYSTEMS = frozenset(_SYSTEMS.split())
_ARCHITECTURES = "386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm"
ARCHITECTURES = frozenset(_ARCHITECTURES.split())
_SPELLINGS = {
    "i386": ("386", ""),
    "i486": ("386", ""),
    "i586": ("386", ""),
    "i686": ("386", ""),
    "x86_64": ("amd64", ""),
    "x86-64": ("amd64", ""),
    "aarch64": ("arm64", ""),
    "armhf": ("arm", "v7"),
    "armel": ("arm", "v6"),
    "armv8l": ("arm", "v7"),
    "armv7l": ("arm", "v7"),
    "armv6l": ("arm", "v6"),
    "armv5l": ("arm", "v5"),
    "armv5tel": ("arm", "v5"),
    "loongarch64": ("loong64", ""),
}
"""Other words for an architecture, Debian's and `uname -m`'s, with the variant that they imply."""
_WORD = r"[A-Za-z0-9_.-]+"


def normalise(platform: Platform) -> Platform:
    """One spelling per platform: `linux/arm64/v8` is `linux/arm64`, `linux/arm` is `linux/arm/v7`."""
    system = platform.os.lower()
    architecture, variant = platform.architecture.lower(), platform.variant.lower()
    architecture, implied = _SPELLINGS.get(architecture, (architecture, ""))
    variant = variant or implied
    if variant.isdecimal():
        variant = f"v{variant}"
    if (architecture, variant) in {("arm64", "v8"), ("amd64", "v1"), ("386", "v1")}:
        variant = ""
    if (architecture, variant) == ("arm", ""):
        variant = "v7"
    return Platform(
        os="darwin" if system == "macos" else system,
        architecture=architecture,
        variant=variant,
        os_version=platform.os_version,
    )


def parse_platform(text: str, *, default: Platform) -> Platform:
    """`linux/arm64/v8`, `linux/amd64`, `arm64` or `linux`; the rest comes from `default`."""
    parts = text.split("/")
    if len(parts) > 3 or not all(re.fullmatch(_WORD, part) for part in parts):
        raise InvalidArgument(
            f'platform "{text}" is malformed', hint="write OS/ARCH or OS/ARCH/VARIANT, as in linux/arm64"
        )
    if len(parts) > 1:
        return normalise(Platform(os=parts[0], architecture=parts[1], variant="".join(parts[2:])))
    alone = normalise(Platform(os=default.os, architecture=text))
    if alone.architecture in ARCHITECTURES:
        return alone
    system = normalise(Platform(os=text)).os
    if system in OPERATING_SYSTEMS:
        return normalise(Platform(os=system, architecture=default.architecture, variant=default.variant))
    raise InvalidArgument(
        f'platform "{text}": unknown operating system or architecture',
        hint="write OS/ARCH, as in linux/amd64 or linux/arm64",
    )


def parse_platforms(texts: Iterable[str], *, default: Platform) -> tuple[Platform, ...]:
    """The values of a `--platform` that may be repeated, and may hold several between commas; each once."""
    found = (parse_platform(one, default=default) for text in texts for one in text.split(","))
    return tuple(dict.fromkeys(found))


def default_platform(machine: str, *, system: str = "linux") -> Platform:
    """The machine's own platform, from what `uname -m` says."""
    return normalise(Platform(os=system, architecture=machine))


def match_order(platform: Platform, *, is_strict: bool = False) -> tuple[Platform, ...]:
    """What may be run where `platform` is wanted, best first: older variants, then older architectures.

    With `is_strict` (the user named the platform) only variants of the same architecture are taken.
    """
    wanted = normalise(platform)
    order = [wanted, *_older_variants(wanted)]
    if not is_strict and wanted.architecture == "amd64":
        order.append(Platform(os=wanted.os, architecture="386"))
    if not is_strict and wanted.architecture == "arm64":
        order += [Platform(os=wanted.os, architecture="arm", variant=f"v{n}") for n in (8, 7, 6, 5)]
    return tuple(order)


def best_match(wanted: Platform, offered: list[Platform], *, is_strict: bool = False) -> int | None:
    """Index of the best of the `offered` platforms for `wanted`, or None."""
    known = [normalise(platform) for platform in offered]
    for choice in match_order(wanted, is_strict=is_strict):
        for index, platform in enumerate(known):
            if (platform.os, platform.architecture, platform.variant) == (
                choice.os,
                choice.architecture,
                choice.variant,
            ):
                return index
    return None


def _older_variants(platform: Platform) -> list[Platform]:
    """arm/v7 runs v6 and v5; amd64/v3 runs v2 and plain; arm64/v9 runs plain (v8)."""
    number = platform.variant.removeprefix("v").partition(".")[0]
    if not number.isdecimal():
        return []
    lowest = {"arm": 5, "amd64": 1, "arm64": 8}.get(platform.architecture)
    if lowest is None:
        return []
    return [
        normalise(Platform(os=platform.os, architecture=platform.architecture, variant=f"v{n}"))
        for n in range(int(number) - 1, lowest - 1, -1)
    ]
