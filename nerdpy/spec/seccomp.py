"""Pure: a seccomp profile in docker's format -> `linux.seccomp` of the runtime spec.

Docker's profiles say for which architectures, capabilities and kernels a rule holds; the runtime spec knows
no conditions, so they are evaluated here.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument

NATIVE = {
    "386": "SCMP_ARCH_X86",
    "amd64": "SCMP_ARCH_X86_64",
    "arm": "SCMP_ARCH_ARM",
    "arm64": "SCMP_ARCH_AARCH64",
    "loong64": "SCMP_ARCH_LOONGARCH64",
    "mips64": "SCMP_ARCH_MIPS64",
    "mips64le": "SCMP_ARCH_MIPSEL64",
    "ppc64le": "SCMP_ARCH_PPC64LE",
    "riscv64": "SCMP_ARCH_RISCV64",
    "s390x": "SCMP_ARCH_S390X",
}
"""Go's names of architectures -> libseccomp's."""


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What the conditions of a profile are about."""

    architecture: str
    capabilities: Collection[str]
    kernel: tuple[int, int]


def build_seccomp(profile: Mapping[str, Any], circumstances: Circumstances) -> dict[str, Any]:
    """The profile with its conditions decided."""
    built: dict[str, Any] = {"defaultAction": profile.get("defaultAction", "SCMP_ACT_ERRNO")}
    if "defaultErrnoRet" in profile:
        built["defaultErrnoRet"] = profile["defaultErrnoRet"]
    if architectures := _architectures(profile, circumstances.architecture):
        built["architectures"] = architectures
    for key in ("flags", "listenerPath", "listenerMetadata"):
        if profile.get(key):
            built[key] = profile[key]
    rules = [rule for rule in profile.get("syscalls") or () if _holds(rule, circumstances)]
    built["syscalls"] = [_rule(rule) for rule in rules]
    return built


def parse_profile(text: str) -> dict[str, Any]:
    """The JSON of `--security-opt seccomp=FILE`."""
    try:
        profile = json.loads(text)
    except ValueError as error:
        raise InvalidArgument(f"the seccomp profile is not JSON: {error}") from error
    if not isinstance(profile, dict) or not isinstance(profile.get("syscalls") or [], list):
        raise InvalidArgument("the seccomp profile must be a JSON object with a list of syscalls")
    if not profile.get("defaultAction"):
        raise InvalidArgument("the seccomp profile has no defaultAction")
    if profile.get("architectures") and profile.get("archMap"):
        raise InvalidArgument(
            "the seccomp profile has both architectures and archMap", hint="leave one of them out"
        )
    if not all(isinstance(rule, dict) and _names(rule) for rule in profile.get("syscalls") or ()):
        raise InvalidArgument("a rule of the seccomp profile names no syscall")
    return profile


def _architectures(profile: Mapping[str, Any], architecture: str) -> list[str]:
    native = NATIVE.get(architecture)
    for entry in profile.get("archMap") or ():
        if entry["architecture"] == native:
            return [native, *(entry.get("subArchitectures") or ())]
    return list(profile.get("architectures") or ())


def _names(rule: Mapping[str, Any]) -> list[str]:
    return [str(name) for name in rule.get("names") or ([rule["name"]] if rule.get("name") else [])]


def _holds(rule: Mapping[str, Any], circumstances: Circumstances) -> bool:
    includes, excludes = rule.get("includes") or {}, rule.get("excludes") or {}
    return _all_of(includes, circumstances) and not _any_of(excludes, circumstances)


def _all_of(condition: Mapping[str, Any], circumstances: Circumstances) -> bool:
    arches, capabilities = condition.get("arches"), condition.get("caps") or ()
    return (
        (not arches or circumstances.architecture in arches)
        and all(name in circumstances.capabilities for name in capabilities)
        and _is_new_enough(condition, circumstances, without=True)
    )


def _any_of(condition: Mapping[str, Any], circumstances: Circumstances) -> bool:
    return (
        circumstances.architecture in (condition.get("arches") or ())
        or any(name in circumstances.capabilities for name in condition.get("caps") or ())
        or _is_new_enough(condition, circumstances, without=False)
    )


def _is_new_enough(condition: Mapping[str, Any], circumstances: Circumstances, *, without: bool) -> bool:
    wanted = condition.get("minKernel")
    if not wanted:
        return without
    try:
        major, minor = (int(number) for number in str(wanted).split("."))
    except ValueError as error:
        raise InvalidArgument(f'minKernel "{wanted}" in the seccomp profile is not MAJOR.MINOR') from error
    return circumstances.kernel >= (major, minor)


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    built: dict[str, Any] = {"names": _names(rule), "action": rule["action"]}
    if rule.get("errnoRet") is not None:
        built["errnoRet"] = rule["errnoRet"]
    if rule.get("args"):
        built["args"] = [dict(argument) for argument in rule["args"]]
    return built
