"""What is imported: a filesystem, or images."""

import io
import tarfile

import pytest

from nerdpy.image.import_ import is_of_images
from nerdpy.image.import_source import is_address

HEX = "a" * 64


def archive(*names: str) -> list[bytes]:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name in names:
            tar.addfile(tarfile.TarInfo(name))
    return [buffer.getvalue()]


@pytest.mark.parametrize(
    "names",
    [
        ("blobs/sha256/" + HEX, "index.json", "oci-layout"),
        (f"{HEX}.json", f"{HEX}/layer.tar", f"{HEX}/VERSION", "manifest.json", "repositories"),
        (f"{HEX}.tar", "manifest.json"),
    ],
)
def test_what_save_makes_is_known(names: tuple[str, ...]) -> None:
    assert is_of_images(archive(*names))


@pytest.mark.parametrize(
    "names", [("bin/sh", "manifest.json"), ("manifest.json", "etc/passwd"), ("blobs/x",), ()]
)
def test_a_filesystem_is_one_even_with_a_manifest_in_it(names: tuple[str, ...]) -> None:
    assert not is_of_images(archive(*names))


def test_only_web_addresses_are_fetched() -> None:
    assert is_address("http://a/b.tar")
    assert is_address("HTTPS://a/b.tar")
    assert not any(map(is_address, ("file:///etc/passwd", "ftp://a/b", "a.tar", "-", "C:\\a.tar")))
