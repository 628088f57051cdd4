"""An error at any file-system call of publishing: the old version or the new, and an honest end."""

import signal
from functools import partial

import pytest

from faults import strace
from faults.tally import Tally
from faults.trial import Setting, check_heals, check_honest

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("with_strace")]

NO_SPACE_CALLS = ("write", "pwrite64", "fsync", "fdatasync", "mkdir", "symlink", "rename")
ONCE = {
    # error: the calls it is injected into, one at a time
    "ENOSPC": strace.WRITING,
    "EIO": strace.WRITING,
    "EACCES": "mkdir,rename,symlink,unlink,unlinkat,rmdir,chmod,openat",
    "EIO when reading": strace.READING,
}


def judge_error(
    setting: Setting, inject: str, names: str, *, is_seen: bool, may_be: tuple[int, ...]
) -> None:
    """One run with an injection; the last line is not looked at where it cannot be written."""
    warehouse = setting.copy("injected")
    code = strace.run_with(warehouse, setting.file, "-e", f"trace={names}", "-e", inject)
    # DuckDB ends a process itself (SIGABRT) where an error leaves it no way back.
    assert code in (*may_be, -signal.SIGABRT), f"exit code {code}"
    check_honest(warehouse, code, before=1, after=2, is_seen=is_seen)
    check_heals(warehouse, setting.file, after=2)


@pytest.mark.parametrize("error", ONCE)
def test_one_failing_call_is_survived(
    setting: Setting, tally: Tally, is_full: bool, error: str
) -> None:
    kind = f"{error} at a call of publishing"
    calls = strace.calls_of_publishing(setting.copy("traced"), setting.file, ONCE[error])
    code = error.split()[0]
    for call in calls if is_full else calls[1 :: len(calls) // 2]:
        inject = f"inject={call.name}:error={code}:when={call.number}"
        tally.trial(
            kind,
            f"{call.name} {call.number}: {call.text[:90]}",
            partial(
                judge_error,
                setting,
                inject,
                call.name,
                is_seen=not call.is_output,
                may_be=(0, 3) if code == "ENOSPC" else (0, 1),
            ),
        )
    tally.verdict(kind)


def test_a_disk_that_stays_full_is_survived(setting: Setting, tally: Tally, is_full: bool) -> None:
    kind = "no space from a call of publishing on"
    names = ",".join(NO_SPACE_CALLS)
    calls = strace.calls_of_publishing(setting.copy("traced"), setting.file, names)
    for call in calls if is_full else calls[2 :: len(calls) // 2]:
        inject = f"inject={call.name}:error=ENOSPC:when={call.number}+"
        tally.trial(
            kind,
            f"{call.name} {call.number}: {call.text[:90]}",
            partial(judge_error, setting, inject, call.name, is_seen=False, may_be=(0, 3)),
        )
    tally.verdict(kind)
