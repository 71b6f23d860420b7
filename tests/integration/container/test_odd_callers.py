"""Callers with closed streams, an open umask, or bytes that are no text."""

import os
import stat
import subprocess
from pathlib import Path

from tests.integration.support.cli import NERDPY, Cli

NOT_TEXT = os.fsdecode(b"k=\xff")


def test_files_of_the_data_root_are_written_by_nobody_else(cli: Cli, busybox_image: str) -> None:
    words = [*NERDPY, "create", "--name", "open", busybox_image, "true"]
    subprocess.run(words, env=cli.environment, check=True, umask=0, stdout=subprocess.DEVNULL)
    found = 0
    for folder in ("/var/lib/nerdpy", "/run/nerdpy"):
        for above, folders, files in os.walk(folder):
            for name in (*folders, *files):
                mode = Path(above, name).lstat().st_mode
                if stat.S_ISDIR(mode) or stat.S_ISREG(mode):
                    found += 1
                    assert not mode & 0o022, f"{above}/{name}: {mode:o}"
    assert found


def test_cp_of_a_closed_input_says_that_nothing_came(cli: Cli, busybox_image: str) -> None:
    cli.ok("create", "--name", "box", busybox_image, "true")
    done = subprocess.run(
        ["bash", "-c", "exec python -m nerdpy cp - box:/tmp <&-"],
        env=cli.environment,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert b"the input is no tar archive" in done.stderr


def test_a_label_that_is_no_text_is_refused_and_nothing_is_left(cli: Cli, busybox_image: str) -> None:
    refused = cli("run", "--name", "odd", "--label", NOT_TEXT, busybox_image, "true")
    assert refused.code == 125
    assert r'\xff" is not UTF-8' in refused.err
    assert cli.ok("ps", "-aq").lines == []
    cli.ok("run", "--rm", "--name", "odd", busybox_image, "true")


def test_a_word_that_is_no_text_reaches_the_command_as_docker_sends_it(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "--name", "box", busybox_image, "sleep", "inf")
    sent = "k=\N{REPLACEMENT CHARACTER}"
    assert cli.ok("exec", "box", "echo", NOT_TEXT).line == sent
    assert cli.ok("run", "--rm", busybox_image, "echo", NOT_TEXT).line == sent


def test_exec_names_the_folder_that_it_cannot_enter(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "-d", "--name", "box", busybox_image, "sleep", "inf")
    for folder, why in (("/nowhere", "no such file or directory"), ("/etc/passwd", "not a directory")):
        refused = cli("exec", "-w", folder, "box", "pwd")
        assert refused.code == 126, str(refused)
        said = f'nerdpy: the working directory "{folder}" cannot be entered: {why}\n'
        assert refused.err.startswith(said), str(refused)
