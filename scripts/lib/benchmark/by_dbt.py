"""Run dbt in a process of its own and say what each model cost: CPU, wall, peak memory.

    python -m lib.benchmark.by_dbt JOB.json

Unlike `measured`, which runs compiled SQL, this is dbt itself: what a model kept from the run
before is in its table, and dbt's own work on each model is counted (reading the project is not).
One thread, so that costs can be told apart.
"""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lib.benchmark.measured import Cost, in_process, measured_main, measuring
from lib.warehouse import ROOT, connect

NEW_SHARE = 100  # one order in so many is new


@dataclass(frozen=True)
class DbtJob:
    """A dbt command on one DuckDB file."""

    warehouse: str
    command: tuple[str, ...] = ("run",)
    memory_limit: str | None = None


def run_dbt(job: DbtJob, folder: Path) -> list[Cost]:
    """The cost of each model, one after the other, in a fresh process."""
    path = folder / "dbt_job.json"
    path.write_text(json.dumps(asdict(job)), encoding="utf-8")
    return in_process("lib.benchmark.by_dbt", str(path))


def put_newest_aside(warehouse: Path) -> None:
    """Take the newest orders, one in a hundred, out of the raw rows, and the refunds since."""
    connection = connect(warehouse)
    try:
        (cut,) = connection.execute(
            "select ordered_at from raw.orders order by ordered_at desc"
            f" limit 1 offset (select count(*) // {NEW_SHARE} from raw.orders)"
        ).fetchall()[0]
        connection.execute("create or replace schema later")
        for table, moment in (("orders", "ordered_at"), ("refunds", "refunded_at")):
            newest = f"raw.{table} where {moment} > timestamp '{cut}'"
            connection.execute(f"create table later.{table} as from {newest}")
            connection.execute(f"delete from {newest}")
    finally:
        connection.close()


def bring_newest_back(warehouse: Path) -> None:
    """The day has come: what was put aside arrives."""
    connection = connect(warehouse)
    try:
        for table in ("orders", "refunds"):
            connection.execute(f"insert into raw.{table} from later.{table}")
        connection.execute("drop schema later cascade")
    finally:
        connection.close()


def kept_dates(warehouse: Path) -> int:
    """Of how many observation dates the newest run kept what was known, as computed before."""
    connection = connect(warehouse, read_only=True)
    try:
        query = "select count(*) from kept.int_customers_observed where not is_open"
        return int(connection.execute(query).fetchall()[0][0])
    finally:
        connection.close()


def _run(job: DbtJob, costs: list[Cost]) -> None:
    from dbt.cli.main import dbtRunner

    folder = Path(job.warehouse).parent
    os.environ["SEGMENTS_WAREHOUSE"] = job.warehouse
    os.environ["SEGMENTS_TEMP"] = str(folder / "spill")
    if job.memory_limit:
        os.environ["SEGMENTS_MEMORY_LIMIT"] = job.memory_limit
    running: dict[str, Any] = {}

    def measure(event: Any) -> None:
        if event.info.name not in ("NodeStart", "NodeFinished"):
            return
        name = event.data.node_info.node_name
        if event.info.name == "NodeStart":
            running[name] = measuring(name, costs)
            running[name].__enter__()
        elif name in running:
            running.pop(name).__exit__(None, None, None)

    places: Sequence[str] = (
        "--project-dir", str(ROOT), "--profiles-dir", str(ROOT / "profiles"),
        "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"),
    )  # fmt: skip
    result = dbtRunner(callbacks=[measure]).invoke([
        "--quiet", "--log-level-file", "none", *job.command, "--threads", "1", *places,
    ])  # fmt: skip
    if not result.success:
        raise RuntimeError(f"dbt {' '.join(job.command)} failed: {result.exception}")


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    measured_main(lambda costs: _run(DbtJob(**given), costs))
