"""The comparison of two engines sees what differs, and only that; no Spark runs."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from lib.errors import UserError
from lib.spark.compare import compare_tables
from lib.spark.parity import Shop, check_models_exist, relations_read_by
from lib.warehouse import ROOT

ROWS = "select * from (values ('a', 1, 0.1), ('b', 2, 0.2)) as v (name, number, share)"


def told(tmp_path: Path, theirs: str, ours: str = ROWS) -> list[str]:
    """What is said of a table that DuckDB has by one query and Spark by another."""
    typed = "select name, number, cast(share as double) as share"
    with duckdb.connect(str(tmp_path / "state.duckdb")) as connection:
        connection.execute(f"create table things as {typed} from ({ours})")
        connection.execute(f"copy ({typed} from ({theirs})) to '{tmp_path}/rows.parquet'")
    files = {"main.things": [tmp_path / "rows.parquet"]}
    found = compare_tables(tmp_path / "state.duckdb", files, ["main.things"])
    assert (found.tables, found.rows, found.values) == (1, 2, 6)
    return [difference.what for difference in found.differences]


def test_equal_rows_in_another_order_are_equal(tmp_path: Path) -> None:
    assert told(tmp_path, f"{ROWS} order by number desc") == []


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ("'c'", ["only on DuckDB (by name)", "only on Spark"]),
        ("null", ["only on DuckDB (by name)", "only on Spark"]),
    ],
)
def test_another_code_is_a_difference(tmp_path: Path, changed: str, what: list[str]) -> None:
    assert told(tmp_path, ROWS.replace("'b'", changed)) == what


def test_a_row_twice_is_a_difference(tmp_path: Path) -> None:
    assert told(tmp_path, f"{ROWS} union all select 'b', 2, 0.2") == ["only on Spark"]


def test_floating_point_values_may_lie_a_billionth_apart(tmp_path: Path) -> None:
    assert told(tmp_path, ROWS.replace("0.2)", "0.2000000001)")) == []


def test_floating_point_values_further_apart_are_a_difference(tmp_path: Path) -> None:
    assert told(tmp_path, ROWS.replace("0.2)", "0.200000001)")) == ["share lies apart"]


def test_another_type_is_a_difference(tmp_path: Path) -> None:
    theirs = ROWS.replace("select *", "select name, cast(number as decimal(9, 1)) as number, share")
    assert told(tmp_path, theirs) == ["number is integer on DuckDB and decimal on Spark"]


def test_of_chosen_models_all_they_read_and_the_ledger_is_compared() -> None:
    relations = {
        f"main.{name}": SimpleNamespace(name=name, unique_id=f"model.{name}")
        for name in ("orders", "int_customers_observed", "tiers", "report", "other")
    }
    parents = {
        "model.report": ["model.tiers"],
        "model.tiers": ["model.int_customers_observed", "source.raw"],
        "model.int_customers_observed": ["model.orders"],
        "model.other": ["model.orders"],
    }
    read = {"main.orders", "main.int_customers_observed"}
    assert relations_read_by(["int_customers_observed"], relations, parents) == read
    assert relations_read_by(["tiers"], relations, parents) == {*read, "main.tiers"}
    assert "main.other" not in relations_read_by(["report"], relations, parents)


def test_a_model_that_is_not_there_is_named_with_the_nearest_one() -> None:
    check_models_exist(["customer_segments"])
    with pytest.raises(UserError, match=r"customer_segment: .* did you mean customer_segments\?"):
        check_models_exist(["customer_segments", "customer_segment"])


def test_a_chosen_model_is_not_taken_for_the_project_of_its_name() -> None:
    command = ["ls", "--resource-type", "model", "--output", "name", "--quiet"]
    _, (_, answers) = Shop((), models=("customer_segments",)).steps
    named = subprocess.run(
        [Path(sys.executable).with_name("dbt"), *command, *answers],
        cwd=ROOT,
        env={**os.environ, "DBT_PROFILES_DIR": "profiles"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert {"customer_segments", "int_segments_composed"} <= {*named}
    assert not {"segment_summary", "churn_backtest", "int_customers_observed"} & {*named}


def test_today_only_is_a_clock_of_one_date() -> None:
    assert Shop((), today_only=True).variables == {"clock": "as_of"}
    assert Shop(()).variables == {}
