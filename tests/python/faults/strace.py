"""Faults at a chosen system call, through `strace -e inject`."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

from faults import hooks
from faults.trial import finish, start

WRITING = (
    "write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,symlink,symlinkat,unlink,unlinkat,"
    "mkdir,mkdirat,rmdir,chmod,fchmod,fchmodat,truncate,ftruncate,fallocate"
)
READING = "openat,read,pread64,readlink,readlinkat,getdents64,newfstatat,statx,access,faccessat2"
PATIENCE = 60  # seconds


class Call(NamedTuple):
    """A system call of a run: its name, which one of that name it is, and its text."""

    name: str
    number: int
    text: str

    @property
    def is_output(self) -> bool:
        """A line to the user, not a file of the warehouse."""
        return self.text.startswith(("write(1<", "write(2<"))


def why_not() -> str | None:
    """Why strace cannot be used here, or None."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    probe = subprocess.run(
        ["strace", "-e", "trace=none", "true"], capture_output=True, text=True, check=False
    )
    return None if probe.returncode == 0 else f"strace may not trace: {probe.stderr.strip()}"


def run_with(warehouse: Path, file: Path, *options: str) -> int:
    """A run, traced from its sealing on; its exit code."""
    prepare = partial(hooks.at, "lib.pipeline.seal", hooks.stop)
    process = start(warehouse, file, prepare=prepare, keep=2)
    with attached(process, *options):
        return finish(process)


def calls_of_publishing(warehouse: Path, file: Path, names: str) -> list[Call]:
    """The calls of these names that a run makes from its sealing to its end, for its warehouse."""
    trace = warehouse.with_suffix(".trace")
    assert run_with(warehouse, file, "-y", "-o", str(trace), "-e", f"trace={names}") == 0
    calls = calls_in(trace, names)
    return [call for call in calls if call.is_output or f"{warehouse}/" in call.text]


def wait_until_stopped(process: BaseProcess) -> int:
    """Wait for a run to stop itself; its process id."""
    pid = process.pid
    assert pid is not None
    deadline = time.monotonic() + PATIENCE
    while _state(pid) != "T":
        assert time.monotonic() < deadline, "the run did not stop itself"
        time.sleep(0.002)
    return pid


@contextmanager
def attached(process: BaseProcess, *options: str) -> Iterator[None]:
    """Attach to a run that stops itself (hooks.stop), let it go on, detach at its end."""
    pid = wait_until_stopped(process)
    tracer = subprocess.Popen(
        ["strace", "-p", str(pid), *options], stderr=subprocess.PIPE, text=True
    )
    assert tracer.stderr is not None
    line = tracer.stderr.readline()
    assert "attached" in line, line
    os.kill(pid, signal.SIGCONT)
    try:
        yield
    finally:
        process.join(PATIENCE)
        tracer.terminate()
        tracer.stderr.close()
        tracer.wait()


def calls_in(trace: Path, names: str) -> list[Call]:
    """The calls of a trace file, each numbered within its name as inject's `when` counts."""
    counted: Counter[str] = Counter()
    calls = []
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        if (found := re.match(r"(\w+)\(", line)) and found[1] in names.split(","):
            counted[found[1]] += 1
            calls.append(Call(found[1], counted[found[1]], line))
    return calls


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return "gone"
