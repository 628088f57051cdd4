"""Published values: the CDNOW sample of Fader & Hardie, fitted and scored as the literature has it.

The sample is read from the `lifetimes` wheel; time is in weeks, and the prior is off.
"""

import csv
import math
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import duckdb
import numpy as np
import pytest
from scipy.special import betaln, gammaln

from churn_sql import NODES, P_ALIVE, p_order, rows
from lib.churn.gamma_gamma import Spendings, fit_gamma_gamma
from lib.churn.mbg_nbd import Histories, fit_mbg_nbd, log_likelihood
from lib.churn.optimise import FloatArray, maximise

# Four decimals, as printed
MBG_NBD = (0.525, 6.183, 0.891, 1.614)
GAMMA_GAMMA = (6.25, 3.74, 15.44)


@cache
def cdnow() -> dict[str, FloatArray]:
    """2,357 customers: x, t_x, T in weeks, and zbar, the mean value of the repeat orders."""
    spec = find_spec("lifetimes")
    assert spec and spec.origin
    path = Path(spec.origin).parent / "datasets" / "cdnow_customers_summary_with_transactions.csv"
    with path.open(encoding="utf-8") as file:
        customers = list(csv.DictReader(file))
    return {
        name: np.array([float(customer[name]) for customer in customers])
        for name in ("x", "t_x", "T", "zbar")
    }


def cdnow_histories() -> Histories:
    sample = cdnow()
    return Histories(sample["x"], sample["t_x"], sample["T"], np.ones(len(sample["x"])))


def one_customer(x: float, t_x: float, age: float) -> Histories:
    return Histories(np.array([x]), np.array([t_x]), np.array([age]), np.ones(1))


@pytest.mark.parametrize(("x", "t_x", "expected"), [(0, 0, -0.41792826), (200, 38, 100.7869)])
def test_the_likelihood_of_one_customer_is_the_published_one(
    x: float, t_x: float, expected: float
) -> None:
    value, _ = log_likelihood(np.array([0.25, 4, 0.8, 2.5]), one_customer(x, t_x, 40))
    assert value == pytest.approx(expected, rel=1e-6)


def test_mbg_nbd_on_cdnow_gives_the_published_fit() -> None:
    fit = fit_mbg_nbd(cdnow_histories(), with_prior=False)
    assert fit.has_converged
    assert (fit.r, fit.alpha, fit.a, fit.b) == pytest.approx(MBG_NBD, rel=0.01)
    assert fit.log_likelihood == pytest.approx(-9582.13, abs=0.05)


def test_the_prior_is_worth_one_customer_and_no_more() -> None:
    with_prior, without = (fit_mbg_nbd(cdnow_histories(), with_prior=on) for on in (True, False))
    assert (with_prior.r, with_prior.alpha, with_prior.a, with_prior.b) == pytest.approx(
        (without.r, without.alpha, without.a, without.b), rel=0.02
    )
    assert without.log_likelihood - 0.05 < with_prior.log_likelihood <= without.log_likelihood


def test_bg_nbd_on_cdnow_gives_the_published_fit_so_the_sample_is_the_published_one() -> None:
    """BG/NBD (Fader, Hardie & Lee 2005) is not used; its values prove how the sample is read."""
    histories = cdnow_histories()
    x, t_x, age = histories.x, histories.t_x, histories.T

    def value(parameters: FloatArray) -> float:
        r, alpha, a, b = parameters
        dropped = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * (alpha + t_x) ** -(r + x), 0.0)
        return float(
            np.sum(
                gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
                + np.log((alpha + age) ** -(r + x) + dropped)
            )
        )  # fmt: skip

    def objective(parameters: FloatArray) -> tuple[float, FloatArray]:
        steps = np.diag(parameters * 1e-6)
        slopes = [(value(parameters + s) - value(parameters - s)) / (2 * s.sum()) for s in steps]
        return value(parameters) / len(x), np.array(slopes) / len(x)

    fit = maximise(objective, [(0.5, 5.0, 1.0, 2.0)])
    assert tuple(fit.parameters) == pytest.approx((0.2426, 4.4136, 0.7929, 2.4259), rel=0.01)
    assert value(fit.parameters) == pytest.approx(-9582.43, abs=0.05)


def test_gamma_gamma_on_the_repeat_orders_of_cdnow_gives_the_published_fit() -> None:
    sample = cdnow()
    bought_again = sample["x"] > 0
    days, mean = sample["x"][bought_again], sample["zbar"][bought_again]
    fit = fit_gamma_gamma(Spendings(days, days * mean, np.ones(len(days))))
    assert fit.has_converged
    assert (fit.p, fit.q, fit.v) == pytest.approx(GAMMA_GAMMA, rel=0.01)
    assert fit.log_likelihood == pytest.approx(-4055.92, abs=0.05)


SCORES: dict[tuple[float, float, float], tuple[float, ...]] = {
    # x, t_x, T: p_alive, orders in 39 weeks, p_order(39), order value, value of twelve months
    (2, 30.43, 38.86): (0.706202, 1.262961, 0.559994, 24.663714, 37.201895),
    (1, 1.71, 38.86): (0.170836, 0.188837, 0.104844, 18.916852, 4.287811),
    (0, 0, 38.86): (0.389735, 0.154013, 0.108829, 35.218978, 6.567378),
    (7, 29.43, 38.86): (0.622724, 3.167572, 0.617023, 71.469671, 267.844553),
    (26, 30.86, 31): (0.965566, 19.450723, 0.965566, 39.891219, 906.3774),
}
SUMS = {
    "p_alive": 1057.728119,
    "orders": 1577.13536,
    "p_order": 565.850952,
    "clv": 67819.0386,
}


@cache
def cdnow_scores() -> list[dict[str, float]]:
    """Every score of every customer of CDNOW, from the SQL macros."""
    connection = duckdb.connect()
    sample = cdnow()
    connection.execute("create table sample (x double, t_x double, age double, zbar double)")
    connection.executemany(
        "insert into sample values (?, ?, ?, ?)",
        np.column_stack([sample[n] for n in ("x", "t_x", "T", "zbar")]).tolist(),
    )
    connection.execute(
        "create table fit as select {}::double as r, {}::double as alpha, {}::double as a,"
        " {}::double as b, {}::double as p, {}::double as q, {}::double as v,"
        " 'gamma_gamma' as value_method, 0 as mean_purchase_value, 0 as credibility_k".format(
            *MBG_NBD, *GAMMA_GAMMA
        )
    )
    monthly_rate = 0.01
    annual_rate = math.pow(1 + monthly_rate, 12) - 1
    return rows(
        connection,
        f"""
        with dropouts as (
            select distinct a, b + x + 1 as b_alive from sample, fit
        ),
        nodes as ({NODES}),
        alive as (
            select fit.*, {P_ALIVE} as p_alive
            from (select *, row_number() over () as id from sample, fit) as fit
        ),
        ahead as (
            select
                fit.id,
                sum({{{{ churn_orders_at_node('fit', 'nodes', 'fit.x', 'fit.age', 39) }}}})
                    as orders,
                sum({{{{ churn_discounted_orders_at_node(
                    'fit', 'nodes', 'fit.x', 'fit.age', {annual_rate!r}, 4.345
                ) }}}}) as discounted_orders
            from alive as fit
            join nodes on nodes.b_alive = fit.b + fit.x + 1
            group by fit.id
        )
        select
            fit.x, fit.t_x, fit.age, fit.p_alive,
            {p_order("39")} as p_order,
            {{{{ churn_order_value('fit', 'fit.x', '(fit.x * fit.zbar)') }}}} as order_value,
            fit.p_alive * ahead.orders as orders,
            order_value * fit.p_alive * ahead.discounted_orders as clv
        from alive as fit
        join ahead using (id)
        """,
    )


@pytest.mark.parametrize("history", SCORES)
def test_the_scores_of_single_customers_are_the_published_ones(
    history: tuple[float, float, float],
) -> None:
    score = next(s for s in cdnow_scores() if (s["x"], s["t_x"], s["age"]) == history)
    names = ("p_alive", "orders", "p_order", "order_value", "clv")
    assert tuple(score[name] for name in names) == pytest.approx(SCORES[history], rel=1e-5)


def test_the_scores_of_all_customers_add_up_to_the_published_sums() -> None:
    sums = {name: math.fsum(score[name] for score in cdnow_scores()) for name in SUMS}
    assert len(cdnow_scores()) == 2357
    assert sums == pytest.approx(SUMS, rel=1e-5)
