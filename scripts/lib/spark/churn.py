"""The churn models fitted on a warehouse of Spark: grouped there, fitted here, kept as Parquet.

What the fits need of the customers is counts by (purchase days, days to the last, days to today):
a few ten thousand rows, however many customers there are. Their correction is judged on a sample of
the customers' own rows, which is read from Spark's files here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click
import duckdb
import numpy as np

from lib.churn.corrections import correct_fits
from lib.churn.fits import Fit, read_fits, store_fits
from lib.churn.fitting import as_table, dates_to_fit, fit_models
from lib.churn.gamma_gamma import Spendings
from lib.churn.mbg_nbd import Histories
from lib.churn.observed import EXACT_UP_TO, MODEL, SCHEMA, ObservationDate
from lib.churn.optimise import FloatArray
from lib.spark.build import SparkBuild
from lib.spark.parquet import as_path, export_schemas, files_of
from lib.spark.session import current_session
from lib.warehouse import connect, contract, create_contract_tables

DAYS = "int_customer_days"
PARAMETERS = tuple(name for name, table in contract().items() if table.schema == "parameters")
IS_BUYER = "purchase_days >= 1 and not is_guest and not is_excluded"
BUYERS = f"""
    select
        cast(purchase_days as double) as days,
        datediff(last_ordered_on, first_ordered_on) as t_x,
        datediff(observed_on, first_ordered_on) as age,
        net_revenue
    from {SCHEMA}.{MODEL}
    where observed_on = cast(:observed_on as date) and {IS_BUYER}
"""


def fit_on_spark(build: SparkBuild, as_of: date | None = None) -> list[Fit]:
    """Fit every quarter-end, as fit_warehouse does, and keep the fits under `build.parquet`.

    It has built up to int_customers_observed; its parameters tables are afterwards the
    folders parquet/parameters/<table>, which DuckDB reads too.
    """
    session, parquet = current_session(), build.parquet
    with _kept_fits(parquet) as connection:
        observed = observation_dates(session, as_of)
        if not observed:
            click.echo("No customer has been observed yet, so there is nothing to fit.")
            return []
        dates = dates_to_fit(observed, read_fits(connection).values(), only_new=False)
        fits = [
            fit_models(read_histories(session, at), read_spendings(session, at), at) for at in dates
        ]
        kept = store_fits(connection, fits)
        for name in (MODEL, DAYS):
            relation = f"{SCHEMA}.{name}"
            node = build.relations()[relation]
            found = files_of(session, relation, node, build.folder / "read")
            files = ", ".join(f"'{path}'" for path in found)
            connection.execute(f"create schema if not exists {SCHEMA}")
            connection.execute(f"create view {relation} as from read_parquet([{files}])")
        correct_fits(connection, observed)
        export_schemas(connection, parquet, ("parameters",))
    for name in PARAMETERS:
        session.sql(f"drop table if exists {name}")
        session.sql(f"create table {name} using parquet location '{parquet / as_path(name)}'")
    click.echo("\n".join(as_table(kept)))
    return kept


def observation_dates(session: Any, as_of: date | None = None) -> list[ObservationDate]:
    """Every date looked at, up to `as_of` where given, oldest first."""
    rows = session.sql(
        f"""
        select
            observed_on,
            count(case when {IS_BUYER} then 1 end),
            observed_on = last_day(observed_on) and month(observed_on) % 3 = 0
        from {SCHEMA}.{MODEL}
        where observed_on <= coalesce(cast(:as_of as date), observed_on)
        group by observed_on
        order by observed_on
        """,
        args={"as_of": as_of.isoformat() if as_of else None},
    ).collect()
    return [ObservationDate(*row) for row in rows]


def read_histories(session: Any, at: ObservationDate) -> Histories:
    """Customers by (x, t_x, T); in huge shops by week, at the mean of each group."""
    width = 1 if at.n_buyers <= EXACT_UP_TO else 7
    days, t_x, age, customers = _columns(
        session,
        f"""
        select days - 1, sum(t_x) / count(*), sum(age) / count(*), cast(count(*) as double)
        from ({BUYERS})
        group by days, floor(t_x / {width}), floor(age / {width})
        order by days, floor(t_x / {width}), floor(age / {width})
        """,
        at.observed_on,
    )
    return Histories(days, t_x, age, customers)


def read_spendings(session: Any, at: ObservationDate) -> Spendings:
    """Customers with positive revenue by (purchase days, revenue); in huge shops within one per
    cent."""
    is_exact = at.n_buyers <= EXACT_UP_TO
    group = "net_revenue" if is_exact else "floor(100 * ln(cast(net_revenue as double)))"
    days, revenue, customers = _columns(
        session,
        f"""
        select days, cast(sum(net_revenue) as double) / count(*), cast(count(*) as double)
        from ({BUYERS})
        where net_revenue > 0
        group by days, {group}
        order by days, {group}
        """,
        at.observed_on,
    )
    return Spendings(days, revenue, customers)


def _columns(session: Any, query: str, observed_on: date) -> list[FloatArray]:
    frame = session.sql(query, args={"observed_on": observed_on.isoformat()})
    table = np.array([tuple(row) for row in frame.collect()], dtype=np.float64)
    return list(table.reshape(-1, len(frame.columns)).T.copy())


@contextmanager
def _kept_fits(parquet: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """What is kept so far, in a DuckDB of its own: the same rules keep the champions."""
    with connect(Path(":memory:")) as connection:
        create_contract_tables(connection)
        for name in PARAMETERS:
            folder = parquet / as_path(name)
            if any(folder.glob("*.parquet")):
                connection.execute(
                    f"insert into {name} by name from read_parquet('{folder}/*.parquet')"
                )
        yield connection
