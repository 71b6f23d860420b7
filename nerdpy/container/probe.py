"""Run a container's health check once, inside it, and write down what came of it."""

import os
import select
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from nerdpy.container.failure import is_unclear
from nerdpy.container.health import config_of, healthcheck_of, keep_result, run_of
from nerdpy.container.left_probes import (
    KILL_PATIENCE,
    delete_probe,
    end_left_probes,
    kill_probe,
    new_exec_id,
)
from nerdpy.dataclass import dataclass
from nerdpy.errors import DeadlineExceeded, FailedPrecondition, NerdpyError, NotFound
from nerdpy.linux.process import age_of
from nerdpy.model.duration import render_duration
from nerdpy.model.health import NOT_RUN, OUTPUT_LIMIT, HealthCheck, ProbeResult, shown_output
from nerdpy.spec.exec import ExecOptions, build_exec_process
from nerdpy.stdio.fifo import make_fifos, open_reader
from nerdpy.stdio.wakeup import Wakeup

if TYPE_CHECKING:
    from nerdpy.containerd.waiting import Waiting
    from nerdpy.engine import Engine
    from nerdpy.model.records import ContainerRecord

READ_SIZE = 64 << 10
LAST_WORDS = 0.5
"""Seconds without output after a probe's end, when something that it has left behind keeps its output
open."""


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """How the process ended."""

    exit_code: int
    output: bytes
    is_late: bool = False


def probe_run(engine: "Engine", container_id: str, run: str) -> None:
    """Probe one run of a container (`health.run_of`); nothing is done for another, or one that is paused.

    An engine that does not answer says nothing about the container: the error is raised, no result is kept,
    and the next probe comes as if this one had been.
    """
    record = engine.containerd.containers.get(container_id)
    config = config_of(record)
    check = healthcheck_of(config)
    if check is not None and _is_running(engine, container_id, run):
        _probe(engine, record, check, tuple(config.get("Shell") or ()), run)


def probe_now(engine: "Engine", record: "ContainerRecord", shown: str) -> ProbeResult:
    """Probe a running container because somebody asks for it; the result counts like any other."""
    config = config_of(record)
    check = healthcheck_of(config)
    if check is None:
        raise FailedPrecondition(
            f"container {shown} has no health check", hint="give it one by --health-cmd when it is made"
        )
    if not engine.paths.container(record.id).is_dir():
        raise FailedPrecondition(
            f"container {shown} was not made by nerdpy, and its health is not kept here",
            hint="run the check by `exec`, or by what made the container",
        )
    status, run = _status(engine, record.id)
    if status != "running":
        raise FailedPrecondition(f"container {shown} is {status}", hint="only running containers are probed")
    return _probe(engine, record, check, tuple(config.get("Shell") or ()), run)


def _status(engine: "Engine", container_id: str) -> tuple[str, str]:
    try:
        task = engine.containerd.tasks.get(container_id)
    except NotFound:
        return "not running", ""
    return task.status, run_of(task.pid)


def _is_running(engine: "Engine", container_id: str, run: str) -> bool:
    return _status(engine, container_id) == ("running", run)


def _probe(
    engine: "Engine", record: "ContainerRecord", check: HealthCheck, shell: tuple[str, ...], run: str
) -> ProbeResult:
    age = age_of(int(run.partition("-")[0])) or timedelta()
    end_left_probes(engine, record.id)
    result = _result(engine, record, check, shell)
    if _is_running(engine, record.id, run):  # else it is the end, or the pause, that the probe has met
        health = keep_result(engine, record.id, run, result, check, age)
        if health is not None and health[0].status != health[1].status:
            announce(engine, record, health[1].status)
    return result


def announce(engine: "Engine", record: "ContainerRecord", status: str) -> None:
    """A change of health is an event (docker: `health_status: healthy`)."""
    from nerdpy.container.telling import tell

    tell(engine, record, f"health_status: {status}")


def _result(
    engine: "Engine", record: "ContainerRecord", check: HealthCheck, shell: tuple[str, ...]
) -> ProbeResult:
    """Run it; a command that can't be started is a result too."""
    start, timeout = datetime.now(UTC), check.with_defaults().timeout
    try:
        outcome = _executed(engine, record, check.argv(shell), timeout)
    except NerdpyError as error:
        if is_unclear(error):
            raise
        outcome = _Outcome(exit_code=NOT_RUN, output=error.message.encode())
    output = shown_output(outcome.output)
    if outcome.is_late:
        sentence = f"Health check exceeded timeout ({render_duration(timeout)})"
        output = f"{sentence}: {output}" if output else sentence
    return ProbeResult(start=start, end=datetime.now(UTC), exit_code=outcome.exit_code, output=output)


def _executed(
    engine: "Engine", record: "ContainerRecord", argv: tuple[str, ...], timeout: timedelta
) -> _Outcome:
    """As `exec` does it, with the container's own environment, user and folder, and nobody's terminal."""
    tasks = engine.containerd.tasks
    process = build_exec_process(record.spec, ExecOptions(command=argv))
    exec_id = new_exec_id()
    with ExitStack() as closing:
        fifos = make_fifos(engine.paths.stdio(record.id), f"{exec_id}-", stdout=True)
        closing.callback(fifos.remove)
        if fifos.stdout is None:
            raise FailedPrecondition("the probe has no FIFO for its output")
        path = str(fifos.stdout)
        reader = _Reader(open_reader(fifos.stdout))
        closing.callback(reader.close)
        closing.callback(delete_probe, engine, record.id, exec_id)
        tasks.exec(record.id, exec_id, process=process, stdout=path, stderr=path)
        pid = tasks.start(record.id, exec_id)
        killing = ExitStack()
        closing.push(killing)  # whatever interrupts us: no probe outlives its prober
        killing.callback(kill_probe, engine, record.id, exec_id, pid)
        waiting = tasks.wait(record.id, exec_id)
        has_ended = reader.read_until_exit(waiting, timeout)
        if has_ended:
            killing.pop_all()
            return _Outcome(exit_code=waiting.result()[0], output=bytes(reader.data))
        killing.close()
        with suppress(DeadlineExceeded):  # a paused container's dies when it goes on
            waiting.result(KILL_PATIENCE)
    return _Outcome(exit_code=NOT_RUN, output=bytes(reader.data), is_late=True)


class _Reader:
    """The probe's output as far as it is kept; the rest is read and dropped, so that nobody waits for us."""

    def __init__(self, descriptor: int) -> None:
        self.data = bytearray()
        self._descriptor = descriptor
        self._is_open = True
        self._exited = Wakeup()

    def close(self) -> None:
        os.close(self._descriptor)
        self._exited.close()

    def read_until_exit(self, waiting: "Waiting", timeout: timedelta) -> bool:
        """Read while the process runs, and what is left after it; False when it takes longer than
        `timeout`."""
        waiting.on_done(lambda _: self._exited.set())
        poller = select.poll()
        poller.register(self._exited.descriptor, select.POLLIN)
        poller.register(self._descriptor, select.POLLIN)
        deadline = time.monotonic() + timeout.total_seconds()
        while (left := deadline - time.monotonic()) > 0:
            ready = dict(poller.poll(left * 1000))
            if self._descriptor in ready and not self._read():
                poller.unregister(self._descriptor)
            if self._exited.descriptor in ready:
                self._read_rest()
                return True
        return False

    def _read_rest(self) -> None:
        poller = select.poll()
        poller.register(self._descriptor, select.POLLIN)
        while self._is_open and poller.poll(LAST_WORDS * 1000):
            self._read()

    def _read(self) -> bool:
        """Take what there is; False at the end."""
        with suppress(BlockingIOError):
            data = os.read(self._descriptor, READ_SIZE)
            self._is_open = bool(data)
            self.data += data[: OUTPUT_LIMIT + 1 - len(self.data)]
        return self._is_open
