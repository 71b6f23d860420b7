"""The address of ports that name none."""

import pytest

from nerdpy.cni.conflist import Network
from nerdpy.config import Config
from nerdpy.container.ports import acquire_ports
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument


def test_a_false_default_address_says_where_it_stands() -> None:
    network = Network(name="web", content={"name": "web", "plugins": [{"type": "bridge"}]})
    with pytest.raises(InvalidArgument, match=r'"999\.1\.1\.1" of publish_address in nerdpy\.toml'):
        acquire_ports(Engine(Config(publish_address="999.1.1.1")), (), network)
    assert acquire_ports(Engine(Config(publish_address="::1")), (), network).mappings == ()
