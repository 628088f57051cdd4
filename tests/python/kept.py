"""A warehouse that dbt builds again and again, and every table's rows to compare."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb

from lib.warehouse import ROOT, connect

# The history, what is counted of it, and every model they rest on.
BUILT = (
    "--select", "+customer_segment_history", "+customer_segment_transitions", "+segment_flows",
    "+segment_summary", "+segment_stability", "+category_summary", "+cohort_retention",
    "+conversion", "+revenue_concentration", "+churn_backtest",
)  # fmt: skip
PARTS = ("dbt_project.yml", "models", "macros", "seeds")


@dataclass
class Project:
    """The project without its tests, in a folder whose parts may be changed; parsed once."""

    folder: Path
    _manifest: Any = field(default=None, repr=False)

    @classmethod
    def linked(cls, folder: Path, *, copied: tuple[str, ...] = ()) -> "Project":
        """Links to every part, but copies of those to be changed."""
        for part in PARTS:
            if part in copied:
                shutil.copytree(ROOT / part, folder / part)
            else:
                (folder / part).parent.mkdir(exist_ok=True, parents=True)
                (folder / part).symlink_to(ROOT / part)
        (folder / "tests").mkdir()
        (folder / "tests" / "generic").symlink_to(ROOT / "tests" / "generic")
        return cls(folder)

    def dbt(self, warehouse: Path, *command: str) -> bool:
        """Whether the command did all it was asked."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.adapters.factory import reset_adapters
        from dbt.cli.main import dbtRunner

        with _pointed_at(warehouse):
            if self._manifest is None:
                self._manifest = self._invoke(dbtRunner(), warehouse, "parse").result
            # a fresh copy of nothing: what a run marks in its manifest, the next must not read
            result = self._invoke(dbtRunner(manifest=self._manifest), warehouse, *command)
            DuckDBConnectionManager.close_all_connections()
            reset_adapters()
        return bool(result.success)

    def killed_in(self, model: str, warehouse: Path, *command: str) -> None:
        """The command in a process of its own, killed once the model's old rows are deleted and
        the new ones not yet written."""
        process = subprocess.run(
            [sys.executable, __file__, str(self.folder), model, str(warehouse), *command],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=False,
        )
        assert process.returncode == -signal.SIGKILL

    def _invoke(self, runner: Any, warehouse: Path, *command: str) -> Any:
        return runner.invoke([
            "--quiet", "--log-level-file", "none", *command, "--no-partial-parse",
            "--project-dir", str(self.folder), "--profiles-dir", str(ROOT / "profiles"),
            "--target-path", str(warehouse.with_suffix(".target")),
            "--log-path", str(warehouse.with_suffix(".logs")),
        ])  # fmt: skip


@contextmanager
def _pointed_at(warehouse: Path) -> Iterator[None]:
    places = {"SEGMENTS_WAREHOUSE": warehouse, "SEGMENTS_TEMP": warehouse.with_suffix(".spill")}
    with patch.dict(os.environ, {name: str(place) for name, place in places.items()}):
        yield


def rows(warehouse: Path) -> dict[str, tuple[int, int]]:
    """{schema.table: (rows, sum of their digests)} of every table and mart that a model builds.

    Digests are of the rows' columns by name, doubles to seven digits: a sum of doubles
    depends on the order in which threads meet the rows.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name, data_type"
            " from information_schema.columns join information_schema.tables"
            " using (table_schema, table_name)"
            " where (table_type = 'BASE TABLE' or table_schema = 'marts')"
            " and table_schema not in ('raw', 'parameters', 'catalogue', 'raw_codes', 'kept')"
            " order by 1, 2, 3"
        ).fetchall()
        tables: dict[str, list[str]] = {}
        for schema, table, column, data_type in columns:
            value = f"format('{{:.6e}}', {column})" if data_type == "DOUBLE" else column
            tables.setdefault(f"{schema}.{table}", []).append(value)
        return {
            name: connection.execute(
                f"select count(*), sum(hash({', '.join(values)})::hugeint) from {name}"
            ).fetchall()[0]
            for name, values in tables.items()
        }


def difference(one: Path, other: Path) -> dict[str, tuple[Any, Any]]:
    """The tables that do not hold the same rows in both."""
    left, right = rows(one), rows(other)
    return {
        name: (left.get(name), right.get(name))
        for name in sorted({*left, *right})
        if left.get(name) != right.get(name)
    }


def reopened_from(warehouse: Path, model: str) -> Any:
    """The first date that the newest run computed anew."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(
            f"select min(observed_on) from kept.{model} where is_open"
        ).fetchall()[0][0]


def change(warehouse: Path, *statements: str) -> None:
    """What happens to the shop's raw rows."""
    with connect(warehouse) as connection:
        for statement in statements:
            connection.execute(statement)


def fetch(warehouse: Path, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def _killed(folder: str, model: str, warehouse: str, *command: str) -> None:
    from dbt.cli.main import dbtRunner

    def kill(event: Any) -> None:
        said = event.data
        is_query = event.info.name == "SQLQuery" and said.node_info.node_name == model
        if is_query and "insert into" in said.sql:
            os.kill(os.getpid(), signal.SIGKILL)

    with _pointed_at(Path(warehouse)):
        Project(Path(folder))._invoke(dbtRunner(callbacks=[kill]), Path(warehouse), *command)


if __name__ == "__main__":
    _killed(*sys.argv[1:])
