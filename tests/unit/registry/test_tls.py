"""TLS settings that cannot be used are named."""

import ssl
from pathlib import Path

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.registry.hosts_toml import TlsSettings
from nerdpy.registry.tls import context_of


def test_verification_is_the_rule_and_its_lack_the_exception() -> None:
    strict, loose = context_of(TlsSettings()), context_of(TlsSettings((), (), True))
    assert (strict.verify_mode, strict.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert (loose.verify_mode, loose.check_hostname) == (ssl.CERT_NONE, False)


@pytest.mark.parametrize("text", [None, "no certificate", ""])
def test_a_file_that_is_no_certificate_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "x.pem"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InvalidArgument, match="cannot be used as an authority"):
        context_of(TlsSettings((str(path),)))
    with pytest.raises(InvalidArgument, match="cannot be used as a client certificate"):
        context_of(TlsSettings((), ((str(path), ""),)))
