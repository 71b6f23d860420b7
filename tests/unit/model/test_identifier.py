"""Names that containers, volumes and hosts may have."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.identifier import (
    is_identifier,
    parse_container_name,
    parse_hostname,
    parse_identifier,
    parse_network_name,
)


@pytest.mark.parametrize("text", ["web", "a1", "Web_1.x-y", "0a", "a" * 200])
def test_an_identifier_is_letters_digits_and_some_marks(text: str) -> None:
    assert is_identifier(text)
    assert parse_identifier(text, "volume") == text


@pytest.mark.parametrize("text", ["", "a", "-web", ".web", "_web", "we b", "we/b", "wéb", "web\n", "a" * 201])
def test_other_names_are_refused(text: str) -> None:
    assert not is_identifier(text)
    with pytest.raises(InvalidArgument, match="volume name"):
        parse_identifier(text, "volume")


def test_a_network_may_be_called_by_one_letter() -> None:
    assert [parse_network_name(text) for text in ("a", "7", "web")] == ["a", "7", "web"]
    for text in ("", "-", "é", "²", "a\n"):
        with pytest.raises(InvalidArgument, match="network name"):
            parse_network_name(text)


def test_a_container_may_be_named_with_the_slash_of_the_api() -> None:
    assert parse_container_name("/web") == "web"


@pytest.mark.parametrize("text", ["host", "a_b", "a.b.c", "h", "0"])
def test_a_hostname_may_have_dots(text: str) -> None:
    assert parse_hostname(text) == text


@pytest.mark.parametrize("text", ["", "a b", "-a", "a-", ".a", "a.", "a/b", "a" * 65, "a\n"])
def test_a_malformed_hostname_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="hostname"):
        parse_hostname(text)
