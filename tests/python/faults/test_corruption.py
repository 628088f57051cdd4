"""Bytes change under the pipeline: in the candidate, in the sealed copy, in a kept version."""

from functools import partial
from pathlib import Path

import pytest

from faults import hooks
from faults.tally import Tally
from faults.trial import Setting, check_heals, check_honest, check_whole, finish, start
from lib.errors import UserError
from lib.publishing.flip import rollback
from lib.publishing.layout import Layout

pytestmark = pytest.mark.faults

# file, just before (or after) which function it is damaged
MOMENTS = [
    ("build/latest*/state.duckdb", "lib.pipeline.seal", False),
    ("build/latest*/sealed/segments.duckdb", "lib.publishing.seal.verify_in_fresh_process", False),
    ("build/latest*/sealed/segments.duckdb", "lib.publishing.seal.verify_in_fresh_process", True),
    ("build/latest*/sealed/audiences.duckdb", "lib.publishing.seal.verify_in_fresh_process", True),
]


def test_a_corrupted_candidate_is_never_served(
    setting: Setting, tally: Tally, is_full: bool
) -> None:
    kind = "candidate corrupted"
    ended: dict[int, int] = {}
    for pattern, moment, is_after in MOMENTS:
        for seed in range(20 if is_full else 1):
            warehouse = setting.scratch / "corrupted"
            harms = [
                partial(hooks.flip_bytes, pattern, warehouse, seed, 1 if seed % 2 else 50),
                partial(hooks.truncate, pattern, warehouse, seed / 20),
            ]
            for harm in harms if is_full else harms[:1]:
                setting.copy("corrupted")

                def judge(
                    warehouse: Path = warehouse,
                    moment: str = moment,
                    harm: hooks.Action = harm,
                    is_after: bool = is_after,
                ) -> None:
                    prepare = partial(hooks.at, moment, harm, after=is_after)
                    code = finish(start(warehouse, setting.file, prepare=prepare))
                    ended[code] = ended.get(code, 0) + 1
                    check_honest(warehouse, code, before=1, after=2)
                    check_heals(warehouse, setting.file, after=2)

                tally.trial(kind, f"{harm} at {moment}", judge)
    tally.measured.append(f"{kind}: exit codes {ended} (0: the damage touched no row)")
    tally.verdict(kind)


def test_a_served_version_that_rots_is_built_again(setting: Setting, tally: Tally) -> None:
    kind = "served version rots"
    warehouse = setting.copy("rotten")

    def judge() -> None:
        check_heals(warehouse, setting.file, after=2)
        hooks.flip_bytes("current/segments.duckdb", warehouse, seed=3)
        damaged = Layout(warehouse).served()
        assert finish(start(warehouse, setting.file)) == 0
        assert Layout(warehouse).served() != damaged
        assert check_whole(warehouse) == 2

    tally.trial(kind, "", judge)
    tally.verdict(kind)


def test_a_kept_version_that_rots_is_not_rolled_back_to(setting: Setting, tally: Tally) -> None:
    kind = "kept version rots"
    warehouse = setting.copy("rotten")
    layout = Layout(warehouse)
    served = layout.served()

    def judge() -> None:
        for folder in layout.versions.iterdir():
            if folder.name != served:
                hooks.flip_bytes("segments.duckdb", folder, seed=5)
        with pytest.raises(UserError, match="damaged"):
            rollback(layout)
        assert check_whole(warehouse) == 1

    tally.trial(kind, "", judge)
    tally.verdict(kind)


@pytest.mark.parametrize("torn", [b'{"at": "2025', b"\x00\xff", b'{"at": 1}\n{"event": "pub'])
def test_a_torn_log_or_record_stops_nothing(setting: Setting, tally: Tally, torn: bytes) -> None:
    kind = "torn log and record"
    warehouse = setting.copy("torn")

    def judge() -> None:
        for name in ("publish_log.jsonl", "last_run.json", ".lock"):
            with (warehouse / name).open("ab") as file:
                file.write(torn)
        (warehouse / ".current-99").symlink_to("versions/nowhere")
        (warehouse / "build" / "half").mkdir()
        check_heals(warehouse, setting.file, after=2)

    tally.trial(kind, repr(torn), judge)
    tally.verdict(kind)
