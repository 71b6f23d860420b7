"""What containerd keeps as JSON inside an Any."""

from nerdpy.containerd.typeurl import to_json


def test_text_is_kept_as_it_is() -> None:
    assert to_json({"args": ["ü", "→"]}) == '{"args":["ü","→"]}'.encode()


def test_bytes_that_are_no_text_become_the_sign_for_them() -> None:
    assert to_json({"args": ["a\udcffb"]}) == '{"args":["a\N{REPLACEMENT CHARACTER}b"]}'.encode()
