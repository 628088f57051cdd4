"""The benchmark runs on a tiny shop, and what it compares gives the same answers. No time is
looked at: machines differ."""

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from benchmark import PEERS, main
from lib.benchmark.agreement import check_table
from lib.benchmark.peers import COLUMNS
from lib.benchmark.run import Bench
from lib.benchmark.shop import SIZES
from lib.benchmark.variants import VARIANTS
from lib.errors import UserError


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("benchmark")
    places = ["--out", str(out), "--folder", str(out / "not" / "there yet")]
    arguments = ["--size", "XS", "--variant", "today", "--repeats", "1", *places]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert result.output.count("1,000 customers, the same answers") == len(PEERS) - 1
    assert "goal 3" in result.output
    return out


def test_every_tool_gives_the_same_table_and_every_model_is_accounted_for(results: Path) -> None:
    written = json.loads((results / "benchmark.json").read_text(encoding="utf-8"))
    (size,) = written["sizes"]
    assert (size["customers"], size["orders"]) == (1000, 10_000)
    assert set(size["same_table"]) == {"this project", *PEERS}
    (today,) = size["variants"]
    assert today["cpu_seconds"]["least"] > 0
    assert "int_customers_observed" in today["bare_scans_by_model"]
    assert "<svg" in (results / "benchmark.svg").read_text(encoding="utf-8")


def test_a_day_is_measured_by_dbt_against_the_full_build(tmp_path: Path) -> None:
    arguments = ["--size", "XS", "--variant", "full_build", "--variant", "day", "--no-peers"]
    result = CliRunner().invoke(main, [*arguments, "--repeats", "1", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "of full_build, goal 0.1" in result.output
    written = json.loads((tmp_path / "benchmark.json").read_text(encoding="utf-8"))
    full, day = written["sizes"][0]["variants"]
    assert day["share"]["median"] > 0
    for each in (full, day):
        assert {"base_orders", "customer_segment_history"} <= set(each["bare_scans_by_model"])


def test_a_day_that_kept_nothing_is_no_fault_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, done in {"bring_newest_back": None, "run_dbt": [], "kept_dates": 0}.items():
        monkeypatch.setattr(f"lib.benchmark.run.{name}", lambda *_, done=done: done)
    bench = Bench(None, SIZES["XS"], tmp_path, None, print)
    day = next(variant for variant in VARIANTS if variant.name == "day")
    with pytest.raises(RuntimeError, match="kept nothing"):
        bench.measure(day)


def test_one_wrong_value_is_found(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.parquet", tmp_path / "theirs.parquet"
    row = ", ".join(
        f"date '2026-01-01' as {name}" if name.endswith("_on")
        else f"{number / 100} as {name}" if number else "'c1' as customer_id"
        for number, name in enumerate(COLUMNS)
    )  # fmt: skip
    duckdb.execute(f"copy (select {row}) to '{ours}'")
    assert check_table(ours, ours) == 1
    for name in COLUMNS:
        changed = "date '2026-01-02'" if name.endswith("_on") else "'9'"
        changed = changed if name == "customer_id" or name.endswith("_on") else "9.0"
        duckdb.execute(f"copy (select * replace ({changed} as {name}) from '{ours}') to '{theirs}'")
        with pytest.raises(UserError, match=f"{name} of "):
            check_table(ours, theirs)


def test_a_variant_on_top_of_another_asks_for_it_too() -> None:
    result = CliRunner().invoke(main, ["--variant", "value", "--no-peers"])
    assert isinstance(result.exception, UserError)
    assert "today" in str(result.exception)
