"""What the churn models need of the customers, read from the warehouse in grouped form."""

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np

from lib.churn.gamma_gamma import Spendings
from lib.churn.mbg_nbd import Histories
from lib.churn.optimise import FloatArray
from lib.errors import UserError
from lib.warehouse import has_table

SCHEMA, MODEL = "intermediate", "int_customers_observed"
COLUMNS = {
    "observed_on",
    "is_guest",
    "is_excluded",
    "purchase_days",
    "first_ordered_on",
    "last_ordered_on",
    "net_revenue",
}
BUILD_COMMAND = f"dbt build --select +{MODEL} --indirect-selection cautious"

# Above this many customers, histories are grouped by week and revenue by 1/100 of its logarithm.
EXACT_UP_TO = 1_000_000

BUYERS = f"""
    select
        cast(purchase_days as double) as days,
        last_ordered_on - first_ordered_on as t_x,
        observed_on - first_ordered_on as age,
        net_revenue
    from {SCHEMA}.{MODEL}
    where observed_on = $observed_on and purchase_days >= 1 and not is_guest and not is_excluded
"""


@dataclass(frozen=True)
class ObservationDate:
    """A date on which the customers were looked at; buyers are those the models are fitted on."""

    observed_on: date
    n_buyers: int
    is_quarter_end: bool


def check_is_built(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise a UserError unless the model is there, with the columns read here."""
    rows = connection.execute(
        "select column_name from information_schema.columns"
        " where table_schema = ? and table_name = ?",
        [SCHEMA, MODEL],
    ).fetchall()
    columns = {row[0] for row in rows}
    if not columns:
        raise UserError(
            f"the warehouse has no {SCHEMA}.{MODEL} yet; build up to it with `{BUILD_COMMAND}`"
        )
    if missing := sorted(COLUMNS - columns):
        raise UserError(
            f"{SCHEMA}.{MODEL} has no column {', '.join(missing)};"
            f" rebuild it with `{BUILD_COMMAND}`"
        )


def observation_dates(
    connection: duckdb.DuckDBPyConnection, as_of: date | None = None
) -> list[ObservationDate]:
    """Every date looked at, up to `as_of` where given, oldest first."""
    rows = connection.execute(
        f"""
        select
            observed_on,
            count(*) filter (purchase_days >= 1 and not is_guest and not is_excluded),
            observed_on = last_day(observed_on) and month(observed_on) % 3 = 0
        from {SCHEMA}.{MODEL}
        where observed_on <= coalesce($as_of, observed_on)
        group by observed_on
        order by observed_on
        """,
        {"as_of": as_of},
    ).fetchall()
    return [ObservationDate(*row) for row in rows]


def digests(connection: duckdb.DuckDBPyConnection) -> dict[date, str]:
    """By what facts and rules each date's rows were computed; empty where they are not kept."""
    if not has_table(connection, "kept", MODEL):
        return {}
    rows = connection.execute(
        f"select observed_on, concat_ws(' ', digest, rules_digest) from kept.{MODEL}"
    ).fetchall()
    return dict(rows)


def read_histories(connection: duckdb.DuckDBPyConnection, at: ObservationDate) -> Histories:
    """Customers by (x, t_x, T); in huge shops by week, at the mean of each group.

    Sums of whole days are exact, so the groups do not depend on the order of rows or on threads.
    """
    width = 1 if at.n_buyers <= EXACT_UP_TO else 7
    columns = _columns(
        connection,
        f"""
        select
            days - 1 as x,
            sum(t_x) / count(*) as t_x,
            sum(age) / count(*) as age,
            cast(count(*) as double) as customers
        from ({BUYERS})
        group by days, t_x // {width}, age // {width}
        order by days, t_x // {width}, age // {width}
        """,
        at.observed_on,
    )
    return Histories(columns["x"], columns["t_x"], columns["age"], columns["customers"])


def read_spendings(connection: duckdb.DuckDBPyConnection, at: ObservationDate) -> Spendings:
    """Customers with positive revenue by (purchase days, revenue); in huge shops revenue within one
    per cent is one group, at its mean, which moves no term of the likelihood by more than 1e-5."""
    group = "net_revenue" if at.n_buyers <= EXACT_UP_TO else "floor(100 * ln(net_revenue))"
    columns = _columns(
        connection,
        f"""
        select
            days,
            cast(sum(net_revenue) as double) / count(*) as revenue,
            cast(count(*) as double) as customers
        from ({BUYERS})
        where net_revenue > 0
        group by days, {group}
        order by days, {group}
        """,
        at.observed_on,
    )
    return Spendings(columns["days"], columns["revenue"], columns["customers"])


def _columns(
    connection: duckdb.DuckDBPyConnection, query: str, observed_on: date
) -> dict[str, FloatArray]:
    arrays = connection.execute(query, {"observed_on": observed_on}).fetchnumpy()
    return {name: np.asarray(array, dtype=np.float64) for name, array in arrays.items()}
