"""Signatures by cosign and notation: push signs, pull and run verify, all on loopback and offline."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration.support.cli import PATH, Cli
from tests.integration.support.registry import Registry

OFFLINE = {
    "COSIGN_PASSWORD": "key's own",
    "COSIGN_TLOG_UPLOAD": "false",
    "COSIGN_USE_SIGNING_CONFIG": "false",
    "COSIGN_INSECURE_IGNORE_TLOG": "true",
}
"""cosign's own settings: no transparency log is asked or told."""
POLICY = {
    "version": "1.0",
    "trustPolicies": [
        {
            "name": "tests",
            "registryScopes": ["*"],
            "signatureVerification": {"level": "strict"},
            "trustStores": ["ca:tester"],
            "trustedIdentities": ["*"],
        }
    ],
}
WITHOUT = pytest.mark.parametrize("program", ["cosign", "notation"])


@pytest.fixture
def key(cli: Cli, tmp_path: Path) -> Path:
    """cosign's private key; the public one beside it ends in .pub."""
    if not shutil.which("cosign"):
        pytest.skip("no cosign here")
    environment = cli.environment | OFFLINE
    for name in ("key", "other"):
        command = ["cosign", "generate-key-pair", "--output-key-prefix", str(tmp_path / name)]
        subprocess.run(command, check=True, capture_output=True, env=environment)
    return tmp_path / "key.key"


@pytest.fixture
def offline(cli: Cli) -> Cli:
    return cli.with_env(**OFFLINE)


@pytest.fixture
def name(cli: Cli, registry: Registry, request: pytest.FixtureRequest) -> str:
    """A reference of the test's own in the registry, and the image under it, present locally."""
    source = registry.reference("odd:schema2")
    cli.ok("pull", "-q", source)
    reference = registry.reference(f"signed/{request.node.name.partition('[')[0].replace('_', '-')}:1")
    cli.ok("tag", source, reference)
    return reference


def test_what_cosign_signed_is_pulled_and_run(offline: Cli, key: Path, name: str) -> None:
    offline.ok("push", "-q", "--sign", "cosign", "--cosign-key", str(key), name)
    offline.ok("rmi", name)
    public, other = key.with_suffix(".pub"), key.with_name("other.pub")

    refused = offline("pull", "--verify=cosign", "--cosign-key", str(other), name)
    assert refused.code == 1
    assert "was not verified by cosign" in refused.err
    refused = offline("run", "--rm", "--verify=cosign", "--cosign-key", str(other), name, "true")
    assert refused.code == 125
    assert offline("image", "inspect", name).code == 1  # nothing of it is here

    done = offline.ok("pull", "--verify=cosign", "--cosign-key", str(public), name)
    assert "verified by cosign" in done.out
    ran = offline.ok("run", "--rm", "--verify=cosign", "--cosign-key", str(public), name, "echo", "signed")
    assert ran.lines == ["signed"]
    refused = offline("run", "--rm", "--verify=cosign", "--cosign-key", str(other), name, "echo", "signed")
    assert (refused.code, refused.out) == (125, "")


def test_a_tag_that_was_moved_is_refused(offline: Cli, registry: Registry, key: Path, name: str) -> None:
    offline.ok("push", "-q", "--sign", "cosign", "--cosign-key", str(key), name)
    offline.ok("pull", "-q", registry.reference("odd:empty"))
    offline.ok("tag", registry.reference("odd:empty"), name)
    offline.ok("push", "-q", name)
    before = offline.ok("image", "inspect", "-f", "{{.Id}}", name).line
    public = str(key.with_suffix(".pub"))
    refused = offline("pull", "--verify=cosign", "--cosign-key", public, name)
    assert refused.code == 1
    assert "was not verified by cosign" in refused.err
    assert offline.ok("image", "inspect", "-f", "{{.Id}}", name).line == before


def test_notation_signs_and_verifies_by_its_own_policy(cli: Cli, name: str, tmp_path: Path) -> None:
    if not shutil.which("notation"):
        pytest.skip("no notation here")
    environment = cli.environment
    command = ["notation", "cert", "generate-test", "--default", "tester"]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    (tmp_path / "policy.json").write_text(json.dumps(POLICY))
    command = ["notation", "policy", "import", str(tmp_path / "policy.json")]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    cli.ok("push", "-q", name)
    refused = cli("--insecure-registry", "pull", "--verify=notation", name)
    assert refused.code == 1
    assert "was not verified by notation" in refused.err
    signing = ("--sign", "notation", "--notation-key-name", "tester")
    cli.ok("--insecure-registry", "push", "-q", *signing, name)
    assert "verified by notation" in cli.ok("--insecure-registry", "pull", "--verify=notation", name).out


@WITHOUT
def test_a_program_that_is_missing_is_named_before_anything_is_done(
    cli: Cli, registry: Registry, name: str, tmp_path: Path, program: str
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for path in PATH.split(":"):
        for one in Path(path).glob("*"):
            if one.name not in {"cosign", "notation"} and not (programs / one.name).exists():
                (programs / one.name).symlink_to(one)
    bare = cli.with_env(PATH=str(programs))
    key = ["--cosign-key", "k"] if program == "cosign" else []
    for command in (["push", "--sign", program, name], ["pull", "--verify", program, *key, name]):
        refused = bare(*command)
        assert refused.code == 1
        assert f'"{program}" is not installed' in refused.err
    repository = name.partition("/")[2].partition(":")[0]
    assert registry.status(f"/v2/{repository}/manifests/1", "HEAD") == 404


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["pull", "--verify", "cosign", "x"], "--verify=cosign needs to know who must have signed"),
        (["pull", "--verify", "cosign", "--cosign-certificate-identity", "me", "x"], "needs to know"),
        (["pull", "--verify", "gpg", "x"], '"gpg" for --verify: must be one of none, cosign, notation'),
        (["pull", "--cosign-key", "k", "x"], "but not --verify=cosign"),
        (["run", "--cosign-key", "k", "x"], "but not --verify=cosign"),
        (["push", "--sign", "gpg", "x"], '"gpg" for --sign: must be one of none, cosign, notation'),
        (["push", "--sign", "cosign", "--notation-key-name", "k", "x"], "but not --sign=notation"),
    ],
)
def test_contradictions_are_refused(cli: Cli, arguments: list[str], words: str) -> None:
    refused = cli(*arguments)
    assert (refused.code, words in refused.err) == (125, True), str(refused)
