"""Run statements in a process of their own and say what each cost: CPU, wall, peak memory.

    python -m lib.benchmark.measured JOB.json

Reads the job (see `Job`), prints its measurements as one line of JSON. CPU is this process's, all
threads, as the system counts it, so that neighbours on the machine do not count.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cost:
    """What one step cost: seconds of CPU and wall, and the peak resident memory in bytes."""

    name: str
    cpu: float
    wall: float
    peak: int


@dataclass(frozen=True)
class Job:
    """Statements to run on one DuckDB file, by name; the schemas to drop before, unmeasured."""

    warehouse: str
    statements: list[tuple[str, str]]
    drop_schemas: tuple[str, ...] = ()
    create_schemas: tuple[str, ...] = ()
    memory_limit: str | None = None
    threads: int | None = None


def run_job(job: Job, folder: Path) -> list[Cost]:
    """The cost of each statement, run one after the other in a fresh process."""
    path = folder / "job.json"
    path.write_text(json.dumps(asdict(job)), encoding="utf-8")
    return in_process("lib.benchmark.measured", str(path))


def in_process(module: str, *arguments: str) -> list[Cost]:
    """The costs a module prints as its last line; its own words pass through to the screen."""
    process = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=SCRIPTS,
        env={**os.environ, "PYTHONPATH": str(SCRIPTS)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if process.returncode != 0:
        raise RuntimeError(f"{module} ended with exit code {process.returncode}")
    return [Cost(**cost) for cost in json.loads(process.stdout.splitlines()[-1])]


@contextmanager
def measuring(name: str, into: list[Cost]) -> Iterator[None]:
    """Measure what runs inside; the peak is that of this step where the system can reset it."""
    _reset_peak()
    cpu, wall = cpu_seconds(), time.perf_counter()
    yield
    into.append(Cost(name, cpu_seconds() - cpu, time.perf_counter() - wall, peak_bytes()))


def measured_main(step: Callable[[list[Cost]], Any]) -> None:
    """Run a step that fills a list of costs, and print it for `in_process`."""
    costs: list[Cost] = []
    step(costs)
    print(json.dumps([asdict(cost) for cost in costs]))


def cpu_seconds() -> float:
    """User and system time of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_bytes() -> int:
    """Peak resident memory since the last reset (Linux), else since the start."""
    try:
        for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _reset_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    except OSError:
        return  # peaks then never fall from step to step


def _run(job: Job, costs: list[Cost]) -> None:
    import duckdb

    warehouse = Path(job.warehouse)
    settings: dict[str, Any] = {
        "TimeZone": "UTC",
        "preserve_insertion_order": False,
        "temp_directory": str(warehouse.parent / "spill"),
    }
    if job.memory_limit:
        settings["memory_limit"] = job.memory_limit
    if job.threads:
        settings["threads"] = job.threads
    connection = duckdb.connect(job.warehouse)
    for name, value in settings.items():
        connection.execute(f"set {name} = '{value}'")
    for schema in job.drop_schemas:
        connection.execute(f"drop schema if exists {schema} cascade")
    for schema in job.create_schemas:
        connection.execute(f"create schema if not exists {schema}")
    connection.execute("force checkpoint")
    for name, statement in job.statements:
        with measuring(name, costs):
            connection.execute(statement)
        if sys.stderr.isatty():
            cost = costs[-1]
            print(f"    {name:<40} {cost.cpu:8.2f} s {cost.peak / 1e6:8.0f} MB", file=sys.stderr)
    with measuring("(closing the file)", costs):
        connection.close()


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    measured_main(lambda costs: _run(Job(**given), costs))
