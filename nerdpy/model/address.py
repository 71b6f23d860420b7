"""Pure: IP and MAC addresses, host names for --add-host, domains for --dns-search."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

from nerdpy.errors import InvalidArgument

HOST_GATEWAY = "host-gateway"
_MAC = r"(?i)[0-9a-f]{2}(?::[0-9a-f]{2}){5}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}"
_DOMAIN_PART = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = rf"({_DOMAIN_PART}(?:\.{_DOMAIN_PART})*)\.?"
_UNSAFE_HOST = r"[\s\0#]"


def parse_ip(text: str) -> str:
    """The address in its shortest form; a zone (`%eth0`) and leading zeros are refused, as Go does."""
    try:
        address = _ip(text)
    except ValueError as error:
        raise InvalidArgument(
            f'invalid IP address "{text}"', hint="write it as in 192.0.2.1 or 2001:db8::1"
        ) from error
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def parse_ip4(text: str) -> str:
    """An IPv4 address."""
    address = parse_ip(text)
    if ":" in address:
        raise InvalidArgument(f'"{text}" is not an IPv4 address', hint="use --ip6 for an IPv6 address")
    return address


def parse_ip6(text: str) -> str:
    """An IPv6 address."""
    address = parse_ip(text)
    if ":" not in address:
        raise InvalidArgument(f'"{text}" is not an IPv6 address', hint="use --ip for an IPv4 address")
    return address


def parse_link_local(text: str) -> str:
    """An address of 169.254.0.0/16 or fe80::/10."""
    address = parse_ip(text)
    if not _ip(address).is_link_local:
        raise InvalidArgument(
            f'"{text}" is not a link-local address', hint="it is one of 169.254.0.0/16 or fe80::/10"
        )
    return address


def is_loopback(address: str) -> bool:
    """Does it mean the machine itself?"""
    return _ip(address).is_loopback


def parse_mac(text: str) -> str:
    """`02:42:ac:11:00:02`, also with dashes or dots, in lower case with colons."""
    if not re.fullmatch(_MAC, text):
        raise InvalidArgument(
            f'"{text}" is not a valid mac address', hint="write six pairs of digits, as in 02:42:ac:11:00:02"
        )
    digits = re.sub(r"[^0-9a-f]", "", text.lower())
    if int(digits[:2], 16) & 1:
        raise InvalidArgument(
            f'mac address "{text}" is a multicast address', hint="make its first byte even, as in 02:42:..."
        )
    return ":".join(digits[start : start + 2] for start in range(0, 12, 2))


def parse_extra_host(text: str) -> tuple[str, str]:
    """--add-host `NAME:IP`, `NAME=IP`, the IP in brackets or not, or `host-gateway`."""
    name, separator, address = text.partition("=")
    if not separator:
        name, separator, address = text.partition(":")
    if not separator or not name:
        raise InvalidArgument(
            f'bad format for add-host: "{text}"', hint="write HOST:IP, HOST=IP or HOST:host-gateway"
        )
    if re.search(_UNSAFE_HOST, name):
        raise InvalidArgument(f'bad format for add-host: host name "{name}" cannot stand in a hosts file')
    if address == HOST_GATEWAY:
        return name, address
    if address.startswith("[") and address.endswith("]"):
        address = address[1:-1]
    return name, parse_ip(address)


def parse_search_domain(text: str) -> str:
    """--dns-search: a domain without its last dot, or `.` alone for none."""
    if text.strip() == ".":
        return "."
    matched = re.fullmatch(_DOMAIN, text.strip())
    if not matched or not any(letter.isalpha() for letter in text) or len(text) > 255:
        raise InvalidArgument(f'"{text}" is not a valid domain', hint="write it as in corp.example")
    return matched[1]


def parse_dns_option(text: str) -> str:
    """--dns-option: what may stand in the `options` line of resolv.conf; a line break would begin another."""
    if not text.isprintable():
        raise InvalidArgument(f'"{text}" is not an option of resolv.conf', hint="write it as in ndots:1")
    return text


def _ip(text: str) -> IPv4Address | IPv6Address:
    if "%" in text:
        raise ValueError("has a zone")
    return ip_address(text)
