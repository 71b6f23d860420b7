"""Who may decrypt, and how passwords travel."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.image.encrypt import check_recipient, hidden_password


def test_recipients_have_a_protocol_and_a_file_that_is_there(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.touch()
    for text in (f"jwe:{key}", f"pkcs7:{key}", "pgp:me@example.com", "provider:keys:arg"):
        check_recipient(text)
    for text in ("", "jwe:", "someone", "ssh:key"):
        with pytest.raises(InvalidArgument, match="is malformed"):
            check_recipient(text)
    with pytest.raises(NotFound, match="no such file"):
        check_recipient("jwe:/nonexistent")


@pytest.mark.parametrize("key", ["key.pem:secret", "key.pem:pass=secret"])
def test_a_password_never_stands_on_a_command_line(key: str) -> None:
    with ExitStack() as undo:
        shared: list[int] = []
        path, descriptor = hidden_password(key, shared, undo).split(":fd=")
        assert (path, shared) == ("key.pem", [int(descriptor)])
        assert os.read(shared[0], 100) == b"secret"
        written = shared[0]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(written)


def test_other_forms_of_a_key_stay() -> None:
    with ExitStack() as undo:
        shared: list[int] = []
        for key in ("key.pem", "key.pem:filename=password", "provider:keys:arg"):
            assert hidden_password(key, shared, undo) == key
        assert shared == []
        assert hidden_password("key.pem:fd=7", shared, undo) == "key.pem:fd=7"
        assert shared == [7]
        with pytest.raises(InvalidArgument, match="no number"):
            hidden_password("key.pem:fd=x", shared, undo)
