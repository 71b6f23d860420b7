"""Flags for what the container may do to the host: privileges, capabilities, namespaces that it shares."""

import json
from typing import Annotated

from nerdpy.cli.flags import Option
from nerdpy.commands.container.flags.caller import Caller, each, parsed
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument, UsageError
from nerdpy.model.capabilities import parse_capabilities, parse_capability
from nerdpy.model.options import SecurityOptions
from nerdpy.model.security_opt import BUILT_IN, parse_security_opts, split_security_opt

_JOIN = "container:"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SecurityFlags:
    """What it may do to the host."""

    privileged: Annotated[
        bool, Option("--privileged", help="Give all capabilities and devices, and lift all confinement")
    ] = False
    cap_add: Annotated[
        list[str], Option("--cap-add", help="Add a Linux capability, or ALL", metavar="CAPABILITY")
    ] = field(default_factory=list)
    cap_drop: Annotated[
        list[str], Option("--cap-drop", help="Take a Linux capability away, or ALL", metavar="CAPABILITY")
    ] = field(default_factory=list)
    security_opt: Annotated[
        list[str],
        Option(
            "--security-opt",
            help="Security option: seccomp=, apparmor=, no-new-privileges, ...",
            metavar="OPTION",
        ),
    ] = field(default_factory=list)
    pid: Annotated[
        str,
        Option(
            "--pid", help="Share the process ids of the host or of a container", metavar="host|container:NAME"
        ),
    ] = ""
    ipc: Annotated[
        str,
        Option(
            "--ipc",
            help="Shared memory and semaphores: private, shareable, none, host or container:NAME",
            metavar="MODE",
        ),
    ] = ""
    uts: Annotated[str, Option("--uts", help="Share the host's host name", metavar="host")] = ""
    userns: Annotated[str, Option("--userns", help="Share the host's user ids", metavar="host")] = ""
    cgroupns: Annotated[
        str,
        Option("--cgroupns", help="See all cgroups (host), or its own as the root (private)", metavar="MODE"),
    ] = ""

    def parse_security(self, caller: Caller) -> SecurityOptions:
        """A seccomp profile's file is read here."""
        pairs = each("--security-opt", self.security_opt, split_security_opt)
        try:
            fields = parse_security_opts((key, _loaded(key, value, caller)) for key, value in pairs)
        except InvalidArgument as error:
            raise UsageError(error.message, hint=error.hint) from error
        if fields.get("privileged_without_host_devices") and not self.privileged:
            raise UsageError("privileged-without-host-devices needs --privileged")
        for flag, given in (("--cap-add", self.cap_add), ("--cap-drop", self.cap_drop)):
            each(flag, given, parse_capability)
        return SecurityOptions(
            privileged=self.privileged,
            cap_add=parse_capabilities(self.cap_add),
            cap_drop=parse_capabilities(self.cap_drop),
            pid=_mode("--pid", self.pid, "host", may_join=True),
            ipc=_mode("--ipc", self.ipc, "private", "shareable", "none", "host", may_join=True),
            uts=_mode("--uts", self.uts, "host"),
            userns=_mode("--userns", self.userns, "host"),
            cgroupns=_mode("--cgroupns", self.cgroupns, "host", "private"),
            given=tuple(self.security_opt),
            **fields,
        )


def _mode(flag: str, text: str, *known: str, may_join: bool = False) -> str:
    """`text` if it is one of the known modes, or `container:X`."""
    joins = may_join and text.startswith(_JOIN) and len(text) > len(_JOIN)
    if text and text not in known and not joins:
        words = [*known, *([_JOIN + "NAME"] if may_join else [])]
        raise UsageError(
            f'invalid argument "{text}" for {flag}: no such mode', hint=f"use {' or '.join(words)}"
        )
    return text


def _loaded(key: str, value: str, caller: Caller) -> str:
    """The JSON text where `value` is a seccomp profile's file; else `value`."""
    if key != "seccomp" or value in BUILT_IN:
        return value
    content = caller.read(value, "seccomp profile")
    return parsed("--security-opt seccomp", value, lambda path: _compact(content))


def _compact(content: bytes) -> str:
    try:
        profile = json.loads(content)
    except ValueError as error:
        raise InvalidArgument(
            f"the profile is not JSON: {error}", hint="give a profile in docker's format"
        ) from error
    if not isinstance(profile, dict) or not isinstance(profile.get("defaultAction"), str):
        raise InvalidArgument("the profile has no `defaultAction`", hint="give a profile in docker's format")
    return json.dumps(profile, separators=(",", ":"))
