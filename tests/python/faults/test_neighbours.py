"""Other processes: a second run, a program that holds or changes a file, readers all the time."""

import os
import random
import signal
import time
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import duckdb
import pytest

from faults import hooks, strace
from faults.tally import Tally
from faults.toy import read_toy, run_toy, write_batch
from faults.trial import (
    FORKS,
    Setting,
    check_heals,
    check_honest,
    check_whole,
    finish,
    output,
    start,
)
from lib.publishing.flip import kept_versions, rollback
from lib.publishing.layout import Layout

pytestmark = pytest.mark.faults


def test_a_second_run_says_who_is_at_work_or_waits(setting: Setting, tally: Tally) -> None:
    kind = "two runs at once"
    warehouse = setting.copy("two")
    first = start(
        warehouse, setting.file, prepare=partial(hooks.at, "lib.pipeline.seal", hooks.stop)
    )
    pid = strace.wait_until_stopped(first)

    def judge_busy() -> None:
        second = warehouse.with_name("second")
        second.unlink(missing_ok=True)
        second.symlink_to(warehouse)  # the same warehouse, its output in a file of its own
        assert finish(start(second, setting.file)) == 75
        assert f"process {pid} (run_pipeline" in output(second)
        assert check_whole(warehouse) == 1

    def judge_waiting() -> None:
        third = warehouse.with_name("third")
        third.unlink(missing_ok=True)
        third.symlink_to(warehouse)
        waiting = start(third, setting.file, wait=60.0)
        time.sleep(0.3)
        os.kill(pid, signal.SIGCONT)
        assert finish(first) == 0
        assert finish(waiting) == 0
        assert "nothing to publish" in output(third)
        check_heals(warehouse, setting.file, after=2)

    tally.trial(kind, "busy", judge_busy)
    tally.trial(kind, "waiting", judge_waiting)
    tally.verdict(kind)


def hold(path: Path, read_only: bool, ready: Connection) -> None:
    """Keep a DuckDB file open until told to let go."""
    with duckdb.connect(str(path), read_only=read_only):
        ready.send("open")
        ready.recv()


@pytest.mark.parametrize(
    ("name", "read_only", "expected"),
    [
        ("state.duckdb", False, 75),
        ("state.duckdb", True, 0),
        ("current/segments.duckdb", True, 0),
        ("current/segments.duckdb", False, 0),
    ],
)
def test_a_file_held_by_another_program_is_no_harm(
    setting: Setting, tally: Tally, name: str, read_only: bool, expected: int
) -> None:
    kind = "file held by another process"
    warehouse = setting.copy("held")
    ours, theirs = FORKS.Pipe()
    holder = FORKS.Process(target=hold, args=(warehouse / name, read_only, theirs))
    holder.start()
    assert ours.recv() == "open"

    def judge() -> None:
        code = finish(start(warehouse, setting.file))
        assert code == expected, output(warehouse)
        check_honest(warehouse, code, before=1, after=2)
        ours.send("let go")
        finish(holder)
        check_heals(warehouse, setting.file, after=2)

    tally.trial(kind, f"{name}, {'reading' if read_only else 'writing'}", judge)
    holder.kill()
    tally.verdict(kind)


def test_a_state_that_somebody_writes_to_meanwhile_is_not_overwritten(
    setting: Setting, tally: Tally
) -> None:
    kind = "state changed meanwhile"
    warehouse = setting.copy("changed")
    process = start(
        warehouse, setting.file, prepare=partial(hooks.at, "lib.pipeline.seal", hooks.stop)
    )
    pid = strace.wait_until_stopped(process)

    def judge() -> None:
        with duckdb.connect(str(warehouse / "state.duckdb")) as connection:
            connection.execute("create table raw.note as select 'kept' as text")
        os.kill(pid, signal.SIGCONT)
        code = finish(process)
        assert code == 75
        check_honest(warehouse, code, before=1, after=2)
        check_heals(warehouse, setting.file, after=2)
        with duckdb.connect(str(warehouse / "state.duckdb"), read_only=True) as connection:
            assert connection.execute("from raw.note").fetchall() == [("kept",)]

    tally.trial(kind, "", judge)
    tally.verdict(kind)


def poll(warehouse: Path, through_link: bool, least: int, results: Connection) -> None:
    """Read until told to stop, at least so often; sends (polls, versions seen, complaints)."""
    polls, seen, complaints = 0, set(), []
    while polls < least or not results.poll():
        polls += 1
        try:
            if through_link:
                seen.add(read_through_link(warehouse))
            else:
                seen.add(read_toy(warehouse))
        except Exception as error:
            complaints.append(f"{type(error).__name__}: {error}")
    results.send((polls, len(seen), complaints))


def read_through_link(warehouse: Path) -> int:
    """As a BI tool does: the path with `current`, a plain read-only connection."""
    path = warehouse / "current" / "segments.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            "select batch from marts.customer_segments union"
            " select batch from marts.segment_summary"
        ).fetchall()
    assert len(found) == 1, f"mixed: {found}"
    return int(found[0][0])


def test_readers_never_fail_and_never_see_two_versions(
    setting: Setting, tally: Tally, is_full: bool
) -> None:
    kind = "polls by readers during publishing"
    warehouse = setting.copy("polled")
    least_polls, least_versions = (10_000, 40) if is_full else (150, 3)
    readers = []
    for through_link in (False, True):
        ours, theirs = FORKS.Pipe()
        reader = FORKS.Process(
            target=poll, args=(warehouse, through_link, least_polls // 2, theirs)
        )
        reader.start()
        readers.append((ours, reader))
    dice = random.Random(7)
    polls = seen = 0
    complaints: list[str] = []
    for batch in range(2, 2 + least_versions):
        file = write_batch(setting.scratch / "in", batch, amount=dice.randrange(10, 1000))
        assert run_toy(warehouse, file, keep=2) == 0
    for ours, _ in readers:
        ours.send("stop")
    # What is served keeps changing as long as anybody reads.
    flips = 0
    names = [version.name for version in kept_versions(Layout(warehouse))]
    while not all(ours.poll() for ours, _ in readers):
        rollback(Layout(warehouse), names[flips % 2])
        flips += 1
        time.sleep(0.05)
    for ours, reader in readers:
        counted, versions, errors = ours.recv()
        polls, seen = polls + counted, max(seen, versions)
        complaints += errors
        finish(reader)
    tally.tried[kind] = polls
    if complaints:
        tally.lost[kind] = complaints
    tally.measured.append(
        f"{kind}: {least_versions} publications, {flips} flips back and forth,"
        f" up to {seen} versions seen"
    )
    assert seen > 1
    tally.verdict(kind)
