"""`version`: nerdpy and the parts of its engine."""

from tests.integration.support.cli import Cli


def test_every_part_has_its_version(cli: Cli) -> None:
    parts = cli.ok("version", "--format", "json").json
    assert parts["Client"]["Version"] == "0.1.0"
    names = [component["Name"] for component in parts["Server"]["Components"]]
    assert names == ["containerd", "runc", "CNI plugins"]
    assert all(component["Version"] != "unknown" for component in parts["Server"]["Components"])


def test_the_text_names_client_and_server(cli: Cli) -> None:
    text = cli.ok("version").out
    assert text.startswith("Client:\n Version:           0.1.0\n")
    assert "\nServer:\n containerd:\n  Version:" in text


def test_without_a_server_the_client_is_still_shown(cli: Cli) -> None:
    result = cli("--address", "/run/nobody.sock", "version")
    assert result.code == 1
    assert result.lines[0] == "Client:"
    assert "Server:" not in result.out
    assert "no containerd answers" in result.err


def test_without_a_server_a_template_sees_a_null_server(cli: Cli) -> None:
    result = cli("--address", "/run/nobody.sock", "version", "--format", "{{json .Server}}")
    assert (result.code, result.out) == (1, "null\n")
