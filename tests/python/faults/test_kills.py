"""A run that is killed leaves the old version or the new one, and the next run heals."""

import random
import signal
import time
from functools import partial
from pathlib import Path

import duckdb
import pytest

from faults import hooks, strace
from faults.tally import Tally
from faults.trial import Setting, check_heals, check_honest, check_whole, finish, start
from lib.publishing.layout import Layout
from lib.publishing.writer import changing

pytestmark = pytest.mark.faults

STEPS = [
    "lib.pipeline.recover",
    "lib.pipeline.read_inputs",
    "lib.pipeline.copy_state",
    "lib.pipeline.contents",
    "lib.pipeline.free_name",
    "lib.pipeline.seal",
    "lib.publishing.seal.write_tables",
    "lib.publishing.seal.verify_in_fresh_process",
    "lib.publishing.seal.write_json",
    "lib.pipeline.check_state",
    "lib.publishing.layout.Layout.point_to",
    "lib.publishing.layout.Layout.sync",
    "lib.publishing.flip.take_over_state",
    "lib.publishing.flip.log_event",
    "lib.pipeline.settle",
    "lib.publishing.prune.log_event",
    "lib.pipeline.prune",
]


def test_a_kill_at_each_step_is_healed(setting: Setting, tally: Tally, is_full: bool) -> None:
    kind = "kill at a step of the run"
    moments = [(step, is_after) for step in STEPS for is_after in (False, True)]
    for step, is_after in moments if is_full else moments[:: len(moments) // 4]:
        warehouse = setting.copy("killed")

        def judge(warehouse: Path = warehouse, step: str = step, is_after: bool = is_after) -> None:
            prepare = partial(hooks.at, step, hooks.die, after=is_after)
            code = finish(start(warehouse, setting.file, prepare=prepare, keep=2))
            assert code == -signal.SIGKILL
            check_honest(warehouse, code, before=1, after=2)
            check_heals(warehouse, setting.file, after=2)

        tally.trial(kind, f"{'after' if is_after else 'before'} {step}", judge)
    tally.verdict(kind)


@pytest.mark.parametrize("with_dbt", [False, True], ids=["sql", "dbt"])
def test_kills_at_random_points_are_healed(
    setting: Setting, tally: Tally, is_full: bool, with_dbt: bool
) -> None:
    project = setting.project if with_dbt else None
    kind = "kill at a random point of a run" + (" with dbt" if with_dbt else "")
    trials = (25 if with_dbt else 60) if is_full else (1 if with_dbt else 3)
    lasts = 0.0
    for _ in range(2):  # the first run also starts the server all others are forked from
        began = time.monotonic()
        assert finish(start(setting.copy("timed"), setting.file, project)) == 0
        lasts = time.monotonic() - began
    dice = random.Random(20250630)
    killed = ended = 0
    while killed < trials and ended <= trials:
        warehouse = setting.copy("killed")
        began, delay = time.monotonic(), dice.uniform(0, lasts)
        process = start(warehouse, setting.file, project)
        process.join(delay)
        if process.is_alive():
            process.kill()
        else:
            lasts = time.monotonic() - began
        code = finish(process)
        if code == 0:
            ended += 1
            continue

        def judge(warehouse: Path = warehouse, code: int = code) -> None:
            assert code == -signal.SIGKILL
            check_honest(warehouse, code, before=1, after=2)
            check_heals(warehouse, setting.file, after=2, project=project)

        killed += 1
        tally.trial(kind, f"after {delay:.2f} of {lasts:.2f} s", judge)
    tally.verdict(kind)


def test_a_kill_at_each_file_system_call_of_publishing_is_healed(
    setting: Setting, tally: Tally, is_full: bool, with_strace: None
) -> None:
    kind = "kill at a file-system call of publishing"
    calls = strace.calls_of_publishing(setting.copy("traced"), setting.file, strace.WRITING)
    tally.measured.append(f"publishing makes {len(calls)} calls that change the file system")
    for call in calls if is_full else calls[:: len(calls) // 4]:
        warehouse = setting.copy("killed")

        def judge(warehouse: Path = warehouse, call: strace.Call = call) -> None:
            inject = f"inject={call.name}:signal=KILL:when={call.number}"
            code = strace.run_with(
                warehouse, setting.file, "-e", f"trace={call.name}", "-e", inject
            )
            assert code == -signal.SIGKILL, "the call was not reached"
            check_honest(warehouse, code, before=1, after=2)
            check_heals(warehouse, setting.file, after=2)

        tally.trial(kind, call.text[:90], judge)
    tally.verdict(kind)


def test_a_killed_run_holds_no_lock(setting: Setting, tally: Tally) -> None:
    warehouse = setting.copy("killed")

    def judge() -> None:
        process = start(warehouse, setting.file, prepare=partial(hooks.at, STEPS[5], hooks.stop))
        strace.wait_until_stopped(process)
        process.kill()
        assert finish(process) == -signal.SIGKILL
        check_heals(warehouse, setting.file, after=2)

    tally.trial("lock of a killed run", "", judge)
    tally.verdict("lock of a killed run")


def test_rows_loaded_after_a_run_died_right_after_its_flip_are_kept(
    setting: Setting, tally: Tally
) -> None:
    kind = "load after a kill"
    warehouse = setting.copy("killed")
    layout = Layout(warehouse)

    def judge() -> None:
        prepare = partial(hooks.at, "lib.publishing.flip.take_over_state", hooks.die)
        assert finish(start(warehouse, setting.file, prepare=prepare)) == -signal.SIGKILL
        assert check_whole(warehouse) == 2
        with (
            changing(layout, purpose="load"),
            duckdb.connect(str(layout.state)) as connection,
        ):
            connection.execute("create table raw.note as select 'kept' as text")
        check_heals(warehouse, setting.file, after=2)
        with duckdb.connect(str(layout.state), read_only=True) as connection:
            assert connection.execute("from raw.note").fetchall() == [("kept",)]

    tally.trial(kind, "", judge)
    tally.verdict(kind)


def test_an_interrupt_is_honest(setting: Setting, tally: Tally) -> None:
    warehouse = setting.copy("interrupted")

    def judge() -> None:
        code = finish(
            start(warehouse, setting.file, prepare=partial(hooks.at, STEPS[5], hooks.interrupt))
        )
        assert code == 1
        check_honest(warehouse, code, before=1, after=2)
        check_heals(warehouse, setting.file, after=2)

    tally.trial("interrupt", "SIGINT", judge)
    tally.verdict("interrupt")
