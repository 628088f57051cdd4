"""Churn probabilities against the sample shop's hidden truth: who has left, and how often the
others order."""

from datetime import date

import duckdb
import numpy as np
import pytest

from churn_sql import P_ALIVE, p_order, render
from lib.churn.mbg_nbd import Histories, fit_mbg_nbd
from lib.sample.plan import Plan
from lib.sample_shop import write_sample
from lib.warehouse import ROOT

THROUGH = date(2026, 6, 30)
HORIZON = 90
# how far a decile may be off: three hundredths, or what chance explains
TOLERANCE, STANDARD_ERRORS, LEAST_CUSTOMERS = 0.03, 3, 1_000

# One purchase a day, as the warehouse counts; the truth names the first account of each person.
HISTORIES = """
    create table histories as
    with purchases as (
        select distinct orders.customer_id, cast(orders.ordered_at as date) as ordered_on
        from read_parquet($orders) as orders
        join read_csv($statuses) as statuses on lower(orders.status) = statuses.raw_status
        where statuses.status_kind = 'purchase'
            and not coalesce(orders.is_test, false)
            and cast(orders.ordered_at as date) <= $through
    )
    select
        customer_id,
        count(*) - 1 as x,
        max(ordered_on) - min(ordered_on) as t_x,
        $through - min(ordered_on) as age
    from purchases join read_parquet($truth) using (customer_id)
    group by customer_id
"""

# Whoever stays orders at a Poisson rate: no order in so many days has exp(-rate * days).
DECILES = f"""
    with alive as (
        select fit.*, {P_ALIVE} as p_alive
        from (select histories.*, fits.* from histories cross join fits) as fit
    ),
    predicted as (
        select fit.customer_id, 1 - {p_order(str(HORIZON))} as churn_probability from alive as fit
    ),
    told as (
        select
            churn_probability,
            case
                when dropped_out_on is not null then 1
                else exp(-purchase_rate * {HORIZON})
            end as true_probability
        from predicted join read_parquet($truth) using (customer_id)
    )
    select
        count(*) as customers,
        avg(churn_probability) as predicted,
        avg(true_probability) as true_share
    from (select *, percent_rank() over (order by churn_probability) as rank from told)
    group by least(floor(rank * 10), 9)
"""


@pytest.fixture(scope="module")
def deciles(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, float, float]]:
    """Customers, mean predicted and mean true probability of no order, by decile predicted."""
    folder = tmp_path_factory.mktemp("calibration") / "sample"
    write_sample(Plan(customers=25_000, through=THROUGH, out=folder))
    truth = str(folder / "truth" / "customers.parquet")
    connection = duckdb.connect()
    connection.execute(
        HISTORIES,
        {
            "orders": str(folder / "orders.parquet"),
            "statuses": str(ROOT / "seeds" / "raw_codes" / "order_statuses.csv"),
            "truth": truth,
            "through": THROUGH,
        },
    )
    columns = connection.execute("select x, t_x, age from histories").fetchnumpy()
    x, t_x, age = (columns[name].astype(np.float64) for name in ("x", "t_x", "age"))
    fit = fit_mbg_nbd(Histories(x, t_x, age, np.ones(len(x))))
    connection.execute(
        "create table fits as select ?::double as r, ?::double as alpha, ?::double as a,"
        " ?::double as b",
        [fit.r, fit.alpha, fit.a, fit.b],
    )
    return connection.execute(render(DECILES), {"truth": truth}).fetchall()


def test_every_decile_of_the_sample_is_calibrated(
    deciles: list[tuple[int, float, float]],
) -> None:
    assert len(deciles) == 10
    off = [
        (customers, predicted, true_share)
        for customers, predicted, true_share in deciles
        if customers > LEAST_CUSTOMERS
        and abs(predicted - true_share)
        > max(TOLERANCE, STANDARD_ERRORS * (true_share * (1 - true_share) / customers) ** 0.5)
    ]
    assert off == []


def test_the_deciles_tell_those_who_stay_from_those_who_left(
    deciles: list[tuple[int, float, float]],
) -> None:
    shares = [share for _, predicted, share in sorted(deciles, key=lambda decile: decile[1])]
    assert shares == sorted(shares)
    assert shares[0] < 0.2 and shares[-1] > 0.95
