"""Memory and disk run out, at different steps and to different degrees."""

import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from faults import hooks
from faults.tally import Tally
from faults.trial import Setting, check_heals, check_honest, check_whole, finish, output, start

pytestmark = pytest.mark.faults

MOMENTS = ("lib.pipeline.copy_state", "lib.pipeline.contents", "lib.pipeline.seal")


@pytest.fixture
def small_disk(tmp_path: Path, tally: Tally) -> Iterator[Path]:
    """A file system of 48 MB, where one may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        tally.skip("a full disk: no tmpfs may be mounted here")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_disk_that_fills_up_is_survived(
    setting: Setting, tally: Tally, is_full: bool, small_disk: Path
) -> None:
    kind = "disk full"
    room = range(0, 4000, 200) if is_full else (700,)
    for moment in MOMENTS if is_full else MOMENTS[1:]:
        for kilobytes in room:
            warehouse = setting.copy("full", small_disk)

            def judge(
                warehouse: Path = warehouse, moment: str = moment, kilobytes: int = kilobytes
            ) -> None:
                fill = partial(hooks.at, moment, hooks.fill_disk, small_disk, kilobytes)
                code = finish(start(warehouse, setting.file, prepare=fill))
                assert code in (0, 3), output(warehouse)
                check_honest(warehouse, code, before=1, after=2)
                (small_disk / "ballast").unlink()
                check_heals(warehouse, setting.file, after=2)

            tally.trial(kind, f"{kilobytes} kB left at {moment}", judge)
            (small_disk / "ballast").unlink(missing_ok=True)
    tally.verdict(kind)


def test_a_disk_too_small_is_refused_before_anything_is_built(
    setting: Setting, tally: Tally, small_disk: Path
) -> None:
    warehouse = setting.copy("full", small_disk)

    def judge() -> None:
        hooks.fill_disk(small_disk, 3000)
        code = finish(start(warehouse, setting.file))
        assert code == 3 and "load …" not in output(warehouse)
        check_honest(warehouse, code, before=1, after=2)
        (small_disk / "ballast").unlink()
        check_heals(warehouse, setting.file, after=2)

    tally.trial("disk too small", "", judge)
    tally.verdict("disk too small")


def test_too_little_memory_is_survived(setting: Setting, tally: Tally, is_full: bool) -> None:
    kind = "memory taken away"
    amounts = [*range(0, 60, 5), *range(60, 300, 20)] if is_full else [10, 60]
    ended: dict[int, int] = {}
    for megabytes in amounts:
        warehouse = setting.copy("starved")

        def judge(warehouse: Path = warehouse, megabytes: int = megabytes) -> None:
            code = finish(
                start(warehouse, setting.file, prepare=partial(hooks.limit_memory, megabytes))
            )
            ended[code] = ended.get(code, 0) + 1
            # OpenBLAS ends the process with words of its own.
            is_seen = "OpenBLAS" not in output(warehouse)
            check_honest(warehouse, code, before=1, after=2, is_seen=is_seen)
            check_heals(warehouse, setting.file, after=2)

        tally.trial(kind, f"{megabytes} MB", judge)
    tally.measured.append(f"{kind}: exit codes {ended}")
    tally.verdict(kind)


def test_memory_taken_away_within_a_run_with_dbt_is_survived(
    setting: Setting, tally: Tally, is_full: bool
) -> None:
    kind = "memory taken away, with dbt"
    for megabytes in (0, 10, 30, 60, 100) if is_full else (30,):
        warehouse = setting.copy("starved")

        def judge(warehouse: Path = warehouse, megabytes: int = megabytes) -> None:
            take = partial(hooks.at, "lib.pipeline.build_with_dbt", hooks.limit_memory, megabytes)
            code = finish(start(warehouse, setting.file, setting.project, prepare=take))
            check_honest(warehouse, code, before=1, after=2)
            check_heals(warehouse, setting.file, 2, setting.project)

        tally.trial(kind, f"{megabytes} MB", judge)
    tally.verdict(kind)


def test_a_file_that_may_not_grow_is_survived(
    setting: Setting, tally: Tally, is_full: bool
) -> None:
    kind = "file size limited"
    for kilobytes in range(0, 1600, 100) if is_full else (500,):
        warehouse = setting.copy("limited")

        def judge(warehouse: Path = warehouse, kilobytes: int = kilobytes) -> None:
            limit = partial(hooks.limit_file_size, kilobytes)
            code = finish(start(warehouse, setting.file, prepare=limit))
            is_seen = kilobytes > 0  # at zero not even the output can be written
            check_honest(warehouse, code, before=1, after=2, is_seen=is_seen)
            assert check_whole(warehouse) in (1, 2)
            check_heals(warehouse, setting.file, after=2)

        tally.trial(kind, f"{kilobytes} kB", judge)
    tally.verdict(kind)
