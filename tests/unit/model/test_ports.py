"""-p and --expose, as docker reads them."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.ports import PortMapping, parse_expose, parse_publish


def short(mapping: PortMapping) -> str:
    host = str(mapping.host_port or "*") + (f"-{mapping.host_port_end}" if mapping.host_port_end else "")
    return f"{mapping.host_ip}|{host}|{mapping.container_port}/{mapping.protocol}"


@pytest.mark.parametrize(
    ("text", "mappings"),
    [
        ("80", ["|*|80/tcp"]),
        (":80", ["|*|80/tcp"]),
        ("80:80", ["|80|80/tcp"]),
        ("080:80", ["|80|80/tcp"]),
        ("0:80", ["|*|80/tcp"]),
        ("80:80/", ["|80|80/tcp"]),
        ("8080:80/UDP", ["|8080|80/udp"]),
        ("80:80/sctp", ["|80|80/sctp"]),
        ("127.0.0.1::80", ["127.0.0.1|*|80/tcp"]),
        ("127.0.0.1:8080:80", ["127.0.0.1|8080|80/tcp"]),
        ("0.0.0.0:80:80", ["0.0.0.0|80|80/tcp"]),
        ("[::1]:80:80", ["::1|80|80/tcp"]),
        ("::1:80:80", ["::1|80|80/tcp"]),
        ("[::]::80", ["::|*|80/tcp"]),
        ("[2001:DB8::1]:80:80/udp", ["2001:db8::1|80|80/udp"]),
        ("8000-8002:80-82", ["|8000|80/tcp", "|8001|81/tcp", "|8002|82/tcp"]),
        ("127.0.0.1:80-81:90-91/udp", ["127.0.0.1|80|90/udp", "127.0.0.1|81|91/udp"]),
        ("80-82", ["|*|80/tcp", "|*|81/tcp", "|*|82/tcp"]),
        ("8000-8003:80", ["|8000-8003|80/tcp"]),
        ("127.0.0.1:8000-8003:80", ["127.0.0.1|8000-8003|80/tcp"]),
        ("80-80:80", ["|80|80/tcp"]),
        ("65535:65535", ["|65535|65535/tcp"]),
        ("target=80,published=8080,protocol=udp,mode=host", ["|8080|80/udp"]),
        ("target=80", ["|*|80/tcp"]),
    ],
)
def test_publish_reads_dockers_grammar(text: str, mappings: list[str]) -> None:
    assert [short(mapping) for mapping in parse_publish(text)] == mappings


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no container port"),
        ("8080:", "no container port"),
        ("/tcp", "no container port"),
        ("published=80", "no container port"),
        ("a", 'container port "a"'),
        ("80,81", 'container port "80,81"'),
        ("a:80", 'host port "a"'),
        ("+80:80", 'host port "\\+80"'),
        (" 80:80", 'host port " 80"'),
        ("٣:80", "host port"),
        ("65536:80", "highest port is 65535"),
        ("80:65536", "highest port is 65535"),
        ("80:0", "cannot be published"),
        ("80-", 'container port "80-"'),
        ("80-82-84", "container port"),
        ("8002-8000:80", "ends before it starts"),
        ("8000-8003:80-82", "invalid ranges"),
        ("8000:80-82", "invalid ranges"),
        ("80/foo", 'protocol "foo"'),
        ("80/tcp/udp", 'protocol "tcp/udp"'),
        ("localhost:80:80", 'IP address "localhost"'),
        ("1.2.3:80:80", 'IP address "1.2.3"'),
        ("80:80:80", 'IP address "80"'),
        ("01.2.3.4:80:80", "IP address"),
        ("1.2.3.4:80", 'host port "1.2.3.4"'),
        ("[::1]:80", "IP address"),
        ("[::1:80:80", "IP address"),
        ("[fe80::1%eth0]:80:80", "IP address"),
        ("target=80,foo=1", 'unknown key "foo"'),
        ("target=80,mode=foo", "publish mode"),
    ],
)
def test_publish_refuses_what_is_malformed(text: str, words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        parse_publish(text)


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("80", ["80/tcp"]),
        ("080", ["80/tcp"]),
        ("80-82/udp", ["80/udp", "81/udp", "82/udp"]),
        ("80-80", ["80/tcp"]),
        ("80/SCTP", ["80/sctp"]),
    ],
)
def test_expose_reads_ports_and_ranges(text: str, ports: list[str]) -> None:
    assert [str(port) for port in parse_expose(text)] == ports


@pytest.mark.parametrize("text", ["", "a", "80:81", "82-80", "80/foo", "0", "65536", "80-"])
def test_expose_refuses_what_is_malformed(text: str) -> None:
    with pytest.raises(InvalidArgument, match="port|protocol"):
        parse_expose(text)


@pytest.mark.parametrize(
    ("one", "two", "clash"),
    [
        ("80:80", "80:81", True),
        ("127.0.0.1:80:80", "80:80", True),
        ("127.0.0.1:80:80", "0.0.0.0:80:80", True),
        ("127.0.0.1:80:80", "127.0.0.2:80:80", False),
        ("127.0.0.1:80:80", "[::]:80:80", False),
        ("0.0.0.0:80:80", "[::]:80:80", False),
        ("80:80", "80:80/udp", False),
        ("80:80", "81:80", False),
    ],
)
def test_ports_clash_where_they_share_an_address(one: str, two: str, clash: bool) -> None:
    first, second = parse_publish(one)[0], parse_publish(two)[0]
    assert first.clashes(second) is clash
    assert second.clashes(first) is clash
