"""A warehouse that an older checkout built is built on by a newer one."""

import os
from pathlib import Path
from unittest.mock import patch

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from lib.warehouse import ROOT


def test_a_seed_that_gained_a_column_replaces_the_table_without_it(tmp_path: Path) -> None:
    warehouse = tmp_path / "state.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema catalogue")
        connection.execute("create table catalogue.move_kinds as select 'rise' as move_kind")
    with patch.dict(os.environ, SEGMENTS_WAREHOUSE=str(warehouse)):
        result = dbtRunner().invoke(
            [
                *("seed", "--select", "move_kinds", "--no-partial-parse"),
                *("--project-dir", str(ROOT), "--profiles-dir", str(ROOT / "profiles")),
                *("--target-path", str(tmp_path), "--log-path", str(tmp_path)),
            ]
        )
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    assert result.success, result.exception
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        columns = {row[0] for row in connection.execute("describe catalogue.move_kinds").fetchall()}
    header = (ROOT / "seeds/catalogue/move_kinds.csv").read_text(encoding="utf-8").splitlines()[0]
    assert columns == set(header.split(","))
