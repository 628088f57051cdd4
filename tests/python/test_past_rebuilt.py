"""A past date says what it said: built again with today's rows and today's parameters in the
warehouse, or built on that day, when neither was there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from lib.churn.fitting import fit_connected
from lib.sample.plan import Plan
from lib.sample_shop import write_sample
from lib.warehouse import raw_tables
from shop.engine import empty_warehouse
from shop.project import Model, compile_project

TODAY, PAST = date(2026, 6, 30), date(2025, 12, 31)
PARAMETERS = ("churn_model_fits", "churn_corrections", "churn_correction_coefficients")
# The day on which a row of the raw tables came about, where it has one.
HAPPENED = {
    "orders": "ordered_at", "refunds": "refunded_at", "events": "occurred_at",
    "feedback": "given_at", "surveys": "answered_at", "tickets": "opened_at",
    "campaign_members": "contacted_at", "exchange_rates": "rate_on",
}  # fmt: skip
# What is known of every date, and what only of the newest.
HISTORY = {
    "int_customers_observed": {"is_as_of"},
    "int_lifecycle_staged": set(),
    "int_activity_classified": set(),
    "int_frequency_banded": set(),
    "int_rfm_grouped": set(),
    "int_value_tiered": set(),
    "int_churn_parameters_in_force": {"is_as_of"},
    "int_churn_corrections_in_force": set(),
    "int_churn_corrections_scored": set(),
    "int_churn_risk_scored": set(),
    "int_customer_value_predicted": {"expected_orders_90d", "expected_orders_180d", "clv_12m"},
    "int_value_potential_projected": set(),
    "int_segments_composed": set(),
}  # fmt: skip
TODAYS = (
    "customer_segments", "customer_lifecycle", "customer_value_tiers", "customer_churn_risk",
    "customer_rfm", "churn_backtest", "churn_calibration", "churn_corrections",
    "segment_summary",
)  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("past") / "sample"
    write_sample(Plan(customers=1_400, through=TODAY, out=folder))
    return folder


def load(connection: duckdb.DuckDBPyConnection, sample: Path, known_by: date | None) -> None:
    """The sample's rows; up to a day, what had not happened by then is not known."""
    for name in raw_tables():
        happened = HAPPENED.get(name)
        later = (
            f"cast({happened} as date) > date '{known_by}'" if known_by and happened else "false"
        )
        changed = ""
        if name == "orders" and known_by:
            late = f"cast(cancelled_at as date) > date '{known_by}'"
            changed = f"""replace (
                case when {late} then null else cancelled_at end as cancelled_at,
                case when {late} or order_id in (
                        select order_id from '{sample}/refunds.parquet'
                        where cast(refunded_at as date) > date '{known_by}'
                    ) and status in ('refunded', '已退款')
                    then 'completed' else status end as status
            )"""
        connection.execute(f"""
            insert into raw.{name} by name
            select * {changed}, 'load-1' as load_id, row_number() over () as source_line,
                date '{TODAY + timedelta(days=1)}' as loaded_on
            from '{sample}/{name}.parquet'
            where not coalesce({later}, false)
        """)


@contextmanager
def built(
    sample: Path, as_of: date, *, known_by: date | None = None, parameters: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """All that is compared, as of a day, fitted in between; `parameters` were there before."""
    connection = empty_warehouse(as_text=False)
    load(connection, sample, known_by)
    if parameters:
        for name in PARAMETERS:
            connection.execute(
                f"insert into parameters.{name} by name"
                f" from '{parameters}/parameters.{name}.parquet'"
            )
    models = compile_project(as_of=str(as_of))
    ledger = ancestors(models, "int_customers_observed")
    answers = ancestors(models, *HISTORY, *TODAYS) - ledger
    create(connection, [models[name] for name in models if name in ledger])
    fit_connected(connection, as_of=as_of)
    create(connection, [models[name] for name in models if name in answers])
    yield connection


def ancestors(models: dict[str, Model], *names: str) -> set[str]:
    """The models named and all they are made from."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(models[name].parents)
    return found


def create(connection: duckdb.DuckDBPyConnection, models: list[Model]) -> None:
    for model in models:
        if model.relation:  # an ephemeral model stands in the SQL of those that read it
            connection.execute(f"create schema if not exists {model.schema}")
            connection.execute(f"create table {model.relation} as {model.sql}")


def export(connection: duckdb.DuckDBPyConnection, folder: Path) -> Path:
    folder.mkdir()
    for name in PARAMETERS:
        connection.execute(f"copy parameters.{name} to '{folder}/parameters.{name}.parquet'")
    # an account of unknown age is there on the newest date only, in history never
    of_known_age = (
        "customer_id in (select customer_id from intermediate.int_customers"
        " where exists_from is not null)"
    )
    for name in HISTORY:
        columns = connection.execute(f"describe intermediate.{name}").fetchall()
        where = f"where {of_known_age}" if columns[0][0] == "customer_id" else ""
        connection.execute(f"copy (from intermediate.{name} {where}) to '{folder}/{name}.parquet'")
    for name in TODAYS:
        connection.execute(f"copy marts.{name} to '{folder}/{name}.parquet'")
    return folder


@pytest.fixture(scope="module")
def today(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built with all that is known today."""
    with built(sample, TODAY) as connection:
        return export(connection, tmp_path_factory.mktemp("today") / "tables")


@pytest.fixture(scope="module")
def again(sample: Path, today: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The past date built again today: later rows and later parameters are in the warehouse."""
    with built(sample, PAST, parameters=today) as connection:
        return export(connection, tmp_path_factory.mktemp("again") / "tables")


@pytest.fixture(scope="module")
def back_then(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The past date built on that day."""
    with built(sample, PAST, known_by=PAST) as connection:
        return export(connection, tmp_path_factory.mktemp("then") / "tables")


def differences(one: Path, other: Path, table: str, *, without: set[str] = frozenset(),
                until: bool = False) -> tuple[int, list[tuple]]:  # fmt: skip
    """How many rows are compared, and those that only one of the two has."""
    exclude = f"exclude ({', '.join(sorted(without))})" if without else ""
    where = f"where observed_on <= date '{PAST}'" if until else ""
    rows = [f"(select * {exclude} from '{side}/{table}.parquet' {where})" for side in (one, other)]
    with duckdb.connect() as connection:
        count = connection.execute(f"select count(*) from {rows[1]}").fetchone()
        assert count is not None
        return count[0], connection.execute(
            f"({rows[0]} except all {rows[1]}) union all ({rows[1]} except all {rows[0]}) limit 5"
        ).fetchall()


@pytest.mark.parametrize("model", HISTORY)
def test_history_holds_what_the_past_date_says_when_it_is_built_again(
    today: Path, again: Path, model: str
) -> None:
    compared, found = differences(today, again, model, without=HISTORY[model], until=True)
    assert found == []
    assert compared > 0 or model.startswith("int_churn_corrections")


@pytest.mark.parametrize("table", TODAYS)
def test_no_later_order_refund_cancellation_or_parameter_changes_a_past_date(
    back_then: Path, again: Path, table: str
) -> None:
    """Lifetime value, reasons and backtest included, which history does not hold."""
    compared, found = differences(back_then, again, table)
    assert found == []
    assert compared > 0 or table == "churn_corrections"


@pytest.mark.parametrize("table", PARAMETERS)
def test_the_fits_of_the_past_are_the_same_to_the_last_bit(
    today: Path, again: Path, back_then: Path, table: str
) -> None:
    past = f"where fitted_through <= date '{PAST}'"
    with duckdb.connect() as connection:
        read = [
            connection.execute(
                f"from '{side}/parameters.{table}.parquet' {past} order by all"
            ).fetchall()
            for side in (today, again, back_then)
        ]
    assert read[0] == read[1] == read[2]
    assert read[0] or table != "churn_model_fits"
