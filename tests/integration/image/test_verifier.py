"""`nerdpy image verifier`: containerd itself refuses what a program refuses."""

import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hack.images.layout import Layout
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.registry import Registry

ONE_DIGEST = """\
#!/bin/sh
while [ $# -gt 1 ]; do
    case $1 in -digest) digest=$2 ;; -name) name=$2 ;; esac
    shift 2
done
if [ "$digest" = {digest} ]; then echo "known"; else echo "$name is not on the list"; exit 3; fi
"""


@dataclass
class Verifiers:
    """The worker's containerd with a folder of verifiers of its own."""

    cli: Cli
    engine: PrivateEngine
    bin_dir: Path

    def script(self, text: str, name: str = "list") -> Path:
        path = self.cli.folder / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    def install(self, *words: str | Path) -> str:
        return self.cli.ok("image", "verifier", "install", "--bin-dir", self.bin_dir, *words).line


@pytest.fixture
def verifiers(cli: Cli, engine: PrivateEngine) -> Iterator[Verifiers]:
    folder = engine.folder / "verifiers"
    yield Verifiers(cli, engine, folder / "bin")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(engine.folder / "conf.d", ignore_errors=True)
    engine.restart()


def test_one_digest_is_accepted_and_another_is_refused_in_the_verifiers_words(
    verifiers: Verifiers, registry: Registry
) -> None:
    cli, good, bad = verifiers.cli, registry.reference("busybox:latest"), registry.reference("odd:ports")
    program = verifiers.script(ONE_DIGEST.format(digest=registry.digest("busybox", "latest")))
    installed = cli.ok("image", "verifier", "install", "--bin-dir", verifiers.bin_dir, program)
    assert installed.line == str(verifiers.bin_dir / "list")
    assert "restart containerd" in installed.err
    cli.ok("pull", bad)
    cli.ok("rmi", bad)
    verifiers.engine.restart()
    cli.ok("pull", good)
    refused = cli("pull", bad)
    assert refused.code == 1
    assert f"{bad} is not on the list" in refused.err
    run = cli("run", "--rm", bad, "true")
    assert run.code == 125
    assert "is not on the list" in run.err
    assert [line for line in cli.ok("images", "--names").lines if "odd" in line] == []
    by_ctr = verifiers.engine.ctr("images", "pull", bad, namespace=cli.environment["NERDPY_NAMESPACE"])
    assert by_ctr.returncode != 0
    assert "is not on the list" in by_ctr.stderr
    assert cli.ok("image", "verifier", "rm", "list").line == "list"
    cli.ok("pull", bad)


def test_a_folder_that_containerd_knows_needs_no_restart(verifiers: Verifiers, registry: Registry) -> None:
    verifiers.install(verifiers.script("#!/bin/sh\necho fine\n", "fine"))
    verifiers.engine.restart()
    more = verifiers.cli.ok(
        "image", "verifier", "install", verifiers.script("#!/bin/sh\necho never; exit 1\n", "never")
    )
    assert "restart" not in more.err
    refused = verifiers.cli("pull", registry.reference("busybox:latest"))
    assert refused.code == 1
    assert "never" in refused.err
    assert verifiers.cli.ok("image", "verifier", "rm", "never", "fine").lines == ["never", "fine"]
    verifiers.cli.ok("pull", registry.reference("busybox:latest"))


def test_verifiers_are_listed_as_containerd_asks_them(verifiers: Verifiers) -> None:
    cli = verifiers.cli
    for name in ("b", "a"):
        verifiers.install(verifiers.script("#!/bin/sh\n", name))
    refused = cli(
        "image", "verifier", "install", "--max-verifiers", "2", verifiers.script("#!/bin/sh\n", "c")
    )
    assert refused.code == 1
    assert "--max-verifiers 3" in refused.err
    rows = [line.split() for line in cli.ok("image", "verifier", "ls").lines]
    assert rows[0] == ["NAME", "KIND", "STATUS", "PATH"]
    assert [row[:3] for row in rows[1:]] == [["a", "program", "asked"], ["b", "program", "asked"]]
    assert cli.ok("image", "verifier", "ls", "-q").lines == ["a", "b"]
    shown = cli.ok("image", "verifier", "list", "--format", "{{.Name}} {{.Path}}").lines
    assert shown[0] == f"a {verifiers.bin_dir / 'a'}"


def test_it_is_installed_with_safe_modes(verifiers: Verifiers) -> None:
    program = verifiers.script("#!/bin/sh\n")
    program.chmod(0o777)
    installed = Path(verifiers.install(program))
    assert stat.S_IMODE(installed.stat().st_mode) == 0o755
    assert stat.S_IMODE(verifiers.bin_dir.stat().st_mode) == 0o755
    assert [path.name for path in verifiers.bin_dir.parent.rglob("*") if path.is_file()] == ["list"]
    again = verifiers.cli("image", "verifier", "install", program)
    assert (again.code, "there is a verifier" in again.err) == (1, True)
    verifiers.install("--force", program)
    verifiers.bin_dir.chmod(0o777)
    unsafe = verifiers.cli("image", "verifier", "install", "--name", "other", program)
    assert unsafe.code == 1
    assert "can be written by others" in unsafe.err
    assert not (verifiers.bin_dir / "other").exists()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([], 125, "give either a program"),
        (["/bin/true", "--verify=cosign", "--cosign-key", "k"], 125, "give either a program"),
        (["/nowhere"], 1, 'no program "/nowhere"'),
        (["/etc/passwd"], 1, "is no program"),
        (["/etc"], 1, "is no program"),
        (["/bin/true", "--name", "../x"], 1, "invalid verifier name"),
        (["/bin/true", "--name", ".hidden"], 1, "invalid verifier name"),
        (["/bin/true", "--bin-dir", "relative"], 1, "no absolute path"),
        (["/bin/true", "--timeout", "soon"], 1, "soon"),
        (["--verify=cosign", "--cosign-key", "/nowhere.pub"], 1, "cannot read the key"),
    ],
)
def test_mistakes_are_told(
    cli: Cli, engine: PrivateEngine, words: list[str | Path], code: int, message: str
) -> None:
    place: list[str | Path] = [] if "--bin-dir" in words else ["--bin-dir", engine.folder / "never" / "bin"]
    refused = cli("image", "verifier", "install", *place, *words)
    assert refused.code == code
    assert message in refused.err
    assert not (engine.folder / "never").exists()
    assert not (engine.folder / "conf.d").exists()


def test_a_missing_verifier_is_told(verifiers: Verifiers) -> None:
    verifiers.install(verifiers.script("#!/bin/sh\n"))
    removed = verifiers.cli("image", "verifier", "rm", "nothing", "list")
    assert (removed.code, removed.lines) == (1, ["list"])
    assert 'no such verifier: "nothing"' in removed.err
    assert "no verifier is left" in removed.err


def test_settings_of_others_are_left_to_them(verifiers: Verifiers, images: Layout) -> None:
    folder = verifiers.engine.folder / "conf.d"
    folder.mkdir()
    (folder / "theirs.toml").write_text(
        f'version = 3\n[plugins."io.containerd.image-verifier.v1.bindir"]\nbin_dir = "{verifiers.bin_dir}"\n'
    )
    program = verifiers.script("#!/bin/sh\n")
    kept = verifiers.cli("image", "verifier", "install", "--timeout", "20s", program)
    assert kept.code == 1
    assert "theirs.toml has settings of image verifiers already" in kept.err
    assert 'per_verifier_timeout = "20s"' in kept.err
    done = verifiers.cli.ok("image", "verifier", "install", "--force", program)
    assert done.line == str(verifiers.bin_dir / "list")
    assert "restart containerd" in done.err
    verifiers.engine.restart()
    assert "restart" not in verifiers.cli.ok("image", "verifier", "ls").err


def test_containerd_refuses_what_cosign_does_not_know(verifiers: Verifiers, registry: Registry) -> None:
    """Signed and verified offline: no transparency log is told or asked."""
    if not shutil.which("cosign"):
        pytest.skip("no cosign here")
    cli = verifiers.cli.with_env(
        COSIGN_PASSWORD="key's own",
        COSIGN_TLOG_UPLOAD="false",
        COSIGN_USE_SIGNING_CONFIG="false",
        COSIGN_INSECURE_IGNORE_TLOG="true",
    )
    keys = cli.folder / "key"
    command = ["cosign", "generate-key-pair", "--output-key-prefix", str(keys)]
    subprocess.run(command, check=True, capture_output=True, env=cli.environment)
    source, name = registry.reference("odd:schema2"), registry.reference("verified/signed:1")
    cli.ok("pull", "-q", source)
    cli.ok("tag", source, name)
    cli.ok("push", "-q", "--sign", "cosign", "--cosign-key", f"{keys}.key", name)
    cli.ok("rmi", name, source)
    refused = cli("image", "verifier", "install", "--verify=cosign", "--cosign-key", f"{keys}.key")
    assert (refused.code, "is a private key" in refused.err) == (1, True)
    place = ["--bin-dir", str(verifiers.bin_dir), "--timeout", "60s", "--name", "signed"]
    installed = cli.ok(
        "image", "verifier", "install", *place, "--verify=cosign", "--cosign-key", f"{keys}.pub"
    )
    assert "key's own" not in Path(installed.line).read_text()
    verifiers.engine.restart()
    shown = cli.ok("image", "verifier", "ls", "--format", "{{.Name}} {{.Kind}} {{.Status}}").line
    assert shown == "signed cosign asked"
    unsigned = verifiers.cli("pull", source)
    assert unsigned.code == 1
    assert "signed rejected image" in unsigned.err
    assert "signature" in unsigned.err
    verifiers.cli.ok("pull", name)
    assert verifiers.cli.ok("image", "verifier", "rm", "signed").line == "signed"
    assert list(verifiers.bin_dir.parent.rglob("*.pub")) == []
