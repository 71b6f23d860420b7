"""What programs say of their versions."""

import pytest

from nerdpy.errors import Unavailable
from nerdpy.system.components import parse_cni, parse_runc
from nerdpy.system.programs import parse_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("containerd github.com/containerd/containerd/v2 2.1.9+unknown ", (2, 1)),
        ("containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+b1\n", (1, 6)),
        ("containerd containerd.io 1.7.27 05044ec0a9a75232cad458027ca83437aae3f4da", (1, 7)),
        ("containerd github.com/containerd/containerd/v2 v2.2.0 abc", (2, 2)),
    ],
)
def test_the_version_is_not_taken_from_the_import_path(text: str, version: tuple[int, int]) -> None:
    assert parse_version(text) == version


def test_a_text_without_a_version_is_an_error() -> None:
    with pytest.raises(Unavailable, match="names no version"):
        parse_version("containerd development build")


def test_runc_tells_its_commit_and_specification() -> None:
    component = parse_runc("runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1\nspec: 1.0.2-dev\ngo: go1.19.8\n")
    assert (component.name, component.version) == ("runc", "1.1.5+ds1")
    assert component.details == {"GitCommit": "1.1.5+ds1-1", "SpecVersion": "1.0.2-dev"}


@pytest.mark.parametrize(
    ("text", "packaged", "version"),
    [
        ("CNI bridge plugin v1.9.1\nCNI protocol versions supported: 0.4.0, 1.1.0\n", "", "1.9.1"),
        (
            "CNI bridge plugin version unknown\nCNI protocol versions supported: 1.0.0, 1.1.0\n",
            "1.9.1+ds1-1",
            "1.9.1+ds1-1",
        ),
        ("", "", "unknown"),
    ],
)
def test_cni_plugins_that_hide_their_version_are_asked_of_the_package(
    text: str, packaged: str, version: str
) -> None:
    assert parse_cni(text, "/usr/lib/cni", packaged=packaged).version == version
