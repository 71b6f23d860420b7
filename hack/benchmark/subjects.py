"""What is measured: command lines, and how to run one."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

Samples = dict[str, list[float]]


class Failed(Exception):
    """A command that is to be measured does not work."""


@dataclass(frozen=True)
class Runner:
    """Runs commands on the bench's own machine, with nothing but the given environment."""

    environment: dict[str, str]

    def seconds(self, command: list[str]) -> float:
        """How long the command takes, to its end."""
        begun = time.perf_counter()
        done = subprocess.run(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        took = time.perf_counter() - begun
        if done.returncode != 0:
            words = done.stderr.decode(errors="replace").strip().splitlines()
            raise Failed(f"{' '.join(command)}: {words[0] if words else done.returncode}")
        return took

    def output(self, command: list[str]) -> str:
        done = subprocess.run(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Failed(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout


OUTSIDE = """
import json, subprocess, sys, time
for line in sys.stdin:
    begun = time.perf_counter()
    code = subprocess.run(json.loads(line), stdin=-3, stdout=-3, stderr=-3).returncode
    print(json.dumps([code, time.perf_counter() - begun]), flush=True)
"""


class Outside:
    """Runs commands on the real machine, where docker's engine is: started before the bench leaves it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", OUTSIDE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ),
        )

    def seconds(self, command: list[str]) -> float:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(command) + "\n")
        stdin.flush()
        code, took = _answer(stdout)
        if code != 0:
            raise Failed(f"{' '.join(command)}: exit code {code}")
        return took

    def works(self, command: list[str]) -> bool:
        try:
            self.seconds(command)
        except Failed:
            return False
        return True


def _answer(stream: IO[str]) -> tuple[int, float]:
    code, took = json.loads(stream.readline())
    return int(code), float(took)


@dataclass(frozen=True)
class Subject:
    """Something that is timed once per round: `measure` returns seconds; `after` tidies up, untimed."""

    name: str
    measure: Callable[[], float]
    after: Callable[[], None] = lambda: None


def interleaved(subjects: list[Subject], rounds: int) -> Samples:
    """One sample of each per round, so that a slow moment of the machine falls on all of them alike.

    The first round warms caches and is not counted.
    """
    samples: Samples = {subject.name: [] for subject in subjects}
    for number in range(rounds + 1):
        for subject in subjects:
            took = subject.measure()
            subject.after()
            if number:
                samples[subject.name].append(took)
    return samples
