"""What was known of a sample of customers at each month-end, and who ordered afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
from numpy.typing import NDArray

from lib.churn.observed import ObservationDate
from lib.churn.optimise import FloatArray

HORIZONS = (90, 180, 365)
# A correction of a dozen numbers is told well enough by so many customers a date.
SAMPLED_CUSTOMERS = 20_000
# Customers fall into so many parts by their id: what a bootstrap draws again.
PARTS = 1_000
# Years of months beyond these teach little and cost as much as the others.
MONTHS = 60


@dataclass(frozen=True)
class Snapshot:
    """Customers on one date, vectors of one length.

    `part` (0 to PARTS - 1) a number that a customer keeps from date to date; `x` purchase days
    after the first; `t_x` days from first to last order; `T` days from first order to the date;
    `orders` of the last 90, 180 and 365 days; `mean_value` of a purchase day; `ordered` by horizon
    in days: whether there was a valid order within it, only where that is known by now.
    """

    observed_on: date
    part: NDArray[np.int64]
    x: FloatArray
    t_x: FloatArray
    T: FloatArray
    orders: Mapping[int, FloatArray]
    mean_value: FloatArray
    ordered: Mapping[int, NDArray[np.bool_]]


# Who is looked at on a date depends on who was there on it, never on who came later.
SNAPSHOTS = """
    with dates as (
        select unnest($dates) as observed_on, unnest($shares) as share
    ),
    sampled as (
        select customer_id, observed_on, purchase_days, first_ordered_on, last_ordered_on,
            orders_90d, orders_180d, orders_365d, net_revenue
        from intermediate.int_customers_observed join dates using (observed_on)
        where purchase_days >= 1 and not is_guest and not is_excluded
            and (hash(customer_id) >> 11) * pow(2, -53) < share
    ),
    purchases as (
        select customer_id, posted_on, voided_on
        from intermediate.int_customer_days
        where is_purchase_day and customer_id in (select customer_id from sampled)
    ),
    ordered as (
        select sampled.customer_id, sampled.observed_on,
            {ordered}
        from sampled
        join purchases
            on purchases.customer_id = sampled.customer_id
            and purchases.posted_on > sampled.observed_on
            and purchases.posted_on <= sampled.observed_on + {longest}
        group by sampled.customer_id, sampled.observed_on
    )
    select sampled.observed_on,
        hash(sampled.customer_id) % {parts} as part,
        purchase_days - 1 as x,
        last_ordered_on - first_ordered_on as t_x,
        sampled.observed_on - first_ordered_on as age,
        orders_90d, orders_180d, orders_365d,
        cast(greatest(net_revenue, 0) as double) / purchase_days as mean_value,
        {columns}
    from sampled left join ordered using (customer_id, observed_on)
    order by sampled.observed_on, sampled.customer_id
"""


def read_snapshots(
    connection: duckdb.DuckDBPyConnection, observed: Sequence[ObservationDate]
) -> dict[date, Snapshot]:
    """The month-ends among the dates observed, the last of which is as far as anything is known."""
    newest = observed[-1].observed_on
    first = newest - timedelta(days=31 * MONTHS)
    looked_at = [
        at
        for at in observed
        if at.n_buyers and at.observed_on >= first and _is_month_end(at.observed_on)
    ]
    ordered = [
        f"bool_or(posted_on <= sampled.observed_on + {days} and coalesce("
        f"voided_on > sampled.observed_on + {days}, true)) as ordered_{days}d"
        for days in HORIZONS
    ]
    query = SNAPSHOTS.format(
        ordered=", ".join(ordered),
        longest=max(HORIZONS),
        parts=PARTS,
        columns=", ".join(
            f"coalesce(ordered_{days}d, false) as ordered_{days}d" for days in HORIZONS
        ),
    )
    columns = connection.execute(
        query,
        {
            "dates": [at.observed_on for at in looked_at],
            "shares": [SAMPLED_CUSTOMERS / at.n_buyers for at in looked_at],
        },
    ).fetchnumpy()
    days = columns["observed_on"].astype("datetime64[D]")
    dates, starts = np.unique(days, return_index=True)
    snapshots = {}
    for day, start, end in zip(dates, starts, [*starts[1:], len(days)], strict=True):
        part = {name: column[start:end] for name, column in columns.items()}
        snapshots[day.astype(date)] = _snapshot(day.astype(date), part, newest)
    return snapshots


def _is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _snapshot(observed_on: date, part: dict[str, NDArray[np.generic]], newest: date) -> Snapshot:
    def number(name: str) -> FloatArray:
        return part[name].astype(np.float64)

    return Snapshot(
        observed_on=observed_on,
        part=part["part"].astype(np.int64),
        x=number("x"),
        t_x=number("t_x"),
        T=number("age"),
        orders={days: number(f"orders_{days}d") for days in HORIZONS},
        mean_value=number("mean_value"),
        ordered={
            days: part[f"ordered_{days}d"].astype(np.bool_)
            for days in HORIZONS
            if observed_on + timedelta(days=days) <= newest
        },
    )
