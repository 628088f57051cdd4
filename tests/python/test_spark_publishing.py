"""What is served from Spark changes in one step, after the tests, or not at all. No Spark runs."""

import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lib.errors import UserError
from lib.publishing.loader import MappingLoader
from lib.spark import publish
from lib.spark.compare import compare_tables
from lib.spark.parquet import SparkLayout
from lib.spark.publish import run_on_spark

NOTHING_NEW = MappingLoader(())


@pytest.fixture
def layout(tmp_path: Path) -> SparkLayout:
    (tmp_path / "parquet").mkdir()
    return SparkLayout(tmp_path)


def build(monkeypatch: pytest.MonkeyPatch, rows: str, error: Exception | None = None) -> None:
    """Let the build leave these rows behind, and then pass or fail its tests."""

    def build_and_test(layout: SparkLayout, as_of: Any) -> str:
        for schema in ("intermediate", "marts", "catalogue"):
            table = layout.building / "tables" / f"{schema}.db" / "customer_segments"
            table.mkdir(parents=True)
            (table / "part-0.parquet").write_text(rows)
        if error:
            raise error
        return "2026-06-30"

    monkeypatch.setattr(publish, "build_and_test", build_and_test)


def served(layout: SparkLayout) -> str:
    return (layout.current / "marts" / "customer_segments" / "part-0.parquet").read_text()


def test_the_link_moves_when_the_tests_have_passed(
    layout: SparkLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rows in ("first", "second"):
        build(monkeypatch, rows)
        name = run_on_spark(layout, NOTHING_NEW)
        assert layout.served() == name
        assert served(layout) == rows
    assert sorted(path.name for path in layout.versions.iterdir()) == [
        "2026-06-30-1",
        "2026-06-30-2",
    ]


def test_only_marts_and_catalogue_are_served(
    layout: SparkLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(monkeypatch, "rows")
    run_on_spark(layout, NOTHING_NEW)
    assert sorted(path.name for path in layout.current.iterdir()) == [
        "catalogue",
        "manifest.json",
        "marts",
    ]


@pytest.mark.parametrize(
    "error", [UserError("a test failed"), KeyboardInterrupt(), OSError(28, "")]
)
def test_what_is_served_stays_when_anything_fails(
    layout: SparkLayout, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    build(monkeypatch, "good")
    name = run_on_spark(layout, NOTHING_NEW)
    build(monkeypatch, "bad", error)
    with pytest.raises(type(error)):
        run_on_spark(layout, NOTHING_NEW)
    assert layout.served() == name
    assert served(layout) == "good"
    assert not layout.building.exists()


def test_a_run_that_ends_before_the_link_moves_serves_the_old_version(
    layout: SparkLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(monkeypatch, "good")
    name = run_on_spark(layout, NOTHING_NEW)

    replace = os.replace

    def die(source: Any, target: Any) -> None:
        if target == layout.current:
            raise KeyboardInterrupt
        replace(source, target)

    build(monkeypatch, "new")
    with monkeypatch.context() as patched:
        patched.setattr(publish.os, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            run_on_spark(layout, NOTHING_NEW)
    assert layout.served() == name and served(layout) == "good"
    assert run_on_spark(layout, NOTHING_NEW) == layout.served() != name
    assert served(layout) == "new"


def test_old_versions_go_and_the_served_one_never(
    layout: SparkLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        build(monkeypatch, str(number))
        run_on_spark(layout, NOTHING_NEW, keep=2)
    assert len(list(layout.versions.iterdir())) == 2
    assert served(layout) == "3"


def test_without_raw_rows_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="name a --mapping to load"):
        run_on_spark(SparkLayout(tmp_path / "new"), NOTHING_NEW)


def test_mapped_files_become_folders_with_the_rows_that_duckdb_loads(tmp_path: Path) -> None:
    from load_raw import main

    (tmp_path / "orders.csv").write_text(
        "no,buyer,at,amount\n1,ann,2024-01-05 08:00:00,10.50\n2,bob,2024-01-06,abc\n2,bob,,\n"
    )
    (tmp_path / "mapping.yml").write_text(
        "tables:\n  orders:\n    file: orders.csv\n    columns:\n      order_id: no\n"
        "      customer_id: buyer\n      ordered_at: at\n      gross_amount: amount\n"
    )
    asked = ["--mapping", str(tmp_path / "mapping.yml"), "--folder", str(tmp_path)]
    asked += ["--loaded-on", "2024-02-01"]
    homes = {engine: tmp_path / engine / "state.duckdb" for engine in ("duckdb", "spark")}
    for engine, home in homes.items():
        home.parent.mkdir()
        done = CliRunner().invoke(
            main, [*asked, "--target", engine], env={"SEGMENTS_WAREHOUSE": str(home)}
        )
        assert done.exit_code == 0, done.output
    folders = (tmp_path / "spark" / "spark" / "parquet" / "raw").iterdir()
    files = {f"raw.{folder.name}": sorted(folder.glob("*.parquet")) for folder in folders}
    found = compare_tables(homes["duckdb"], files, sorted(files))
    assert [difference.told() for difference in found.differences] == []
    assert "raw.orders" in files and found.rows >= 3
