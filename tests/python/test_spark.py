"""The same project on Apache Spark: `make test-spark`. One Spark for all but the cluster."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import pytest
from click.testing import CliRunner

from engines import (
    SMALL,
    SPELLINGS,
    forget_every_table,
    messy_shop,
    standalone_cluster,
    store_as_text,
    values_on_duckdb,
    values_on_spark,
)
from lib.spark.build import SparkBuild
from lib.spark.parity import (
    WITHOUT_TESTS,
    Shop,
    build_on_duckdb,
    build_on_spark,
    compare_builds,
)
from lib.spark.parquet import export_schemas
from lib.warehouse import connect
from test_portability import rendering

pytestmark = pytest.mark.spark

LOADED_ON = date(2026, 7, 1)


@pytest.fixture(scope="module", autouse=True)
def small_spark() -> Iterator[None]:
    from lib.spark.session import check_spark_is_installed, stop_session

    check_spark_is_installed()
    with patch.dict(os.environ, SMALL):
        yield
        stop_session()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    from generate_sample_data import main

    folder = tmp_path_factory.mktemp("shop") / "sample"
    made = CliRunner().invoke(main, ["--customers", "1000", "--out", str(folder)])
    assert made.exit_code == 0, made.output
    return Shop((folder / "mapping.yml",), folder, LOADED_ON)


@pytest.fixture(scope="module")
def state(sample: Shop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_on_duckdb(sample, tmp_path_factory.mktemp("duckdb"))


@pytest.fixture(scope="module")
def on_spark(sample: Shop, state: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return build_on_spark(sample, state, tmp_path_factory.mktemp("spark"), with_tests=True)


def test_every_model_seed_test_and_unit_test_runs_and_passes(on_spark: Any) -> None:
    """build() raises for one that fails; none may be left out either."""
    wanted = Counter(
        node.resource_type
        for node in (*on_spark.manifest.nodes.values(), *on_spark.manifest.unit_tests.values())
    )
    ran = Counter(kind for kind, status in on_spark.ran if status in ("success", "pass"))
    assert {kind: ran[kind] for kind in wanted} == dict(wanted)
    assert wanted["model"] > 100 and wanted["unit_test"] > 50


def test_the_sample_is_the_same_row_for_row(state: Path, on_spark: Any, tmp_path: Path) -> None:
    found = compare_builds(state, on_spark, tmp_path)
    assert [difference.told() for difference in found.differences] == []
    assert found.tables > 100 and found.rows > 100_000


def test_text_is_read_alike(tmp_path: Path) -> None:
    from lib.spark.session import current_session

    SparkBuild(tmp_path, tmp_path).start()
    for name in ("utc_timestamp", "business_date", "blank_to_null", "trim_spaces", "json_escaped"):
        ours = values_on_duckdb(rendering("duckdb")[name]("value"))
        theirs = values_on_spark(current_session(), rendering("spark")[name]("value"))
        by_text = [dict(zip(SPELLINGS, values, strict=True)) for values in (ours, theirs)]
        assert by_text[0] == by_text[1], name


def test_a_shop_with_everything_wrong_is_the_same_row_for_row(tmp_path: Path) -> None:
    forget_every_table()
    store_as_text(messy_shop(), tmp_path / "state.duckdb")
    shop = Shop((), as_of=date(2024, 6, 30))
    state = build_on_duckdb(shop, tmp_path)
    build = build_on_spark(shop, state, tmp_path, with_tests=False)
    found = compare_builds(state, build, tmp_path / "compared")
    assert [difference.told() for difference in found.differences] == []
    with duckdb.connect(str(state), read_only=True) as connection:
        rejected = connection.execute("select count(*) from marts.rejected_rows").fetchone()
    assert rejected and rejected[0] > len(SPELLINGS)


def test_a_killed_worker_changes_nothing(sample: Shop, state: Path, tmp_path: Path) -> None:
    """Of two workers one dies in the middle, with all it holds; the other does it again."""
    from lib.spark.session import current_session, stop_session

    stop_session()
    with connect(state, read_only=True) as connection:
        export_schemas(connection, tmp_path / "parquet", ("raw",))
    killed: list[str] = []
    with standalone_cluster(tmp_path) as cluster:

        def kill_in_the_middle(event: Any) -> None:
            if event.info.name == "LogModelResult" and "int_customer_days" in event.info.msg:
                killed.append(event.info.msg)
                cluster.kill_a_worker()

        build = SparkBuild(tmp_path / "spark", tmp_path / "parquet", callbacks=[kill_in_the_middle])
        to_cluster = {"SPARK_MASTER_URL": cluster.url, "SPARK_EXECUTOR_MEMORY": "512m"}
        with patch.dict(os.environ, to_cluster):
            build.build("--select", "+customer_lifecycle", *WITHOUT_TESTS)
            assert current_session().sparkContext.master == cluster.url
            built = {"marts.customer_lifecycle", "intermediate.int_customers_observed"}
            found = compare_builds(state, build, tmp_path / "compared", tables=built)
            stop_session()
        assert len(killed) == 1
        assert [worker.poll() is None for worker in cluster.workers] == [True, False]
    assert [difference.told() for difference in found.differences] == []
    assert found.tables == 2 and found.rows > 10_000
