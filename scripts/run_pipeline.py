"""Load, build, test and publish the segments: one command for the whole run, and for going back."""

import signal
from datetime import date, datetime
from pathlib import Path
from types import FrameType

import click

from lib.errors import UserError, run_command
from lib.pipeline import RunOptions, run_pipeline
from lib.publishing.layout import Layout, default_layout
from lib.publishing.loader import MappingLoader
from lib.publishing.screen import say
from lib.publishing.shelf import listed, roll_back
from lib.warehouse import ROOT

EXAMPLES = """
\b
Examples:
  python scripts/run_pipeline.py --mapping scripts/mappings/sample.yml
  python scripts/run_pipeline.py --mapping orders.yml --mapping events.yml --folder data/
  python scripts/run_pipeline.py --as-of 2025-06-30      rebuild from the rows already loaded
  python scripts/run_pipeline.py --list                  what is served, and what can be again
  python scripts/run_pipeline.py --rollback              serve the version before again
  python scripts/run_pipeline.py --rollback 2025-06-30-4f2a90c1d3e8-77ab01c2
  python scripts/run_pipeline.py --target spark --mapping scripts/mappings/sample.yml

\b
Exit codes: 0 published, or nothing to publish; 1 the build or a test failed; 2 bad input;
3 no space on the disk; 75 the warehouse is busy. Unless it is 0, the served version is the one
that was served before. warehouse/last_run.json says the same to machines.
"""
BEFORE = ""  # --rollback without a name
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(epilog=EXAMPLES)
@click.option(
    "--mapping",
    "mappings",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A mapping of files to raw tables; may be given several times.",
)
@click.option("--folder", type=FOLDER, help="Where the mapped files lie.")
@click.option("--loaded-on", type=click.DateTime(["%Y-%m-%d"]), help="Day of the load.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day to segment for.")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="How many versions to keep, the served one included.",
)
@click.option("--wait", type=click.FloatRange(min=0), default=0, help="Seconds to wait for a lock.")
@click.option("--list", "list_", is_flag=True, help="List the kept versions; * is served.")
@click.option(
    "--rollback",
    metavar="[VERSION]",
    is_flag=False,
    flag_value=BEFORE,
    help="Serve a kept version again; without a name, the one before the served.",
)
@click.option(
    "--accept-smaller",
    is_flag=True,
    help="Publish even if the newest date went back, a table lost half its customers' rows, the"
    " last seven days have no or far too few orders, or much of a file is rejected.",
)
@click.option(
    "--target",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="Where to build; Spark publishes to the folder spark of the warehouse.",
)
@click.option("--project-dir", type=FOLDER, default=ROOT, help="Another dbt project.")
@click.option("--warehouse-dir", type=click.Path(path_type=Path), help="Another warehouse folder.")
def main(
    mappings: tuple[Path, ...],
    folder: Path | None,
    loaded_on: datetime | None,
    as_of: datetime | None,
    keep: int,
    wait: float,
    list_: bool,
    rollback: str | None,
    accept_smaller: bool,
    target: str,
    project_dir: Path,
    warehouse_dir: Path | None,
) -> None:
    """Load what the mappings name, build and test a new version in private, publish it at once."""
    layout = Layout(warehouse_dir.resolve()) if warehouse_dir else default_layout()
    if list_ or rollback is not None:
        if mappings or (list_ and rollback is not None):
            raise UserError("--list and --rollback stand alone: they load and build nothing")
        for line in listed(layout) if list_ else roll_back(layout, rollback or None, wait):
            say(line, err=False)
        return
    signal.signal(signal.SIGTERM, _interrupt)
    loader = MappingLoader(mappings, folder, _day(loaded_on))
    if target == "spark":
        say(_run_on_spark(layout.root / "spark", loader, _day(as_of), keep), err=False)
        return
    options = RunOptions(
        layout=layout,
        project=project_dir.resolve(),
        as_of=_day(as_of),
        keep=keep,
        wait=wait,
        accept_smaller=accept_smaller,
    )
    record = run_pipeline(options, loader)
    say(record.message, err=False)


def _run_on_spark(root: Path, loader: MappingLoader, as_of: date | None, keep: int) -> str:
    from lib.spark.parquet import SparkLayout
    from lib.spark.publish import run_on_spark
    from lib.spark.session import check_spark_is_installed

    check_spark_is_installed()
    return f"published {run_on_spark(SparkLayout(root), loader, as_of, keep)}"


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    run_command(main)
