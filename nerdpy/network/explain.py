"""Pure: what a plugin's complaint means for whoever typed the command."""

from nerdpy.errors import Conflict, NerdpyError, NotFound, ResourceExhausted
from nerdpy.network.attachment import Link

REFUSALS = (
    "is not available in range",
    "allocate all requested IPs",
    "has been allocated",
    "subnet's gateway",
    "not in range",
)
"""What the plugin host-local says of an address that it will not give."""


def failed_attachment(error: NerdpyError, link: Link) -> NerdpyError:
    """The error to raise in place of the plugin's."""
    text, network = error.message, link.name
    asked = next((one for one in (link.ip, link.ip6) if one and one in text), link.ip or link.ip6)
    if asked and any(phrase in text for phrase in REFUSALS):
        return Conflict(
            f'address {asked} cannot be had on network "{network}"',
            hint=f"another container has it: look with `nerdpy network inspect {network}`",
        )
    if "no IP addresses available" in text:
        return ResourceExhausted(
            f'network "{network}" has no free address left',
            hint="remove containers, or make a network with a larger --subnet",
        )
    if text.endswith("Link not found") and (parent := _parent(link)):
        return NotFound(
            f'the parent "{parent}" of network "{network}" is not there',
            hint="see `ip link`, and make the interface again, or the network with another -o parent=",
        )
    found = type(error)
    explained = NerdpyError(f'network "{network}": {text}', hint=error.hint)
    return (
        explained if found.__init__ is not NerdpyError.__init__ else found(explained.message, hint=error.hint)
    )


def _parent(link: Link) -> str:
    return str(link.plugins[0].get("master", "")) if link.plugins else ""
