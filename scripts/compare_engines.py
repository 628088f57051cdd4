"""Build one shop on DuckDB and on Spark, and compare every table, every row, every column."""

import sys
import tempfile
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import click

from lib.errors import UserError, run_command
from lib.spark.session import check_spark_is_installed

DAY = click.DateTime(["%Y-%m-%d"])


@click.command(
    epilog="\b\nExamples:\n"
    "  python scripts/compare_engines.py --mapping scripts/mappings/sample.yml"
    " --loaded-on 2026-07-01\n"
    "  python scripts/compare_engines.py --mapping mine.yml --folder data/ --out /tmp/both\n"
    "  python scripts/compare_engines.py --mapping mine.yml --today-only"
    " --select customer_segments\n"
    "\n\bExit codes: 0 no difference; 1 some, or a build failed; 2 bad input."
)
@click.option(
    "--mapping",
    "mappings",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    help="A mapping of files to raw tables; may be given several times.",
)
@click.option("--folder", type=click.Path(path_type=Path), help="Where its files are.")
@click.option("--loaded-on", type=DAY, help="The day of the load.")
@click.option("--as-of", type=DAY, help="Day to segment for.")
@click.option("--today-only", is_flag=True, help="One date, without its past.")
@click.option(
    "--select",
    "models",
    metavar="MODEL",
    multiple=True,
    help="This model and what it reads only; may be given several times.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Keep both builds here.")
@click.option("--without-tests", is_flag=True, help="Leave out dbt's tests on Spark.")
def main(
    mappings: tuple[Path, ...],
    folder: Path | None,
    loaded_on: datetime | None,
    as_of: datetime | None,
    today_only: bool,
    models: tuple[str, ...],
    out: Path | None,
    without_tests: bool,
) -> None:
    """Build one shop on DuckDB and on Spark and compare every table, row and column.

    Keys, codes, dates, counts and money have to be equal; floating-point values may lie 1e-9 of
    their size apart. The differences are printed, with examples.
    """
    check_spark_is_installed()
    from lib.spark.parity import Shop, compare_engines

    if out and out.exists() and any(out.iterdir()):
        raise UserError(f"{out} is not empty; name another folder with --out")
    shop = Shop(
        mappings,
        folder,
        loaded_on.date() if loaded_on else None,
        as_of.date() if as_of else None,
        today_only,
        models,
    )
    with ExitStack() as stack:
        target = out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="engines-")))
        outcome = compare_engines(shop, target.resolve(), with_tests=not without_tests)
    found = outcome.comparison
    for difference in found.differences:
        click.echo(difference.told())
    click.echo(
        f"{found.told()}; CPU: DuckDB {outcome.duckdb_seconds:.0f} s,"
        f" Spark {outcome.spark_seconds:.0f} s"
    )
    sys.exit(1 if found.differences else 0)


if __name__ == "__main__":
    run_command(main)
