"""What a plugin's complaint means for whoever typed the command."""

import pytest

from nerdpy.dataclass import replace
from nerdpy.errors import Conflict, NerdpyError, NotFound
from nerdpy.network.attachment import Link
from nerdpy.network.explain import failed_attachment

LINK = Link(
    name="front",
    network_id="",
    interface="eth0",
    plugins=[],
    arguments={},
    ip="10.8.0.1",
    ip6="fd00::",
)


@pytest.mark.parametrize(
    ("complaint", "address"),
    [
        ("failed to allocate for range 0: requested ip 10.8.0.1 is subnet's gateway", "10.8.0.1"),
        ("failed to allocate all requested IPs: fd00::", "fd00::"),
        ("requested IP address fd00:: is not available in range set fd00::1-fd00::ff", "fd00::"),
    ],
)
def test_the_address_that_was_refused_is_named(complaint: str, address: str) -> None:
    explained = failed_attachment(NerdpyError(complaint), LINK)
    assert isinstance(explained, Conflict)
    assert explained.message == f'address {address} cannot be had on network "front"'


def test_what_has_nothing_to_do_with_the_address_is_told_as_it_is() -> None:
    missing = NotFound('CNI plugin "bridge" is not in /opt/cni/bin', hint="install it")
    explained = failed_attachment(missing, LINK)
    assert isinstance(explained, NotFound)
    assert explained.message == 'network "front": CNI plugin "bridge" is not in /opt/cni/bin'
    assert explained.hint == "install it"


def test_a_parent_that_is_gone_is_named() -> None:
    link = replace(LINK, plugins=[{"type": "macvlan", "master": "eth7"}])
    explained = failed_attachment(NerdpyError('CNI plugin "macvlan": Link not found'), link)
    assert isinstance(explained, NotFound)
    assert explained.message == 'the parent "eth7" of network "front" is not there'
