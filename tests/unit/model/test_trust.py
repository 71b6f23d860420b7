"""Whom cosign is to trust."""

import pytest

from nerdpy.errors import UsageError
from nerdpy.model.trust import Verification, check_verification


@pytest.mark.parametrize(
    "given",
    [
        {"key": "k"},
        {"identity": "me", "issuer": "them"},
        {"identity_pattern": "m.*", "issuer_pattern": "t.*"},
        {"identity": "me", "issuer_pattern": "t.*"},
    ],
)
def test_a_key_or_an_identity_of_an_issuer_is_enough(given: dict[str, str]) -> None:
    wish = Verification(program="cosign", **given)
    assert check_verification(wish) is wish


@pytest.mark.parametrize("given", [{}, {"identity": "me"}, {"issuer": "them"}])
def test_anybody_who_signed_is_not(given: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="who must have signed"):
        check_verification(Verification(program="cosign", **given))


def test_notation_has_its_own_policy() -> None:
    check_verification(Verification(program="notation"))
