"""The bootstrap in a nydus blob is found from its end."""

import hashlib
import io
import shutil
import subprocess
import tarfile

import pytest

from nerdpy.errors import FailedPrecondition
from nerdpy.image.convert_nydus_blob import BOOTSTRAP, ENTRY, PLAIN, TABLE, ZSTD, bootstrap_of

BOOT = b"what is where" * 300
ODD_PACKING = 4


def part(name: str, data: bytes) -> bytes:
    header = tarfile.TarInfo(name)
    header.size = len(data)
    return data + header.tobuf()


def blob(
    packed: bytes = BOOT, *, flags: int = PLAIN, digest: bytes = b"", table: bytes | None = None
) -> bytes:
    data = part("image.blob", b"z" * 999)
    digest = digest or hashlib.sha256(BOOT).digest()
    entries = ENTRY.pack(1, 0, b"image.blob", bytes(32), 0, 999, 999) + ENTRY.pack(
        flags, 0, BOOTSTRAP.encode(), digest, len(data), len(packed), len(BOOT)
    )
    return data + part(BOOTSTRAP, packed) + part(TABLE, entries if table is None else table)


def read(data: bytes) -> bytes:
    return b"".join(bootstrap_of(io.BytesIO(data)))


def test_an_entry_of_the_table_has_128_bytes() -> None:
    assert ENTRY.size == 128


def test_the_bootstrap_is_where_the_table_says() -> None:
    assert read(blob()) == BOOT


@pytest.mark.may_run
@pytest.mark.skipif(not shutil.which("zstd"), reason="zstd is not installed")
def test_a_packed_bootstrap_is_unpacked() -> None:
    packed = subprocess.run(["zstd", "-c"], input=BOOT, capture_output=True, check=True).stdout
    assert read(blob(packed, flags=ZSTD)) == BOOT


def test_older_blobs_have_no_table() -> None:
    assert read(part("image.blob", b"data") + part(BOOTSTRAP, BOOT)) == BOOT
    assert read(b"data without a header" + part(BOOTSTRAP, BOOT)) == BOOT


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no bootstrap"),
        (b"x" * 2000, "no bootstrap"),
        (part("image.blob", b"data"), "no bootstrap"),
        (blob(flags=ODD_PACKING), "unknown way"),
        (blob(digest=b"x" * 32), "not what its table says"),
        (blob(table=b"x" * 100), "its table has 100 bytes"),
        (blob(table=ENTRY.pack(1, 0, BOOTSTRAP.encode(), bytes(32), 1 << 40, 5, 5)), "cut off"),
    ],
    ids=["empty", "nonsense", "none", "packing", "digest", "table", "cut"],
)
def test_a_blob_that_makes_no_sense_is_told(data: bytes, why: str) -> None:
    with pytest.raises(FailedPrecondition, match=why):
        read(data)
