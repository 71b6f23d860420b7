"""system df: what is counted, against the disk and against what a prune really frees."""

import re

from tests.integration.conftest import AddImage
from tests.integration.support.cli import Cli

UNITS = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}


def size(text: str) -> float:
    matched = re.match(r"([\d.]+)([kMG]?B)", text)
    assert matched, text
    return float(matched[1]) * UNITS[matched[2]]


def rows(cli: Cli) -> dict[str, list[str]]:
    text = "{{.Type}};{{.TotalCount}};{{.Active}};{{.Size}};{{.Reclaimable}}"
    lines = cli.ok("system", "df", "--format", text).lines
    return {line.split(";")[0]: line.split(";")[1:] for line in lines}


def near(one: float, other: float) -> bool:
    return abs(one - other) <= 0.02 * max(one, other)


def test_the_summary_counts_what_there_is_and_what_is_used(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "--name", "up", "-v", "used:/v", busybox_image, "sh", "-c",
           "head -c 500000 /dev/zero > /v/data; exec sleep inf")  # fmt: skip
    cli.ok("run", "--name", "ended", busybox_image, "sh", "-c", "head -c 300000 /dev/zero > /grown")
    cli.ok("volume", "create", "idle")
    header, *_ = cli.ok("system", "df").lines
    assert re.split(r" {2,}", header) == ["TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE"]
    found = rows(cli)
    assert list(found) == ["Images", "Containers", "Local Volumes", "Build Cache"]
    assert [found[kind][:2] for kind in found] == [["1", "1"], ["2", "1"], ["2", "1"], ["0", "0"]]
    assert found["Images"][3] == "0B (0%)"
    assert size(found["Containers"][3]) > 300_000
    assert 500_000 <= size(found["Local Volumes"][2]) < 600_000
    assert found["Build Cache"][2:] == ["0B", "0B"]


def test_what_is_reclaimable_is_what_a_prune_frees(cli: Cli, add_image: AddImage) -> None:
    """Two images that share layers, one of them used: only what it has for itself goes."""
    used, unused = add_image("busybox:latest"), add_image("odd:layers")
    cli.ok("create", "--name", "user", used)
    cli.ok("run", "--rm", unused, "true")
    promised = size(rows(cli)["Images"][3])
    freed = cli.ok("image", "prune", "-a", "-f").lines[-1].removeprefix("Total reclaimed space: ")
    assert promised > 0
    assert near(promised, size(freed))
    assert rows(cli)["Images"][3] == "0B (0%)"


def test_details_name_each_image_container_and_volume(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "--name", "up", "-v", "used:/v", busybox_image, "sleep", "inf")
    text = cli.ok("system", "df", "-v").out
    headings = [
        line for line in text.splitlines() if line.endswith("usage:") or line.startswith("Build cache")
    ]
    kinds = [line.removesuffix(" space usage:") for line in headings[:-1]]
    assert (kinds, headings[-1]) == (["Images", "Containers", "Local Volumes"], "Build cache usage: 0B")
    found = cli.ok("system", "df", "-v", "--format", "json").json
    (image,), (container,), (volume,) = found["Images"], found["Containers"], found["Volumes"]
    assert (image["Repository"], image["SharedSize"], image["Containers"]) == ("busybox", "0B", "1")
    assert near(size(image["UniqueSize"]), size(image["Size"]))
    assert (container["Names"], container["LocalVolumes"]) == ("up", "1")
    assert (volume["Name"], volume["Links"]) == ("used", "1")
    names = cli.ok("system", "df", "-v", "--format", "{{range .Volumes}}{{.Name}}{{end}}")
    assert names.line == "used"
