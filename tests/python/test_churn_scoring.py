"""The SQL of the churn scores against 50-digit arithmetic, over the whole range of histories."""

import math
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import mpmath as mp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_sql import NODES, P_ALIVE, build_models, model_sql, p_order, rows
from lib.warehouse import connect, create_contract_tables

DIGITS = 50
HORIZONS = (1, 90, 365)

# r, alpha in days, a, b: typical shops, and each parameter far out
FITS = [
    (0.525, 43.3, 0.891, 1.614),
    (0.25, 4.0, 0.8, 2.5),
    (0.05, 0.5, 0.01, 0.01),
    (10.0, 5000.0, 0.05, 10.0),
    (2.0, 50.0, 2.9, 100.0),
    (2.0, 5.0, 3.1, 0.1),
    (0.5, 500.0, 20.0, 1.6),
    (1.0, 30.0, 1000.0, 10000.0),
]
# x, t_x, T: days are whole, and a day holds one purchase
HISTORIES = [
    (0, 0, 0),
    (0, 0, 3650),
    (1, 1, 1),
    (1, 1, 365),
    (12, 300, 330),
    (100, 100, 3650),
    (500, 700, 730),
    (2000, 3640, 3650),
]
Case = tuple[float, ...]
CASES: list[Case] = [(*fit, *history) for fit, history in product(FITS, HISTORIES)]


def exact_p_alive(case: Case) -> mp.mpf:
    r, alpha, a, b, x, t_x, age = map(mp.mpf, case)
    return 1 / (1 + a / (b + x) * ((alpha + age) / (alpha + t_x)) ** (r + x))


def exact_p_order(case: Case, horizon: mp.mpf) -> mp.mpf:
    r, alpha, _, _, x, _, age = map(mp.mpf, case)
    return exact_p_alive(case) * (1 - (1 + horizon / (alpha + age)) ** -(r + x))


def exact_orders_if_alive(case: Case, horizon: mp.mpf) -> mp.mpf:
    """The mean over p ~ Beta(a, b + x + 1), in steps of logit(p) so fine that nothing is lost, and
    so far out that the rest is a geometric series."""
    r, alpha, a, b, x, _, age = map(mp.mpf, case)
    rate_shape, b_alive, z = r + x, b + x + 1, horizon / (alpha + age)
    step = min(mp.mpf(1) / 4, mp.sqrt(1 / a + 1 / b_alive) / 3)
    logits = [mp.log(a / b_alive) + step * number for number in range(-110, 80)]
    orders = weights = mp.mpf(0)
    for number, logit in enumerate(logits):
        p, survives = 1 / (1 + mp.exp(-logit)), 1 / (1 + mp.exp(logit))
        weight = p**a * survives**b_alive
        if number == 0:
            weight /= 1 - mp.exp(-a * step)
        if number == len(logits) - 1:
            weight /= 1 - mp.exp(-b_alive * step)
        weights += weight
        orders += weight * (1 - (1 + p * z) ** -rate_shape) / p
    return orders / weights


def textbook_orders_if_alive(case: Case, horizon: int) -> mp.mpf:
    """The published formula, with digits to waste: minutes of it where the customer is loyal."""
    r, alpha, a, b, x, _, age = map(mp.mpf, case)
    total = a + b + x
    return total / (a - 1) * (1 - mp.hyp2f1(r + x, a - 1, total, -horizon / (alpha + age)))


def scored(cases: list[Case], horizon: str = "90") -> list[dict[str, Any]]:
    """P(alive), P(order) and the orders expected while alive, from the macros, case by case."""
    connection = duckdb.connect()
    connection.execute(
        "create table fits (id int, r double, alpha double, a double, b double,"
        " x bigint, t_x bigint, age bigint)"
    )
    connection.executemany(
        "insert into fits values (?, ?, ?, ?, ?, ?, ?, ?)",
        [[number, *case] for number, case in enumerate(cases)],
    )
    return rows(
        connection,
        f"""
        with dropouts as (select distinct a, b + x + 1 as b_alive from fits),
        nodes as ({NODES}),
        alive as (select *, {P_ALIVE} as p_alive from fits as fit),
        ahead as (
            select fit.id, sum(
                {{{{ churn_orders_at_node('fit', 'nodes', 'fit.x', 'fit.age', {horizon}) }}}}
            ) as orders_if_alive
            from fits as fit
            join nodes on nodes.a = fit.a and nodes.b_alive = fit.b + fit.x + 1
            group by fit.id
        )
        select fit.p_alive, {p_order(horizon)} as p_order, ahead.orders_if_alive
        from alive as fit join ahead using (id)
        order by id
        """,
    )


def relative_error(actual: float, exact: mp.mpf) -> float:
    # what is below every double may be nothing
    if exact < mp.mpf(10) ** -300:
        return abs(actual)
    return float(abs(mp.mpf(actual) / exact - 1))


def test_the_reference_agrees_with_the_published_formula() -> None:
    cases = [case for case in CASES if case[4] <= 12 and case[6] >= 365]
    with mp.workdps(DIGITS):
        for case in cases:
            published = textbook_orders_if_alive(case, 90)
            assert mp.almosteq(exact_orders_if_alive(case, mp.mpf(90)), published, mp.mpf("1e-12"))


def test_p_alive_holds_ten_digits() -> None:
    with mp.workdps(DIGITS):
        errors = [
            relative_error(row["p_alive"], exact_p_alive(case))
            for case, row in zip(CASES, scored(CASES), strict=True)
        ]
    assert max(errors) < 1e-10


@pytest.mark.parametrize("horizon", HORIZONS)
def test_p_order_holds_ten_digits(horizon: int) -> None:
    with mp.workdps(DIGITS):
        errors = [
            relative_error(row["p_order"], exact_p_order(case, mp.mpf(horizon)))
            for case, row in zip(CASES, scored(CASES, str(horizon)), strict=True)
        ]
    assert max(errors) < 1e-10


@pytest.mark.parametrize("horizon", HORIZONS)
def test_expected_orders_hold_six_digits(horizon: int) -> None:
    with mp.workdps(DIGITS):
        errors = [
            relative_error(row["orders_if_alive"], exact_orders_if_alive(case, mp.mpf(horizon)))
            for case, row in zip(CASES, scored(CASES, str(horizon)), strict=True)
        ]
    assert max(errors) < 1e-6


def test_a_customer_long_gone_has_probability_zero_and_not_an_error() -> None:
    [row] = scored([(0.5, 1.0, 1.0, 1.0, 2000, 2000, 36500)])
    assert row["p_alive"] == 0
    assert row["p_order"] == 0


def test_a_prospect_has_no_score_and_is_no_error() -> None:
    """x is -1 and the dates are missing; b below 1 would make it the logarithm of a negative."""
    fit = "select -1 as x, null::int as t_x, null::int as age, 0.5 as r, 40 as alpha, 0.9 as a"
    [row] = rows(
        duckdb.connect(),
        f"""
        select fit.p_alive, {p_order("90")} as p_order
        from (select fit.*, {P_ALIVE} as p_alive from ({fit}, 0.4 as b) as fit) as fit
        """,
    )
    assert row == {"p_alive": None, "p_order": None}


parameter = st.floats(1e-3, 1e4)


@st.composite
def any_case(draw: st.DrawFn) -> Case:
    x = draw(st.integers(0, 2000))
    t_x = draw(st.integers(x, 3650)) if x else 0
    age = draw(st.integers(t_x, 3650))
    return (*(draw(parameter) for _ in range(4)), x, t_x, age)


@settings(max_examples=20, deadline=None)
@given(st.lists(any_case(), min_size=1, max_size=40), st.sampled_from([1, 30, 90, 365]))
def test_every_score_is_a_number_and_every_probability_one(cases: list[Case], horizon: int) -> None:
    for case, row in zip(cases, scored(cases, str(horizon)), strict=True):
        assert 0 <= row["p_alive"] <= 1, case
        assert 0 <= row["p_order"] <= row["p_alive"], case
        assert 0 < row["orders_if_alive"] < math.inf, case
        # at least one order is expected as often as not more than all orders are
        assert row["p_order"] <= row["p_alive"] * row["orders_if_alive"] * (1 + 1e-5), case


# Which fit holds when, and the models as a whole --------------------------------------------------

FIT = {
    "is_provisional": False,
    "method": "mle",
    "r": 0.5,
    "alpha": 40.0,
    "a": 0.9,
    "b": 1.6,
    "has_converged": True,
    "value_method": "gamma_gamma",
}


@pytest.fixture
def warehouse(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    return empty_warehouse(tmp_path / "state.duckdb")


def empty_warehouse(path: Path) -> duckdb.DuckDBPyConnection:
    connection = connect(path)
    create_contract_tables(connection)
    connection.execute("create schema intermediate")
    return connection


def add_fit(warehouse: duckdb.DuckDBPyConnection, through: str, **columns: Any) -> None:
    row = {"fitted_through": through, **FIT, **columns}
    warehouse.execute(
        f"insert into parameters.churn_model_fits ({', '.join(row)})"
        f" values ({', '.join('?' for _ in row)})",
        list(row.values()),
    )


def in_force(warehouse: duckdb.DuckDBPyConnection, *dates: str) -> dict[str, str | None]:
    """Which fit holds on each date, the last being today."""
    warehouse.execute(
        "create or replace table intermediate.int_observation_dates as"
        " select unnest(?::date[]) as observed_on, observed_on = ?::date as is_as_of",
        [list(dates), dates[-1]],
    )
    found = warehouse.execute(
        f"select observed_on, fitted_through from ({model_sql('int_churn_parameters_in_force')})"
    ).fetchall()
    assert len(found) == len(dates)
    return {str(day): str(fit) if fit else None for day, fit in sorted(found)}


def test_the_last_quarter_end_on_or_before_a_date_holds(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    add_fit(warehouse, "2025-03-31")
    add_fit(warehouse, "2025-06-30")
    held = in_force(warehouse, "2025-02-28", "2025-03-31", "2025-05-31", "2025-06-30", "2025-07-04")
    assert held == {
        "2025-02-28": None,
        "2025-03-31": "2025-03-31",
        "2025-05-31": "2025-03-31",
        "2025-06-30": "2025-06-30",
        "2025-07-04": "2025-06-30",
    }


def test_a_fit_that_did_not_converge_never_holds(warehouse: duckdb.DuckDBPyConnection) -> None:
    add_fit(warehouse, "2025-03-31")
    add_fit(warehouse, "2025-06-30", has_converged=False)
    assert in_force(warehouse, "2025-07-04") == {"2025-07-04": "2025-03-31"}


def test_a_provisional_fit_holds_until_there_is_a_quarter_end(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    add_fit(warehouse, "2025-05-10", is_provisional=True)
    assert in_force(warehouse, "2025-04-30", "2025-05-10") == {
        "2025-04-30": None,
        "2025-05-10": "2025-05-10",
    }
    add_fit(warehouse, "2025-03-31")
    assert in_force(warehouse, "2025-05-10") == {"2025-05-10": "2025-03-31"}


def test_the_prior_holds_only_where_nothing_was_ever_fitted(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    add_fit(warehouse, "2025-03-31", method="prior", has_converged=False)
    assert in_force(warehouse, "2025-04-30") == {"2025-04-30": "2025-03-31"}
    add_fit(warehouse, "2024-12-31")
    assert in_force(warehouse, "2025-04-30") == {"2025-04-30": "2024-12-31"}


def test_without_any_fit_the_parameters_are_unknown(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert in_force(warehouse, "2025-04-30") == {"2025-04-30": None}


def test_the_models_score_each_history_once_and_as_the_formula_does(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    add_fit(warehouse, "2025-03-31")
    in_force(warehouse, "2025-02-28", "2025-04-30", "2025-05-10")
    warehouse.execute(
        """
        create table intermediate.int_customers_observed as
        select * from (values
            (date '2025-02-28', false, 1, 10),
            (date '2025-04-30', false, 3, 60),
            (date '2025-04-30', false, 3, 60),
            (date '2025-05-10', true, 3, 70),
            (date '2025-05-10', true, 1, 0),
            (date '2025-05-10', true, 0, null)
        ) as observed (observed_on, is_as_of, purchase_days, days_since_first_order)
        """
    )
    names = ("int_churn_parameters_in_force", "int_churn_nodes_weighted")
    build_models(warehouse, *names, "int_churn_profiles_scored")
    scores = rows(
        warehouse,
        "select * from intermediate.int_churn_profiles_scored"
        " order by purchase_days, days_since_first_order",
    )
    profiles = [(s["purchase_days"], s["days_since_first_order"]) for s in scores]
    assert profiles == [(1, 0), (3, 60), (3, 70)]
    assert {s["observed_on"] for s in scores} == {date(2025, 4, 30), date(2025, 5, 10)}

    with mp.workdps(DIGITS):
        for score in scores:
            age = score["days_since_first_order"]
            case = (0.5, 40.0, 0.9, 1.6, score["purchase_days"] - 1, 0, age)
            orders = {day: exact_orders_if_alive(case, mp.mpf(day)) for day in (90, 180, 365)}
            assert relative_error(score["orders_if_alive_365d"], orders[365]) < 1e-6
            if age == 60:  # it occurs in the past only
                assert score["orders_if_alive_90d"] is None
                assert score["discounted_orders_if_alive_12m"] is None
                continue
            assert relative_error(score["orders_if_alive_90d"], orders[90]) < 1e-6
            assert relative_error(score["orders_if_alive_180d"], orders[180]) < 1e-6
            to_month = [exact_orders_if_alive(case, mp.mpf("30.4375") * i) for i in range(13)]
            discounted = mp.fsum(
                (to_month[i] - to_month[i - 1]) / mp.mpf("1.1") ** (mp.mpf(i) / 12)
                for i in range(1, 13)
            )
            assert relative_error(score["discounted_orders_if_alive_12m"], discounted) < 1e-6


# What an order is worth ---------------------------------------------------------------------------


def order_value(method: str, purchase_days: int, net_revenue: str) -> float | None:
    connection = duckdb.connect()
    connection.execute(
        f"create table fits as select '{method}' as value_method, 6.0::double as p,"
        " 4.0::double as q, 15.0::double as v, 30.0::double as mean_purchase_value,"
        f" 2.0::double as credibility_k, {purchase_days}::bigint as purchase_days,"
        f" {net_revenue}::decimal(18, 2) as net_revenue"
    )
    [row] = rows(
        connection,
        "select {{ churn_order_value('fits', 'purchase_days', 'net_revenue') }} as order_value"
        " from fits",
    )
    value = row["order_value"]
    assert value is None or isinstance(value, float)
    return value


def test_gamma_gamma_values_an_order() -> None:
    assert order_value("gamma_gamma", 2, "80.00") == pytest.approx(6 * (15 + 80) / (6 * 2 + 3))


def test_credibility_shrinks_the_own_mean_towards_that_of_all() -> None:
    assert order_value("credibility", 2, "80.00") == pytest.approx(0.5 * 40 + 0.5 * 30)


def test_revenue_refunded_away_counts_as_none() -> None:
    assert order_value("credibility", 2, "-10.00") == order_value("credibility", 2, "0.00")
    assert order_value("gamma_gamma", 2, "-10.00") == order_value("gamma_gamma", 2, "0.00")


def test_without_a_value_model_an_order_has_no_value() -> None:
    assert order_value("none", 2, "80.00") is None
