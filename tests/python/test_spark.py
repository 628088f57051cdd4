"""The same project on Apache Spark: `make test-spark`.

Two shops, one Spark each. The sample is what `make spark-build` runs: load, build with every test,
fit, publish, in one process. A shop with everything wrong with it is built by hand on a cluster of
two workers, of which one dies: half through Spark Connect, half through Thrift, with no test of
dbt's, for all of its rows are compared.
"""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
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
    Doors,
    messy_shop,
    standalone_cluster,
    store_as_text,
    values_on_duckdb,
    values_on_spark,
)
from lib.errors import UserError
from lib.spark.build import SparkBuild
from lib.spark.compare import Comparison, compare_tables
from lib.spark.parity import Shop, build_on_duckdb, compare_builds
from lib.spark.parquet import SparkLayout, write_parquet
from test_portability import rendering

pytestmark = pytest.mark.spark

LOADED_ON = date(2026, 7, 1)
AS_OF = date(2024, 6, 30)


@pytest.fixture(scope="module", autouse=True)
def small_spark() -> Iterator[None]:
    from lib.spark.session import check_spark_is_installed, stop_session

    check_spark_is_installed()
    with patch.dict(os.environ, SMALL):
        yield
        stop_session()


@dataclass
class Published:
    """What the run on Spark said and left, and what it had built when its tests had passed."""

    folder: Path
    state: Path
    screen: str
    build: SparkBuild
    found: Comparison


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    from generate_sample_data import main
    from lib.spark import publish
    from run_pipeline import main as run

    folder = tmp_path_factory.mktemp("sample")
    made = CliRunner().invoke(main, ["--customers", "1000", "--out", str(folder / "shop")])
    assert made.exit_code == 0, made.output
    mapping = folder / "shop" / "mapping.yml"
    state = build_on_duckdb(Shop((mapping,), folder / "shop", LOADED_ON), folder)
    builds: list[SparkBuild] = []
    found: list[Comparison] = []

    def new_build(*arguments: Any) -> SparkBuild:
        builds.append(SparkBuild(*arguments))
        return builds[-1]

    def compare_and_publish(*arguments: Any) -> str:
        found.append(compare_builds(state, builds[0], folder / "compared"))
        return publish_version(*arguments)

    publish_version = publish.publish
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(publish, "SparkBuild", new_build)
        patched.setattr(publish, "publish", compare_and_publish)
        asked = ["--target", "spark", "--warehouse-dir", str(folder / "warehouse")]
        asked += ["--mapping", str(mapping), "--folder", str(mapping.parent)]
        ended = CliRunner().invoke(run, [*asked, "--loaded-on", LOADED_ON.isoformat()])
    assert ended.exit_code == 0, f"{ended.output}\n{ended.exception!r}"
    return Published(folder / "warehouse" / "spark", state, ended.output, builds[0], found[0])


def test_every_model_seed_test_and_unit_test_runs_and_passes(published: Published) -> None:
    """build() raises for one that fails; none may be left out either."""
    manifest = published.build.manifest
    wanted = Counter(
        node.resource_type for node in (*manifest.nodes.values(), *manifest.unit_tests.values())
    )
    wanted["operation"] *= 2  # the project's hooks run in each of the two builds
    ran = Counter(kind for kind, status in published.build.ran if status in ("success", "pass"))
    assert {kind: ran[kind] for kind in wanted} == dict(wanted)
    assert wanted["model"] > 100 and wanted["unit_test"] > 50


def test_the_sample_is_the_same_row_for_row(published: Published) -> None:
    assert [difference.told() for difference in published.found.differences] == []
    assert published.found.tables > 100 and published.found.rows > 100_000


def test_what_is_served_is_what_was_tested(published: Published) -> None:
    served = published.folder / "current"
    assert f"published {served.resolve().name}" in published.screen
    files = {
        f"{table.parent.name}.{table.name}": sorted(table.glob("*.parquet"))
        for schema in ("marts", "catalogue")
        for table in (served / schema).iterdir()
    }
    found = compare_tables(published.state, files, sorted(files))
    assert [difference.told() for difference in found.differences] == []
    assert "marts.customer_segments" in files and found.tables > 50
    assert not (published.folder / "building").exists()


def test_a_cluster_that_loses_a_worker_builds_the_same_through_every_door(tmp_path: Path) -> None:
    """Loaded, built, fitted and built by hand, as on a cluster that people have."""
    from fit_churn_model import fit_churn_model
    from lib.spark.session import current_session, stop_session

    layout = SparkLayout(tmp_path / "warehouse" / "spark")
    store_as_text(messy_shop(), layout.root / "state.duckdb")
    write_parquet(layout.state, layout.parquet)
    (tmp_path / "duckdb").mkdir()
    shutil.copy(layout.state, tmp_path / "duckdb" / "state.duckdb")
    state = build_on_duckdb(Shop((), as_of=AS_OF), tmp_path / "duckdb")
    variables = {"as_of_date": AS_OF.isoformat()}
    build = SparkBuild(tmp_path / "spark", layout.parquet, variables)
    doors = Doors.chosen(tmp_path, layout.parquet, variables)
    killed: list[str] = []
    with standalone_cluster(tmp_path) as cluster, patch.dict(os.environ, doors.environment):

        def kill_in_the_middle(line: str) -> None:
            if "OK created" in line and "int_customer_days" in line:
                killed.append(line)
                cluster.kill_a_worker()

        with patch.dict(os.environ, {"SPARK_MASTER_URL": cluster.url}):
            build.start()
        assert current_session().sparkContext.master == cluster.url
        doors.open_thrift(current_session())
        text_is_read_alike(current_session())
        doors.dbt("spark_connect", "--select", "+int_customers_observed", told=kill_in_the_middle)
        home = {"SEGMENTS_WAREHOUSE": str(tmp_path / "warehouse" / "state.duckdb")}
        asked = ["--target", "spark", "--as-of", AS_OF.isoformat()]
        fitted = CliRunner().invoke(fit_churn_model, asked, env=home)
        assert fitted.exit_code == 0, f"{fitted.output}\n{fitted.exception!r}"
        doors.dbt("spark_thrift", "--exclude", "+int_customers_observed")
        found = compare_builds(state, build, tmp_path / "compared")
        assert [difference.told() for difference in found.differences] == []
        assert found.tables > 100 and found.rows > 10_000
        with duckdb.connect(str(state), read_only=True) as connection:
            rejected = connection.execute("select count(*) from marts.rejected_rows").fetchone()
        assert rejected and rejected[0] > len(SPELLINGS)
        assert len(killed) == 1
        assert [worker.poll() is None for worker in cluster.workers] == [True, False]

        twice = "insert into marts.customer_lifecycle select * from marts.customer_lifecycle"
        current_session().sql(f"{twice} limit 1")
        with pytest.raises(UserError, match="one_row_per_customer_lifecycle_customer_id"):
            build.build("--select", "one_row_per_customer_lifecycle_customer_id")
        stop_session()


def text_is_read_alike(session: Any) -> None:
    for name in ("utc_timestamp", "business_date", "blank_to_null", "trim_spaces", "json_escaped"):
        ours = values_on_duckdb(rendering("duckdb")[name]("value"))
        theirs = values_on_spark(session, rendering("spark")[name]("value"))
        by_text = [dict(zip(SPELLINGS, values, strict=True)) for values in (ours, theirs)]
        assert by_text[0] == by_text[1], name
