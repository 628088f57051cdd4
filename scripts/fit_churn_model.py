"""Fit the churn and value models to the customers as they were known at each quarter-end."""

from datetime import datetime
from pathlib import Path

import click

from lib.churn.fitting import fit_warehouse
from lib.errors import run_command
from lib.publishing.writer import changing_file
from lib.warehouse import state_path


@click.command(
    epilog="\b\nExamples:\n"
    "  python scripts/fit_churn_model.py\n"
    "  python scripts/fit_churn_model.py --only-new\n"
    "  python scripts/fit_churn_model.py --warehouse build/state.duckdb --as-of 2026-06-30\n"
    "  python scripts/fit_churn_model.py --target spark"
)
@click.option(
    "--warehouse",
    type=click.Path(path_type=Path),
    help="The warehouse file; default: SEGMENTS_WAREHOUSE, else warehouse/state.duckdb.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Use nothing observed after this date; default: everything.",
)
@click.option("--only-new", is_flag=True, help="Keep the quarter-ends that have converged already.")
@click.option(
    "--target",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="Spark groups the customers and this process fits; the fits are kept as Parquet.",
)
def fit_churn_model(
    warehouse: Path | None, as_of: datetime | None, only_new: bool, target: str
) -> None:
    """Fit the churn and value models at every quarter-end with at least 100 customers.

    A shop too young for one gets a provisional fit through its newest day. Run it once the
    warehouse is built up to int_customers_observed; the fits are rows of
    parameters.churn_model_fits. Every quarter is fitted anew, for late orders change it; a fit
    that does not converge replaces none that did.
    """
    if target == "spark":
        _fit_on_spark(as_of)
        return
    path = warehouse or state_path()
    with changing_file(path, purpose="fit_churn_model"):
        fit_warehouse(path, as_of=as_of.date() if as_of else None, only_new=only_new)


def _fit_on_spark(as_of: datetime | None) -> None:
    """On the tables that `dbt build --target spark` has left in the catalogue of Spark."""
    from lib.spark.build import SparkBuild
    from lib.spark.churn import fit_on_spark
    from lib.spark.parquet import spark_layout

    layout = spark_layout()
    build = SparkBuild(layout.root, layout.parquet, catalogue="hive")
    build.start()
    fit_on_spark(build, as_of.date() if as_of else None)


if __name__ == "__main__":
    run_command(fit_churn_model)
