"""`nerdpy image encrypt` and `decrypt` where there is nothing for them to do."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration.conftest import AddImage
from tests.integration.support.cli import Cli


@pytest.fixture
def recipient(tmp_path: Path) -> str:
    """Who may decrypt; the private key is `key.pem`."""
    if not shutil.which("ctr-imgcrypt") and not shutil.which("ctr-enc"):
        pytest.skip("imgcrypt is not installed")
    for words in (
        ["genrsa", "-out", "key.pem", "2048"],
        ["rsa", "-in", "key.pem", "-pubout", "-out", "public.pem"],
    ):
        subprocess.run(["openssl", *words], cwd=tmp_path, check=True, capture_output=True)
    return "jwe:public.pem"


def test_an_image_that_is_not_encrypted_is_not_decrypted(
    cli: Cli, busybox_image: str, recipient: str
) -> None:
    for name in ("open:1", "busybox"):
        done = cli("image", "decrypt", "--key", "key.pem", "busybox", name)
        assert (done.code, done.out) == (1, ""), str(done)
        assert 'no layer of image "busybox" is encrypted' in done.err
    assert len(cli.ok("images", "-q").lines) == 1


def test_a_name_of_another_image_is_not_taken_away(
    cli: Cli, busybox_image: str, add_image: AddImage, recipient: str
) -> None:
    cli.ok("tag", add_image("odd:empty"), "secret:1")
    taken = cli.ok("images", "-q", "secret").lines
    refused = cli("image", "encrypt", "--recipient", recipient, "busybox", "secret:1")
    assert (refused.code, 'image "secret:1" exists already' in refused.err) == (1, True), str(refused)
    assert cli.ok("images", "-q", "secret").lines == taken


def test_encrypting_anew_wants_the_key_of_before(cli: Cli, busybox_image: str, recipient: str) -> None:
    encrypt = ("image", "encrypt", "--recipient", recipient)
    cli.ok(*encrypt, "busybox", "secret:1")
    refused = cli(*encrypt, "secret:1", "secret:2")
    assert refused.code == 1
    assert "--key FILE" in refused.err
    cli.ok("image", "decrypt", "--key", "key.pem", "secret:1", "secret:1")  # its own name may be moved
    assert cli.ok("run", "--rm", "--network", "none", "secret:1", "echo", "open").line == "open"
