"""Platforms have one spelling, and an order of what runs where."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.descriptor import Platform
from nerdpy.model.platform import best_match, default_platform, match_order, parse_platform

AMD64 = Platform(os="linux", architecture="amd64")


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("linux/amd64", "linux/amd64"),
        ("linux/x86_64", "linux/amd64"),
        ("Linux/X86-64", "linux/amd64"),
        ("linux/amd64/v1", "linux/amd64"),
        ("linux/amd64/v3", "linux/amd64/v3"),
        ("linux/arm64", "linux/arm64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("linux/arm64/8", "linux/arm64"),
        ("linux/aarch64", "linux/arm64"),
        ("arm64", "linux/arm64"),
        ("linux/arm", "linux/arm/v7"),
        ("linux/arm/7", "linux/arm/v7"),
        ("linux/arm/v6", "linux/arm/v6"),
        ("linux/armhf", "linux/arm/v7"),
        ("linux/armel", "linux/arm/v6"),
        ("linux/i386", "linux/386"),
        ("linux", "linux/amd64"),
        ("windows/amd64", "windows/amd64"),
        ("macos/arm64", "darwin/arm64"),
        ("linux/riscv64", "linux/riscv64"),
        ("plan10/foo", "plan10/foo"),
    ],
)
def test_a_platform_is_normalised(text: str, normal: str) -> None:
    assert str(parse_platform(text, default=AMD64)) == normal


@pytest.mark.parametrize("text", ["", "foo", "linux/", "/amd64", "linux/arm/v7/x", "linux arm", "linux/a b"])
def test_a_malformed_platform_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="platform"):
        parse_platform(text, default=AMD64)


@pytest.mark.parametrize(
    ("machine", "platform"),
    [
        ("x86_64", "linux/amd64"),
        ("aarch64", "linux/arm64"),
        ("armv7l", "linux/arm/v7"),
        ("armv6l", "linux/arm/v6"),
        ("i686", "linux/386"),
        ("ppc64le", "linux/ppc64le"),
        ("s390x", "linux/s390x"),
        ("riscv64", "linux/riscv64"),
        ("loongarch64", "linux/loong64"),
    ],
)
def test_the_default_platform_is_the_machines(machine: str, platform: str) -> None:
    assert str(default_platform(machine)) == platform


@pytest.mark.parametrize(
    ("text", "is_strict", "order"),
    [
        ("linux/arm/v7", False, ["linux/arm/v7", "linux/arm/v6", "linux/arm/v5"]),
        (
            "linux/arm64",
            False,
            ["linux/arm64", "linux/arm/v8", "linux/arm/v7", "linux/arm/v6", "linux/arm/v5"],
        ),
        ("linux/arm64", True, ["linux/arm64"]),
        ("linux/arm64/v9", True, ["linux/arm64/v9", "linux/arm64"]),
        ("linux/amd64/v3", True, ["linux/amd64/v3", "linux/amd64/v2", "linux/amd64"]),
        ("linux/amd64", False, ["linux/amd64", "linux/386"]),
        ("linux/s390x", False, ["linux/s390x"]),
    ],
)
def test_older_variants_run_too(text: str, is_strict: bool, order: list[str]) -> None:
    found = match_order(parse_platform(text, default=AMD64), is_strict=is_strict)
    assert [str(platform) for platform in found] == order


def test_the_best_of_the_offered_platforms_is_taken() -> None:
    offered = [
        Platform(os="linux", architecture="arm", variant="v6"),
        Platform(os="linux", architecture="arm", variant="v7"),
        Platform(os="linux", architecture="arm64", variant="v8"),
    ]
    assert best_match(default_platform("aarch64"), offered) == 2
    assert best_match(default_platform("armv7l"), offered) == 1
    assert best_match(default_platform("armv6l"), offered) == 0
    assert best_match(AMD64, offered) is None
