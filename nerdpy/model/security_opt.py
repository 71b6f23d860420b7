"""Pure: `--security-opt`, one word at a time, into fields of SecurityOptions."""

from collections.abc import Iterable
from typing import Any

from nerdpy.errors import InvalidArgument
from nerdpy.model.pairs import parse_switch

ALONE = frozenset({"no-new-privileges", "writable-cgroups", "privileged-without-host-devices"})
"""May stand without a value: then they mean true."""
_FIELDS = {
    "no-new-privileges": "no_new_privileges",
    "writable-cgroups": "writable_cgroups",
    "privileged-without-host-devices": "privileged_without_host_devices",
}
BUILT_IN = frozenset({"builtin", "unconfined"})
_LABELS = frozenset({"user", "role", "type", "level", "filetype"})
_HINT = (
    "known are seccomp=, apparmor=, label=, no-new-privileges, systempaths=unconfined, writable-cgroups and "
    "privileged-without-host-devices"
)


def split_security_opt(text: str) -> tuple[str, str]:
    """(`seccomp`, `unconfined`) from `seccomp=unconfined`, or `seccomp:unconfined` as docker once wrote."""
    if text in ALONE:
        return text, "true"
    key, separator, value = text.partition("=")
    if not separator:
        key, separator, value = text.partition(":")
    if not key or not value:
        raise InvalidArgument(f'invalid --security-opt "{text}"', hint="write KEY=VALUE; " + _HINT)
    return key, value


def parse_security_opts(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Fields for SecurityOptions. A seccomp value is one of BUILT_IN, or a profile's JSON text already."""
    fields: dict[str, Any] = {}
    for key, value in pairs:
        if key in _FIELDS:
            fields[_FIELDS[key]] = parse_switch(value, f"--security-opt {key}")
        elif key in {"seccomp", "apparmor"}:
            fields[key] = value
        elif key == "label":
            _check_label(value)
            fields["label"] = (*fields.get("label", ()), value)
        elif key == "systempaths" and value == "unconfined":
            fields["unconfined_paths"] = True
        else:
            raise InvalidArgument(f'invalid --security-opt "{key}={value}"', hint=_HINT)
    return fields


def _check_label(value: str) -> None:
    """Docker's words: `disable`, or a part of an SELinux context."""
    key, colon, rest = value.partition(":")
    if value != "disable" and not (key in _LABELS and colon and rest):
        raise InvalidArgument(
            f'invalid --security-opt "label={value}"',
            hint="use disable, or user:, role:, type:, level:, filetype:",
        )
