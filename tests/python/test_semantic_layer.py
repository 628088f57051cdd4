"""MetricFlow gives the numbers of the marts. In an environment of its own: make test-semantic."""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sample_run import ROOT

pytestmark = pytest.mark.semantic
BIN = Path(sys.executable).parent
Query = Callable[..., list[tuple[str, ...]]]


@pytest.fixture(scope="module")
def state(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built warehouse of the sample shop, in a copy."""
    copy = tmp_path_factory.mktemp("semantic") / "state.duckdb"
    shutil.copyfile(published / "warehouse" / "state.duckdb", copy)
    return copy


@pytest.fixture(scope="module")
def query(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Query:
    """Asks `mf query` from the repository's root, as a person does; gives the rows as text."""
    environment = os.environ | {
        "DBT_PROFILES_DIR": str(ROOT / "profiles"),
        "SEGMENTS_WAREHOUSE": str(state),
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    }

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [BIN / program, *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def ask(*arguments: str) -> list[tuple[str, ...]]:
        answer = tmp_path_factory.mktemp("answer") / "answer.csv"
        run("mf", "query", *arguments, "--csv", str(answer))
        with answer.open(encoding="utf-8", newline="") as file:
            return [tuple(row) for row in list(csv.reader(file))[1:]]

    run("dbt", "parse")
    return ask


def sql(state: Path, text: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(state), read_only=True) as connection:
        return connection.execute(text).fetchall()


def same(found: list[tuple[str, ...]], expected: list[tuple[Any, ...]]) -> None:
    """Equal keys, numbers equal to nine digits."""
    assert len(found) == len(expected) > 0
    for row, wanted in zip(found, expected, strict=True):
        for cell, value in zip(row, wanted, strict=True):
            if isinstance(value, str):
                assert cell == value
            elif value is None:
                assert cell == ""
            else:
                assert float(cell) == pytest.approx(float(value), rel=1e-9)


def test_segments_bring_what_the_marts_say(query: Query, state: Path) -> None:
    found = query(
        *("--metrics", "customers,net_revenue_365d,average_order_value"),
        *("--group-by", "customer__segment", "--order", "customer__segment"),
    )
    # A segment without an order has no average: MetricFlow leaves the cell empty.
    same(
        [row for row in found if all(row)],
        sql(
            state,
            "select segment, count(*), sum(net_revenue_365d),"
            " sum(net_revenue_365d) / sum(orders_365d)"
            " from marts.customer_segments group by segment having sum(orders_365d) > 0"
            " order by segment",
        ),
    )


def test_rates_and_lifetime_value_are_those_of_the_marts(query: Query, state: Path) -> None:
    same(
        query("--metrics", "repeat_rate,churn_rate,mean_clv_12m"),
        sql(
            state,
            "select (select avg(cast(orders >= 2 as int)) from marts.customer_segments"
            " where orders > 0), (select avg(cast(activity_status = 'churned' as int))"
            " from marts.customer_segments where orders > 0),"
            " (select avg(clv_12m) from marts.customer_churn_risk)",
        ),
    )


def test_sizes_are_not_added_over_dates_and_revenue_is(query: Query, state: Path) -> None:
    found = query(
        *("--metrics", "customers_then,net_revenue_in_month"),
        *("--group-by", "metric_time__year", "--order", "metric_time__year"),
    )
    expected = sql(
        state,
        """
        select
            (
                select sum(customers)
                from marts.segment_summary as newest
                where newest.observed_on = max(summary.observed_on)
            ),
            sum(net_revenue_in_month)
        from marts.segment_summary as summary
        group by year(observed_on)
        order by year(observed_on)
        """,
    )
    same([row[1:] for row in found], expected)


def test_retention_and_acquisition_are_those_of_the_marts(query: Query, state: Path) -> None:
    same(
        query(
            *("--metrics", "retention", "--group-by", "cohort__months_since_first_order"),
            *("--where", "{{ Dimension('cohort__months_since_first_order') }} = 1"),
        ),
        sql(
            state,
            "select 1, sum(customers_buying) / sum(customers) from marts.cohort_retention"
            " where months_since_first_order = 1",
        ),
    )
    same(
        query(
            *("--metrics", "customers_acquired"),
            *("--group-by", "acquisition_month__acquisition_channel"),
            *("--order", "acquisition_month__acquisition_channel"),
        ),
        sql(
            state,
            "select acquisition_channel, sum(customers_acquired) from marts.acquisition_costs"
            " group by 1 order by 1",
        ),
    )


# The same as each saved query, asked of the marts; columns in MetricFlow's order.
SAVED = {
    "who_are_our_customers": (
        "select segment, segment_label_zh, count(*), sum(net_revenue_365d)"
        " from marts.customer_segments group by all"
    ),
    "who_are_our_best_customers": (
        "select customer_id, segment, rfm_group, net_revenue_365d, orders_365d"
        " from marts.customer_segments where value_tier = 'vip'"
    ),
    "whom_are_we_about_to_lose": (
        "select customer_id, segment, value_tier, net_revenue_365d, churn_probability"
        " from marts.customer_segments where segment = 'high_value_at_risk'"
    ),
    "which_rows_do_not_count": (
        "select raw_table, reject_reasons, count(*) from marts.rejected_rows group by all"
    ),
    "does_what_we_do_work": (
        "select segment, coalesce(verdict, ''), conversion_lift from marts.segment_scorecard"
    ),
    "what_would_others_call_them": (
        "select preset, category, count(*) from marts.preset_comparison group by all"
    ),
    "where_would_our_numbers_put_thresholds": (
        "select dimension, category, bound_in_force, suggested_bound from marts.threshold_advice"
    ),
    "are_the_segments_still_good": (
        "select segment, cast(is_distinct as varchar), cast(is_stable as varchar),"
        " cast(is_served as varchar), customers, distance_to_nearest, stayed_share"
        " from marts.segment_scorecard"
    ),
}


@pytest.mark.parametrize("name", SAVED)
def test_a_saved_query_answers_a_question_of_the_readme(
    name: str, query: Query, state: Path
) -> None:
    found = [tuple(cell.lower() for cell in row) for row in query("--saved-query", name)]
    asked = [
        tuple(cell.lower() if isinstance(cell, str) else cell for cell in row)
        for row in sql(state, SAVED[name])
    ]
    texts = sum(isinstance(cell, str) for cell in asked[0])
    same(sorted(found, key=lambda row: row[:texts]), sorted(asked, key=lambda row: row[:texts]))
