"""containerd's configuration of image verifiers, and the programs that nerdpy writes."""

import subprocess
import tomllib
from pathlib import Path

import pytest

from nerdpy.containerd.configuration import Configuration, read_configuration
from nerdpy.errors import FailedPrecondition, InvalidArgument
from nerdpy.image.verifier import PLUGIN, Settings, check_name, installed
from nerdpy.image.verifier_config import OWN, render_section, with_section, write_settings
from nerdpy.image.verifier_install import script
from nerdpy.model.trust import Verification

SETTINGS = Settings(bin_dir="/b in", max_verifiers=3, timeout="30s")
WANTED = {"bin_dir": "/b in", "max_verifiers": 3, "per_verifier_timeout": "30s"}


def test_a_section_is_toml() -> None:
    assert tomllib.loads(render_section(SETTINGS))["plugins"][PLUGIN] == WANTED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "version = 3\n",
        'version = 3\n[plugins]\n[plugins."x"]\na = 1\n',
        'version = 3\n[grpc]\naddress = "/a"',
    ],
)
def test_a_section_is_added_and_replaced_and_the_rest_stays(text: str) -> None:
    once = with_section(text, Settings(), version=3)
    twice = with_section(once, SETTINGS, version=3)
    assert tomllib.loads(once)["plugins"][PLUGIN]["bin_dir"] == Settings.bin_dir
    found = tomllib.loads(twice)
    assert found["plugins"].pop(PLUGIN) == WANTED
    assert found["version"] == 3
    assert {key: value for key, value in found.items() if value} == tomllib.loads(text or "version = 3")
    assert with_section(twice, SETTINGS, version=3) == twice


def test_what_can_t_be_added_is_said_with_the_section() -> None:
    with pytest.raises(FailedPrecondition) as raised:
        with_section("version = 3\nplugins = {}\n", SETTINGS, version=3)
    assert render_section(SETTINGS) in (raised.value.hint or "")


def test_imported_files_are_read_in_order(tmp_path: Path) -> None:
    main = tmp_path / "config.toml"
    main.write_text(
        'version = 3\nimports = ["conf.d/*.toml"]\ndisabled_plugins = ["d"]\n[plugins.a]\nx = 1\ny = 1\n'
    )
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d/2.toml").write_text("[plugins.a]\ny = 3\n")
    (tmp_path / "conf.d/1.toml").write_text('disabled_plugins = ["e"]\n[plugins.a]\ny = 2\n')
    found = read_configuration(main)
    assert found.plugins == {"a": {"x": 1, "y": 3}}
    assert found.disabled == {"d", "e"}
    assert [path.name for path in found.files] == ["config.toml", "1.toml", "2.toml"]
    assert read_configuration(tmp_path / "none.toml").files == ()
    main.write_text("version = ")
    with pytest.raises(InvalidArgument, match="no valid TOML|not valid TOML"):
        read_configuration(main)


def test_settings_go_into_a_folder_that_is_imported(tmp_path: Path) -> None:
    main = tmp_path / "config.toml"
    main.write_text('version = 3\nimports = ["/elsewhere/a.toml", "conf.d/*.toml"]\n')
    place = write_settings(read_configuration(main), SETTINGS)
    assert place == tmp_path / "conf.d" / OWN
    assert read_configuration(main).plugins[PLUGIN] == WANTED
    write_settings(read_configuration(main), Settings())
    assert read_configuration(main).plugins[PLUGIN]["max_verifiers"] == 10
    assert main.read_text().count(PLUGIN) == 0


def test_settings_go_into_the_file_where_nothing_is_imported(tmp_path: Path) -> None:
    main = tmp_path / "etc" / "config.toml"
    assert write_settings(Configuration(path=main), SETTINGS) == main
    found = tomllib.loads(main.read_text())
    assert (found["version"], found["plugins"][PLUGIN]) == (3, WANTED)
    write_settings(read_configuration(main), Settings())
    assert read_configuration(main).plugins[PLUGIN]["bin_dir"] == Settings.bin_dir


def test_settings_of_others_stay(tmp_path: Path) -> None:
    main = tmp_path / "config.toml"
    main.write_text(f'version = 3\n[plugins."{PLUGIN}"]\nmax_verifiers = 1\n')
    before = main.read_text()
    with pytest.raises(FailedPrecondition, match="has settings of image verifiers already"):
        write_settings(read_configuration(main), SETTINGS)
    assert main.read_text() == before


def test_verifiers_beyond_the_limit_are_skipped(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        (tmp_path / name).write_text("#!/bin/sh\n")
    (tmp_path / "a").write_text("#!/bin/sh\n# Written by nerdpy image verifier install: cosign\n")
    found = installed(Settings(bin_dir=str(tmp_path), max_verifiers=2))
    assert [(one.name, one.kind, one.is_skipped) for one in found] == [
        ("a", "cosign", False),
        ("b", "program", False),
        ("c", "program", True),
    ]
    assert not any(one.is_skipped for one in installed(Settings(bin_dir=str(tmp_path), max_verifiers=-1)))
    assert installed(Settings(bin_dir=str(tmp_path / "none"))) == []


@pytest.mark.parametrize("name", ["", ".x", "a/b", "..", "a\nb", "x" * 201])
def test_a_name_is_that_of_a_file(name: str) -> None:
    with pytest.raises(InvalidArgument, match="invalid verifier name"):
        check_name(name)


@pytest.mark.may_run
@pytest.mark.parametrize(
    ("name", "repository"),
    [
        ("docker.io/library/a:1", "docker.io/library/a"),
        ("localhost:5000/a", "localhost:5000/a"),
        ("localhost:5000/a/b:2@sha256:0", "localhost:5000/a/b"),
    ],
)
def test_the_script_asks_for_the_digest_and_says_the_last_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, repository: str
) -> None:
    program = tmp_path / "cos ign"
    program.write_text('#!/bin/sh\necho "$@" "$COSIGN_A" >&2\nexit ${COSIGN_CODE}\n')
    program.chmod(0o755)
    monkeypatch.setattr("nerdpy.image.verifier_install.find_program", lambda _: str(program))
    trust = Verification(program="cosign", key="k", identity="a b")
    for code in (0, 7):
        settings = {"COSIGN_A": "it's", "COSIGN_CODE": str(code), "COSIGN_PASSWORD": "secret", "HOME": "/x"}
        text = script(trust, "/key s.pub", settings)
        assert "secret" not in text
        command = [
            "sh",
            "-c",
            text,
            "verifier",
            "-name",
            name,
            "-digest",
            "sha256:1",
            "-stdin-media-type",
            "x",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        asked = f"verify --key=/key s.pub --certificate-identity=a b {repository}@sha256:1 it's"
        assert (done.returncode, done.stdout.strip()) == (
            (0, f"cosign has verified {repository}@sha256:1") if code == 0 else (1, asked)
        )


@pytest.mark.may_run
def test_the_script_refuses_when_it_is_not_told_what(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nerdpy.image.verifier_install.find_program", lambda name: name)
    text = script(Verification(program="notation"), "", {})
    done = subprocess.run(["sh", "-c", text, "verifier", "-name", "a"], capture_output=True, check=False)
    assert done.returncode == 1
