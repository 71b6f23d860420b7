"""volume ls, inspect, rm and prune: which volumes, and what is said of them."""

import os
from pathlib import Path

from tests.integration.support.cli import Cli


def listed(cli: Cli, *filters: str) -> list[str]:
    words = [word for text in filters for word in ("--filter", text)]
    return cli.ok("volume", "ls", "-q", *words).lines


def test_filters_formats_and_sizes(cli: Cli, busybox_image: str) -> None:
    cli.ok("volume", "create", "--label", "colour=blue", "--label", "big", "one")
    cli.ok("volume", "create", "--label", "colour=red", "two")
    cli.ok("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "three")
    (Path(cli.ok("volume", "inspect", "-f", "{{.Mountpoint}}", "one").line) / "file").write_bytes(bytes(3000))
    cli.ok("create", "--name", "user", "-v", "two:/two", "-v", "three:/three", busybox_image)
    assert listed(cli) == ["one", "three", "two"]
    assert listed(cli, "dangling=true") == ["one"]
    assert listed(cli, "dangling=false") == ["three", "two"]
    assert listed(cli, "label=colour") == ["one", "two"]
    assert listed(cli, "label=colour=blue", "label=big") == ["one"]
    assert listed(cli, "name=^t", "name=ne") == ["one", "three", "two"]
    assert listed(cli, "driver=local", "name=^tw") == ["two"]
    assert listed(cli, "driver=nfs") == []
    assert listed(cli, "size>=3000") == ["one"]
    table = cli.ok("volume", "ls", "--size").lines
    assert table[0].split() == ["DRIVER", "VOLUME", "NAME", "SIZE"]
    assert [line.split()[2] for line in table[1:]] == ["3kB", "N/A", "0B"]
    shown = cli.ok("volume", "ls", "--format", '{{.Name}} {{.Scope}} {{.Label "colour"}} {{.Links}}').lines
    assert shown == ["one local blue N/A", "three local  N/A", "two local red N/A"]
    refused = cli("volume", "ls", "--filter", "colour=blue")
    assert (refused.code, "invalid filter" in refused.err) == (1, True)


def test_inspect_has_dockers_fields_and_tells_what_is_missing(cli: Cli) -> None:
    cli.ok("volume", "create", "--label", "a=b", "plain")
    cli.ok("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "-o", "o=size=1m", "memory")
    shown = cli("volume", "inspect", "plain", "missing", "memory", "gone")
    assert (shown.code, [one["Name"] for one in shown.json]) == (1, ["plain", "memory"])
    assert "no such volume: missing" in shown.err
    assert "no such volume: gone" in shown.err
    plain, memory = shown.json
    assert list(plain) == ["CreatedAt", "Driver", "Labels", "Mountpoint", "Name", "Options", "Scope"]
    assert (plain["Driver"], plain["Labels"], plain["Options"], plain["Scope"]) == (
        "local",
        {"a": "b"},
        None,
        "local",
    )
    assert memory["Options"] == {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}
    assert cli.ok("volume", "inspect", "--size", "-f", "{{.Size}}", "plain").line == "0"
    assert cli.ok("inspect", "--type", "volume", "-f", "{{.Options.o}}", "memory").line == "size=1m"


def test_what_any_container_refers_to_stays(cli: Cli, busybox_image: str, namespace: str) -> None:
    """By name or by path, created or stopped, in this namespace or in another."""
    for name in ("created", "by-path", "free"):
        cli.ok("volume", "create", name)
    path = cli.ok("volume", "inspect", "-f", "{{.Mountpoint}}", "by-path").line
    cli.ok("create", "--name", "one", "-v", "created:/x", busybox_image)
    cli.ok("create", "--name", "two", "-v", f"{os.path.dirname(path)}/_data/:/y:ro", busybox_image)
    anonymous = cli.ok("volume", "create").line
    refused = cli("volume", "rm", "-f", "created", "by-path", "missing", "free")
    assert (refused.code, refused.lines) == (1, ["missing", "free"])
    assert "remove created: volume is in use - [one]" in refused.err
    assert "remove by-path: volume is in use - [two]" in refused.err
    kept = cli.ok("volume", "create", "--label", "keep", "kept").line
    asked = cli("volume", "prune", stdin="n\n")
    assert "anonymous local volumes not used" in asked.all
    assert listed(cli) == sorted(["created", "by-path", kept, anonymous])
    pruned = cli.ok("volume", "prune", "-f")
    assert pruned.lines[:2] == ["Deleted Volumes:", anonymous]
    assert "Total reclaimed space: 0B" in pruned.out
    assert cli.ok("volume", "prune", "-f", "-a", "--filter", "label!=keep").lines[:1] != ["Deleted Volumes:"]
    assert listed(cli) == ["by-path", "created", kept]
    assert cli.ok("volume", "prune", "-f", "--filter", "all=true").lines[1] == kept
    cli.ok("rm", "one", "two")
    assert cli.ok("volume", "prune", "-f", "-a").lines[1:3] == ["by-path", "created"]


def test_what_somebody_has_mounted_in_a_volume_is_not_cleared_away(cli: Cli, tmp_path: Path) -> None:
    cli.ok("volume", "create", "data")
    point = cli.ok("volume", "inspect", "-f", "{{.Mountpoint}}", "data").line
    (tmp_path / "precious").touch()
    assert os.system(f"mount --bind {tmp_path} {point}") == 0
    try:
        for words in (("rm", "-f", "data"), ("prune", "-f", "-a")):
            cli("volume", *words)
            assert listed(cli) == ["data"]
            assert os.listdir(tmp_path) == ["precious"]
    finally:
        os.system(f"umount {point}")
    cli.ok("volume", "rm", "data")
