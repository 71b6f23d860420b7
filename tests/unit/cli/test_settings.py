"""Flags, environment and the file make one Config."""

from pathlib import Path
from typing import Any

import pytest

from nerdpy.cli.settings import settings_of
from nerdpy.errors import InvalidArgument, NerdpyError, UsageError


def environment(folder: Path, text: str = "") -> dict[str, str]:
    file = folder / "nerdpy.toml"
    file.write_text(text)
    return {"NERDPY_TOML": str(file)}


def test_a_flag_beats_the_environment_which_beats_the_file(tmp_path: Path) -> None:
    variables = environment(tmp_path, 'namespace = "file"\nsnapshotter = "native"\naddress = "/file"\n')
    variables |= {"CONTAINERD_NAMESPACE": "variable", "CONTAINERD_ADDRESS": "/variable"}
    config = settings_of({"namespace": "flag"}, variables)
    assert (config.namespace, config.address, config.snapshotter) == ("flag", "/variable", "native")
    assert config.address_was_named


def test_nerdctls_file_variable_is_accepted(tmp_path: Path) -> None:
    variables = {"NERDCTL_TOML": environment(tmp_path, 'namespace = "theirs"')["NERDPY_TOML"]}
    assert settings_of({}, variables).namespace == "theirs"


def test_a_file_that_is_not_there_is_no_error() -> None:
    assert settings_of({}, {"NERDPY_TOML": "/nonexistent/nerdpy.toml"}).namespace == "default"


def test_lists_may_hold_commas(tmp_path: Path) -> None:
    config = settings_of({"hosts_dir": ["/a,/b", "/c"]}, environment(tmp_path))
    assert config.hosts_dir == ("/a", "/b", "/c")


@pytest.mark.parametrize("level", ["debug", "trace"])
def test_a_log_level_may_mean_debug(tmp_path: Path, level: str) -> None:
    assert settings_of({"log_level": level}, environment(tmp_path)).debug


def test_the_default_context_is_fine(tmp_path: Path) -> None:
    assert settings_of({"context": "default", "tls": False}, environment(tmp_path)).namespace == "default"


@pytest.mark.parametrize(
    "flags", [{"context": "elsewhere"}, {"tls": True}, {"tlsverify": True}, {"tlscacert": "ca.pem"}]
)
def test_a_remote_engine_is_refused_with_a_way_out(tmp_path: Path, flags: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        settings_of(flags, environment(tmp_path))
    assert "--address" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("namespace = ", "is not valid TOML"),
        ("color = true", 'unknown key "color" in .*nerdpy.toml'),
        ("debug = 3", '"debug" in .*nerdpy.toml must be a boolean'),
        ("dns = 3", '"dns" in .*nerdpy.toml must be a list'),
    ],
)
def test_a_mistake_in_the_file_names_the_file(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        settings_of({}, environment(tmp_path, text))


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NerdpyError, match="cannot read"):
        settings_of({}, {"NERDPY_TOML": str(tmp_path)})


def test_pools_and_options_of_networks_are_tables(tmp_path: Path) -> None:
    text = """
        default_address_pools = [{base = "172.30.0.0/16", size = 24}, {base = "fd12::/48", size = 64}]
        [default_network_opts.bridge]
        "com.docker.network.driver.mtu" = "1450"
        [default_network_opts.macvlan]
        parent = "eth0"
    """
    config = settings_of({}, environment(tmp_path, text))
    assert config.default_address_pools == (("172.30.0.0/16", 24), ("fd12::/48", 64))
    assert config.network_opts("bridge") == {"com.docker.network.driver.mtu": "1450"}
    assert config.network_opts("macvlan") == {"parent": "eth0"}
    assert config.network_opts("ipvlan") == {}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('default_address_pools = "10.0.0.0/8"', "must be a list of tables"),
        ('default_address_pools = [{base = "10.0.0.0/8"}]', "must be a list of tables"),
        ('default_address_pools = [{base = "10.0.0.0/8", size = true}]', "must be a list of tables"),
        ('default_address_pools = [{base = "10.0.0.1/8", size = 24}]', "is no subnet"),
        ('default_address_pools = [{base = "10.0.0.0/16", size = 8}]', "cannot be parted"),
        ('default_address_pools = [{base = "10.0.0.0/16", size = 31}]', "cannot be parted"),
        ('default_network_opts = "mtu"', "must be a table for each driver"),
        ("[default_network_opts.bridge]\nmtu = 1450", "options that are strings"),
    ],
)
def test_pools_and_options_that_make_no_sense_are_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(InvalidArgument, match=complaint):
        settings_of({}, environment(tmp_path, text))
