"""Pure: default routes in the configurations of plugins: which families a network leads out in."""

from collections.abc import Collection, Iterable
from typing import Any

DEFAULTS = {4: "0.0.0.0/0", 6: "::/0"}
_WITH_BOOKS = ("host-local", "static")
"""IPAM plugins whose routes stand in the configuration; what others give is known when they have answered."""


def families(plugins: Iterable[dict[str, Any]]) -> list[int]:
    """4 and 6: those in which the plugins may set a default route."""
    found: set[int] = set()
    for plugin in plugins:
        ipam = plugin.get("ipam") or {}
        if plugin.get("isDefaultGateway"):
            found |= {6 if ":" in subnet else 4 for subnet in _subnets(ipam)} or {4, 6}
        wanted = {route.get("dst") for route in ipam.get("routes") or ()}
        found |= {family for family, everywhere in DEFAULTS.items() if everywhere in wanted}
        if ipam.get("type") and ipam["type"] not in _WITH_BOOKS:
            found.add(4)
    return sorted(found)


def without_default_routes(configuration: dict[str, Any], unwanted: Collection[int]) -> dict[str, Any]:
    """The configuration that leaves the default routes of these families to another network."""
    if not unwanted:
        return configuration
    changed = dict(configuration)
    ipam = changed.get("ipam")
    if changed.pop("isDefaultGateway", False) and isinstance(ipam, dict):
        changed["isGateway"] = True
        ipam = ipam | {"routes": [*(ipam.get("routes") or ()), *_defaults(ipam)]}
    if isinstance(ipam, dict) and ipam.get("routes"):
        dropped = {DEFAULTS[family] for family in unwanted}
        changed["ipam"] = ipam | {"routes": [one for one in ipam["routes"] if one.get("dst") not in dropped]}
    return changed


def _defaults(ipam: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {"dst": DEFAULTS[family]} for family in sorted({6 if ":" in one else 4 for one in _subnets(ipam)})
    ]


def _subnets(ipam: dict[str, Any]) -> list[str]:
    found = [str(ipam["subnet"])] if "subnet" in ipam else []
    return found + [str(part["subnet"]) for ranges in ipam.get("ranges") or () for part in ranges]
