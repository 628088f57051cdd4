"""A trial: a run in a process of its own, a fault in it, and the judgement of what is left.

Processes are forked from a server that has everything imported, so that a trial costs the run and
not Python's start.
"""

import ctypes
import json
import multiprocessing
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import duckdb

from faults.toy import read_toy, run_toy
from lib.publishing.durable import read_lines
from lib.publishing.fingerprints import fingerprints_of_file
from lib.publishing.layout import Layout
from lib.publishing.seal import TABLE_FILES, verify_files

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["faults.toy", "dbt.cli.main", "dbt.adapters.duckdb"])
PR_SET_PTRACER = 0x59616D61
PATIENCE = 120  # seconds

# What a child does to itself before the run, e.g. give up memory; must be picklable.
Preparation = Callable[[], None]


def start(
    warehouse: Path,
    file: Path | None,
    project: Path | None = None,
    prepare: Preparation | None = None,
    **how: Any,
) -> BaseProcess:
    """Start a run in a process of its own; its output goes to WAREHOUSE.out."""
    process = FORKS.Process(target=_run, args=(warehouse, file, project, prepare, how))
    process.start()
    return process


def finish(process: BaseProcess) -> int:
    """Wait for the end; the exit code, or minus the signal that killed it."""
    process.join(PATIENCE)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise AssertionError("the run did not end")
    return process.exitcode


def output(warehouse: Path) -> str:
    return warehouse.with_suffix(".out").read_text(encoding="utf-8", errors="replace")


def _run(
    warehouse: Path,
    file: Path | None,
    project: Path | None,
    prepare: Preparation | None,
    how: dict[str, Any],
) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)  # let strace attach
    out = os.open(warehouse.with_suffix(".out"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    # One thread, so that the n-th system call of a run is the same call every time.
    duckdb.connect = _on_one_thread(duckdb.connect)
    if prepare:
        prepare()
    sys.exit(run_toy(warehouse, file, project, **how))


def _on_one_thread(connect: Callable[..., Any]) -> Callable[..., Any]:
    def connect_on_one_thread(*arguments: Any, **options: Any) -> Any:
        options["config"] = {**options.get("config", {}), "threads": "1"}
        return connect(*arguments, **options)

    return connect_on_one_thread


def check_whole(warehouse: Path) -> int:
    """What is served opens, is one version and equals its checksums; returns its batch."""
    layout = Layout(warehouse)
    name = layout.served()
    assert name is not None, "nothing is served"
    manifest = verify_files(layout.version(name))
    found = {}
    for file, schemas in TABLE_FILES.items():
        found |= fingerprints_of_file(layout.version(name) / file, schemas.values())
    assert {table: print_._asdict() for table, print_ in found.items()} == manifest["tables"]
    return read_toy(warehouse)


def check_honest(
    warehouse: Path, code: int, before: int, after: int, *, is_seen: bool = True
) -> None:
    """Exit code, record and served version tell the same story, unless the run was killed.

    `is_seen`: the output could be written, so that its last line has to tell it too.
    """
    batch = check_whole(warehouse)
    assert batch in (before, after)
    if code < 0:
        return
    assert (code == 0) == (batch == after), f"exit code {code}, but batch {batch} is served"
    if not is_seen:
        return
    lines = [line for line in output(warehouse).splitlines() if not line.startswith("warning:")]
    last = lines[-1]
    assert last.startswith("published" if code == 0 else "error:"), last
    record = json.loads(Layout(warehouse).record.read_text(encoding="utf-8"))
    if "could not be written" not in output(warehouse):
        assert record["exit_code"] == code, record["message"]
        assert record["message"] in last


def check_heals(warehouse: Path, file: Path, after: int, project: Path | None = None) -> None:
    """The next run needs no help: it publishes (or has nothing to), and leaves no litter."""
    layout = Layout(warehouse)
    assert run_toy(warehouse, file, project) == 0
    assert check_whole(warehouse) == after
    assert list(layout.build.iterdir()) == []
    assert list(warehouse.glob(".*-*")) == []
    with duckdb.connect(str(layout.state), read_only=True) as connection:
        assert connection.execute("select distinct batch from raw.orders").fetchall() == [(after,)]
    published = [
        str(line["version"]) for line in read_lines(layout.log) if line.get("event") == "publish"
    ]
    assert len(published) == len(set(published))
    kept = {folder.name for folder in layout.versions.iterdir()}
    assert kept <= set(published), "a version nobody published is kept"
    for name in kept:
        verify_files(layout.version(name))


@dataclass(frozen=True)
class Setting:
    """Where trials begin: a warehouse that serves batch 1 (and keeps batch 0), and batch 2."""

    template: Path
    file: Path
    project: Path
    scratch: Path

    def copy(self, name: str, scratch: Path | None = None) -> Path:
        """A warehouse of one's own for a trial, in place of the last of that name; its folder."""
        target = (scratch or self.scratch) / name
        shutil.rmtree(target, ignore_errors=True)
        return Path(shutil.copytree(self.template, target, symlinks=True))
