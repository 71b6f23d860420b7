"""create: a container that does not run yet, and what becomes of a request that fails."""

from pathlib import Path

from tests.integration.container.conftest import Inspect
from tests.integration.support.cli import Cli


def test_create_makes_a_container_without_a_process(
    cli: Cli, busybox_image: str, inspected: Inspect, tmp_path: Path
) -> None:
    container_id = cli.ok("create", "--name", "made", "--cidfile", "id", busybox_image, "echo", "hi").line
    assert (tmp_path / "id").read_text() == container_id
    assert cli.ok("ps", "-q").lines == []
    assert cli.ok("ps", "-a", "--format", "{{.Names}} {{.Status}} {{.State}}").lines == [
        "made Created created"
    ]
    state = inspected("made", ".State")
    assert (state["Status"], state["Running"], state["Pid"]) == ("created", False, 0)
    assert state["StartedAt"] == state["FinishedAt"] == "0001-01-01T00:00:00Z"
    assert cli.ok("start", "-a", "made").out == "hi\n"


def test_create_makes_up_a_name_from_the_image_and_the_id(cli: Cli, busybox_image: str) -> None:
    container_id = cli.ok("create", busybox_image).line
    assert cli.ok("ps", "-a", "--format", "{{.Names}}").lines == [f"busybox-{container_id[:5]}"]


def test_a_taken_name_is_refused_and_names_its_bearer(cli: Cli, busybox_image: str) -> None:
    container_id = cli.ok("create", "--name", "taken", busybox_image).line
    for verb in ("create", "run"):
        refused = cli(verb, "--name", "taken", busybox_image)
        assert refused.code == 125
        assert "is already in use" in refused.err
        assert container_id[:12] in refused.err
    assert cli.ok("ps", "-aq", "--no-trunc").lines == [container_id]
    cli.ok("rm", "taken")
    cli.ok("create", "--name", "taken", busybox_image)


def test_bad_names_references_and_flags_are_usage_errors(cli: Cli, busybox_image: str) -> None:
    for words, hint in (
        (("--name", "a b", busybox_image), "a b"),
        (("--name", "x", busybox_image), "x"),
        (("--name", "-x", busybox_image), "-x"),
        (("Upper/Case",), "Upper"),
        (("busybox:bad tag",), "bad tag"),
        (("busybox@sha256:123",), "sha256"),
        (("--no-such-flag", busybox_image), "--no-such-flag"),
        (("--label", "nerdpy/own=1", busybox_image), "reserved"),
        (("--restart", "sometimes", busybox_image), "sometimes"),
        (("--restart", "always:3", busybox_image), "always:3"),
        (("--rm", "--restart", "always", busybox_image), "--rm"),
        (("--stop-signal", "SIGNOTHING", busybox_image), "SIGNOTHING"),
        (("--env-file", "missing.env", busybox_image), "missing.env"),
        (("--label-file", "missing.labels", busybox_image), "missing.labels"),
        (("--log-driver", "carrier-pigeon", busybox_image), "carrier-pigeon"),
        (("--log-opt", "max-size=much", busybox_image), "max-size"),
        (("--log-opt", "no-such-option=1", busybox_image), "no-such-option"),
        (("-h", "not_a host", busybox_image), "not_a host"),
        ((), "IMAGE"),
    ):
        refused = cli("create", *words)
        assert refused.code == 125, str(refused)
        assert hint in refused.err, str(refused)
        assert refused.out == ""
        assert refused.err.startswith("nerdpy: "), str(refused)
        assert "internal error" not in refused.err, str(refused)
    assert cli.ok("ps", "-aq").lines == []


def test_a_bad_env_file_is_refused_with_its_line(cli: Cli, busybox_image: str, tmp_path: Path) -> None:
    (tmp_path / "latin.env").write_bytes(b"FINE=1\nBAD=\xff\xfe\n")
    (tmp_path / "space.env").write_text("FINE=1\nBAD NAME=1\n")
    for name in ("latin.env", "space.env"):
        refused = cli("create", "--env-file", name, busybox_image)
        assert refused.code == 125
        assert name in refused.err
        assert "2" in refused.err
    assert "=x" in cli("create", "-e", "=x", busybox_image).err


def test_a_missing_image_is_named_with_the_way_out(cli: Cli) -> None:
    refused = cli("create", "--name", "never", "127.0.0.1:9/nothing/here:1")
    assert refused.code == 125
    assert "127.0.0.1:9/nothing/here:1" in refused.err
    assert "hint: " in refused.err
    assert cli.ok("ps", "-aq").lines == []


def test_a_dead_engine_is_one_clear_error(cli: Cli, tmp_path: Path) -> None:
    dead = cli.with_env(NERDPY_ADDRESS=str(tmp_path / "no.sock"))
    for words, code in (
        (("ps",), 1),
        (("run", "busybox"), 125),
        (("create", "busybox"), 125),
        (("rm", "x"), 1),
    ):
        refused = dead(*words)
        assert refused.code == code, str(refused)
        assert "no.sock" in refused.err
        assert "hint: " in refused.err
        assert "internal error" not in refused.err
