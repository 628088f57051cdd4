"""The main command, from the sample shop to the served file, and what the README says of it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from sample_run import publish_sample, run_script

ROOT = Path(__file__).resolve().parents[2]

# The interface others rely on: names may be added, never changed.
INTERFACE = {
    "customer_segments": (
        "customer_id observed_on lifecycle_stage activity_status value_tier purchase_frequency "
        "rfm_group recency_score frequency_score monetary_score churn_probability churn_risk "
        "segment lifecycle_stage_label_en lifecycle_stage_label_zh activity_status_label_en "
        "activity_status_label_zh value_tier_label_en value_tier_label_zh "
        "purchase_frequency_label_en purchase_frequency_label_zh rfm_group_label_en "
        "rfm_group_label_zh churn_risk_label_en churn_risk_label_zh segment_label_en "
        "segment_label_zh"
    ),
    "customer_lifecycle": "customer_id lifecycle_stage activity_status",
    "customer_value_tiers": "customer_id value_tier",
    "customer_churn_risk": "customer_id churn_probability expected_orders_90d clv_12m p_alive",
    "customer_rfm": "customer_id rfm_group recency_score frequency_score monetary_score",
    "customer_segment_memberships": "customer_id dimension category since",
    "customer_profiles": "customer_id segment need satisfaction orders events_90d scores_365d",
    "segment_category_affinity": "segment product_category lift support_share",
    "rejected_rows": "raw_table source_name reject_reasons raw_row",
    "load_reconciliation": "raw_table rows_read rows_accepted rows_rejected is_reconciled",
}


@pytest.fixture(scope="module")
def served(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    path = warehouse / "current" / "segments.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def test_the_served_file_holds_marts_and_catalogue_as_tables_and_its_own_name(
    served: duckdb.DuckDBPyConnection,
) -> None:
    found = served.execute(
        "select distinct table_schema, table_type from information_schema.tables"
    ).fetchall()
    assert sorted(found) == [
        ("catalogue", "BASE TABLE"),
        ("marts", "BASE TABLE"),
        ("publication", "BASE TABLE"),  # which version this is
    ]


@pytest.mark.parametrize("table", INTERFACE)
def test_the_interface_holds(table: str, served: duckdb.DuckDBPyConnection) -> None:
    columns = {name for name, *_ in served.execute(f"describe marts.{table}").fetchall()}
    assert set(INTERFACE[table].split()) - columns == set()


def test_every_mart_has_the_columns_of_its_contract_in_their_order(
    served: duckdb.DuckDBPyConnection,
) -> None:
    """Views too: dbt puts in order only what it builds as a table."""
    for path in sorted((ROOT / "models" / "marts").rglob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            found = served.execute(
                "select column_name from duckdb_columns()"
                " where schema_name = 'marts' and table_name = ? order by column_index",
                [model["name"]],
            ).fetchall()
            columns = [column["name"] for column in model["columns"]]
            assert not found or [name for (name,) in found] == columns, model["name"]


def test_dbts_documentation_is_sealed_and_names_no_folder_of_ours(warehouse: Path) -> None:
    docs = (warehouse / "current" / "docs.html").read_text(encoding="utf-8")
    assert "One clock, one ledger, many answers, one name." in docs
    assert "customer_segments" in docs and str(ROOT) not in docs


def test_every_node_of_the_run_passed(warehouse: Path) -> None:
    record: dict[str, Any] = json.loads((warehouse / "last_run.json").read_text())
    assert record["outcome"] == "published"
    assert record["warnings"] == record["findings"] == []
    assert {kind.split()[-1] for kind in record["dbt"]} == {"success", "pass"}


def test_every_unit_test_passes_and_none_vanished(warehouse: Path, tmp_path: Path) -> None:
    """They need the tables of a build for their columns' types, but none of its rows."""
    shutil.copy(warehouse / "state.duckdb", tmp_path / "state.duckdb")
    dbt = Path(sys.executable).with_name("dbt")
    folders = ["--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path / "logs")]
    done = subprocess.run(
        [dbt, "test", "--select", "test_type:unit", "--profiles-dir", "profiles", *folders],
        cwd=ROOT,
        env={**os.environ, "SEGMENTS_WAREHOUSE": str(tmp_path / "state.duckdb")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    results = json.loads((tmp_path / "target" / "run_results.json").read_text())["results"]
    tests = [result for result in results if result["unique_id"].startswith("unit_test.")]
    passed = [result for result in tests if result["status"] == "pass"]
    written = sum(
        path.read_text(encoding="utf-8").count("\n  - name: ")
        for path in (ROOT / "tests" / "unit").rglob("*.yml")
    )
    assert len(passed) == len(tests) == written > 40


def test_the_same_files_again_publish_nothing_new(published: Path) -> None:
    warehouse = published / "warehouse"
    before = (warehouse / "current").resolve()
    again = publish_sample(published / "sample", warehouse)
    assert again.returncode == 0, again.stderr
    assert (warehouse / "current").resolve() == before


def test_no_contact_data_reaches_the_served_file(
    published: Path, served: duckdb.DuckDBPyConnection
) -> None:
    with duckdb.connect() as raw:
        people = raw.execute(
            f"select email, phone, name from '{published}/sample/customers.parquet'"
            " where email is not null"
        ).fetchmany(400)
    private = {value.strip().lower() for row in people for value in row if value}
    for schema, table in served.execute(
        "select table_schema, table_name from information_schema.tables"
    ).fetchall():
        for row in served.execute(f"select * from {schema}.{table}").fetchall():
            shared = private & {str(value).strip().lower() for value in row}
            assert not shared, f"{schema}.{table} holds {shared}"


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_shows_what_its_queries_give(readme: str, warehouse: Path) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    shown = re.findall(r"```sql\n(select[^`]*)```\n\n```text\n([^`]*)```", text, flags=re.S)
    assert len(shown) == 10
    for number, (query, answer) in enumerate(shown, start=1):
        direct = run_script("query.py", "--warehouse-dir", str(warehouse), query)
        assert direct.stdout.strip() == answer.strip(), direct.stderr
        if number <= 9:  # the tenth, of a past day, is no question with a number
            asked = run_script("query.py", "--warehouse-dir", str(warehouse), str(number))
            assert asked.returncode == 0, asked.stderr
            assert asked.stdout.strip() == answer.strip()


def test_the_true_lift_of_the_sample_is_within_its_interval(
    served: duckdb.DuckDBPyConnection, published: Path
) -> None:
    """Campaigns of the sample win orders with a known probability: the estimates must hold it.

    Pooled, every kind of campaign; one by one, at least 8 of 10 (95 % each).
    """
    truth = f"'{published}/sample/truth/campaigns.parquet'"
    campaigns = served.execute(
        f"""select segment, treated_customers, true_uplift, verdict,
            true_uplift between conversion_lift_lower and conversion_lift_upper as is_held
        from marts.campaign_lift join {truth} as truth using (campaign_id)"""
    ).fetchall()
    assert len(campaigns) == 10
    assert sum(is_held for *_, is_held in campaigns) >= 8
    pooled = served.execute(
        """select segment, conversion_lift_lower, conversion_lift_upper, verdict
        from marts.playbook_lift"""
    ).fetchall()
    assert {segment for segment, *_ in pooled} == {"at_risk", "dormant", "churned"}
    for segment, lower, upper, verdict in pooled:
        of_segment = [(n, uplift) for s, n, uplift, *_ in campaigns if s == segment]
        true = sum(n * uplift for n, uplift in of_segment) / sum(n for n, _ in of_segment)
        assert lower <= true <= upper, segment
        assert verdict == "worked", segment
