"""Pure: `--ipam-driver` and `--ipam-opt`: who gives out addresses, and what a DHCP server is told and asked.

`--ipam-opt NAME=JSON`, as nerdctl has it: `{"type": "provide", "value": TEXT}`, `{"type": "provide",
"fromArg": ARGUMENT}` or `{"type": "request", "skipDefault": BOOLEAN}`; NAME is an option of DHCP by the name
or number that the CNI plugin dhcp knows.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from nerdpy.cni.dhcp import SOCKET
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument
from nerdpy.model.pairs import parse_pair

LOCAL, DHCP = "host-local", "dhcp"
DRIVERS = ("default", LOCAL, DHCP)
_HOSTNAME = {"option": "host-name", "fromArg": "NERDCTL_CNI_DHCP_HOSTNAME"}
_FORMS = '{"type":"provide","value":"TEXT"}, {"type":"provide","fromArg":"NAME"} or {"type":"request"}'
_FIELDS: dict[str, dict[str, type]] = {
    "provide": {"value": str, "fromArg": str},
    "request": {"skipDefault": bool},
}


@dataclass(frozen=True, kw_only=True)
class LeaseOptions:
    """Who gives out addresses."""

    driver: str = LOCAL
    given: dict[str, str] = field(default_factory=dict)
    """--ipam-opt as it was given."""

    @property
    def is_dhcp(self) -> bool:
        """Is it a DHCP server on the wire?"""
        return self.driver == DHCP

    def plugin(self) -> dict[str, Any]:
        """The `ipam` section for the plugin dhcp."""
        provided, requested = [_HOSTNAME], []
        for name, text in self.given.items():
            form = json.loads(text)
            more = {key: value for key, value in form.items() if key != "type"}
            if form["type"] == "provide":
                provided = [one for one in provided if one["option"] != name] + [{"option": name} | more]
            else:
                requested.append({"option": name} | more)
        found: dict[str, Any] = {"type": DHCP, "daemonSocketPath": SOCKET, "provide": provided}
        return found | ({"request": requested} if requested else {})


def parse_lease_options(driver: str, texts: Sequence[str]) -> LeaseOptions:
    """InvalidArgument for a form that the plugin would not take, and for options of the local driver."""
    given = dict(parse_pair(text, "--ipam-opt") for text in texts)
    if driver != DHCP:
        if given:
            raise InvalidArgument(
                f'the IPAM driver "{driver}" has no option "{next(iter(given))}"',
                hint="--ipam-opt is for --ipam-driver dhcp",
            )
        return LeaseOptions()
    for name, text in given.items():
        _check(name, text)
    return LeaseOptions(driver=DHCP, given=given)


def _check(name: str, text: str) -> None:
    try:
        form = json.loads(text)
    except ValueError:
        form = None
    if not isinstance(form, dict) or form.get("type") not in _FIELDS:
        raise InvalidArgument(f"invalid --ipam-opt {name}={text}", hint=f"write one of {_FORMS}")
    _check_fields(name, form, _FIELDS[form["type"]])


def _check_fields(name: str, form: Mapping[str, Any], known: Mapping[str, type]) -> None:
    for key, value in form.items():
        if key != "type" and (key not in known or not isinstance(value, known[key])):
            raise InvalidArgument(
                f'--ipam-opt {name}: "{key}" does not fit a {form["type"]}', hint=f"write one of {_FORMS}"
            )
    if form["type"] == "provide" and ("value" in form) == ("fromArg" in form):
        raise InvalidArgument(f"--ipam-opt {name}: provide a value or fromArg", hint=f"write one of {_FORMS}")
