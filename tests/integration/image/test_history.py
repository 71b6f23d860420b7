"""`nerdpy history`: what an image was made of."""

import json

from tests.integration.conftest import AddImage
from tests.integration.image.archives import CONFIG, Maker
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import FOREIGN, own_platform

STEPS = [
    {"created": "2024-01-01T00:00:00Z", "created_by": "ADD rootfs.tar /", "comment": "from scratch"},
    {"created": "2024-01-01T00:00:01.5Z", "created_by": "CMD [sh]", "empty_layer": True},
    {"created": "2024-01-02T00:00:00+01:00", "created_by": "RUN " + "x" * 100},
]


def told(maker: Maker) -> bytes:
    """An image with a step that made no layer."""
    layout = maker.layout
    target = maker.stack(1)
    manifest = json.loads(layout.read(target))
    config = json.loads(layout.read(manifest["config"])) | {"history": STEPS, "config": CONFIG}
    manifest["config"] = layout.json(config, manifest["config"]["mediaType"])
    return maker.named("told:1", layout.json(manifest, target["mediaType"]))


def test_the_newest_step_stands_first(cli: Cli, maker: Maker) -> None:
    cli.ok("load", stdin=told(maker))
    image_id = cli.ok("image", "inspect", "-f", "{{.Id}}", "told:1").line
    lines = cli.ok("history", "told:1").lines
    assert lines[0].split() == ["IMAGE", "CREATED", "CREATED", "BY", "SIZE", "COMMENT"]
    assert lines[1].startswith(image_id.removeprefix("sha256:")[:12])
    assert [line.split()[0] for line in lines[2:]] == ["<missing>", "<missing>"]
    rows = [json.loads(line) for line in cli.ok("history", "--format", "json", "told:1").lines]
    assert [row["CreatedBy"][:4] for row in rows] == ["RUN ", "CMD ", "ADD "]
    assert rows[0]["CreatedBy"].endswith("x…")
    assert len(rows[0]["CreatedBy"]) == 45
    assert [row["CreatedAt"] for row in rows] == [
        "2024-01-01T23:00:00Z",
        "2024-01-01T00:00:01Z",
        "2024-01-01T00:00:00Z",
    ]
    assert rows[1]["Size"] == "0B"
    assert rows[2]["Comment"] == "from scratch"
    assert cli.ok("history", "-q", "--no-trunc", "told:1").lines == [image_id, "<missing>", "<missing>"]


def test_sizes_are_those_on_the_disk(cli: Cli, engine: PrivateEngine, maker: Maker, namespace: str) -> None:
    cli.ok("load", stdin=told(maker))
    words = (
        "history",
        "--human=false",
        "--no-trunc",
        "--format",
        "{{.Snapshot}} {{.Size}} {{.CreatedSince}}",
    )
    rows = [line.split() for line in cli.ok(*words, "told:1").lines]
    used = {}
    for line in engine.ctr("snapshots", "usage", "-b", namespace=namespace).stdout.splitlines()[1:]:
        key, size, _ = line.split()
        used[key] = size
    assert {row[0]: row[1] for row in rows if row[0] != "<missing>"} == used
    assert rows[1][:2] == ["<missing>", "0"]
    assert rows[2][2] == "2024-01-01T00:00:00Z"


def test_sizes_are_not_guessed_where_nothing_is_unpacked(cli: Cli, add_image: AddImage, maker: Maker) -> None:
    foreign = FOREIGN[own_platform()]
    cli.ok("load", stdin=maker.named("both:1", maker.two_platforms()))
    assert cli.ok("history", "--format", "{{.Size}}", "--platform", foreign, "both:1").line == "N/A"
    assert cli.ok("history", "--format", "{{.Size}}", "both:1").line != "N/A"


def test_what_is_not_here_is_told(cli: Cli, busybox_image: str) -> None:
    table = {
        ("history", "nothing"): (1, "No such image: nothing"),
        ("history", "--platform", "linux/s390x", "busybox"): (1, "is not here for platform linux/s390x"),
        ("history", "--platform", FOREIGN[own_platform()], "busybox"): (1, "lacks content here"),
        ("history", "--format", "{{.Nothing}}", "busybox"): (1, "Nothing"),
        ("history",): (1, "needs exactly 1 argument"),
    }
    for words, (code, text) in table.items():
        done = cli(*words)
        assert (done.code, text in done.err) == (code, True), str(done)
