"""Load your own files, or tables of your own database, into the warehouse."""

import sys
from datetime import datetime
from pathlib import Path

import click
import duckdb

from lib.errors import BUSY, UserError, run_command
from lib.loading import LoadResult, load_mapping
from lib.loading.load import MAX_UNREADABLE
from lib.loading.mapping import read_mapping, shipped_mappings
from lib.loading.propose import propose_mapping
from lib.publishing.writer import changing_file
from lib.spark.parquet import spark_layout, write_parquet
from lib.warehouse import connect, state_path

EXAMPLES = """
Examples:

\b
  # propose a mapping from your files, read it, correct it, load
  python scripts/load_raw.py --init exports/orders.csv exports/clients.xlsx --out mine.yml
  python scripts/load_raw.py --mapping mine.yml --dry-run
  python scripts/load_raw.py --mapping mine.yml

\b
  # a shop whose exports are known
  python scripts/load_raw.py --list
  python scripts/load_raw.py --mapping scripts/mappings/shopify.yml --folder ~/Downloads

\b
  # for dbt build --target spark
  python scripts/load_raw.py --target spark --mapping mine.yml
"""


@click.command(epilog=EXAMPLES)
@click.option("--mapping", type=click.Path(path_type=Path), help="Load what this mapping names.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where its files are, if elsewhere."
)
@click.option(
    "--loaded-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day of the load (default: today); later orders are rejected.",
)
@click.option("--dry-run", is_flag=True, help="Do everything, report, and change nothing.")
@click.option(
    "--max-unreadable",
    type=click.FloatRange(0, 1),
    default=MAX_UNREADABLE,
    show_default=True,
    help="Refuse a file when a larger share of its rows cannot be read.",
)
@click.option("--init", is_flag=True, help="Propose a mapping from FILES and print it.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the proposed mapping here.")
@click.option("--list", "list_", is_flag=True, help="List the mappings that come with the project.")
@click.option("--warehouse", type=click.Path(path_type=Path), help="Warehouse file to load into.")
@click.option(
    "--target",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="For Spark the raw tables are written as Parquet folders too, beside the warehouse file.",
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def main(
    mapping: Path | None,
    folder: Path | None,
    loaded_on: datetime | None,
    dry_run: bool,
    max_unreadable: float,
    init: bool,
    out: Path | None,
    list_: bool,
    warehouse: Path | None,
    target: str,
    files: tuple[Path, ...],
) -> None:
    """Load files or database tables into raw.*, as a mapping says.

    Every row is loaded or kept with the reason why not. Loading a file twice changes nothing; a
    file of late rows is merged by key; after any error the warehouse is as it was.
    """
    if list_:
        for name, description in shipped_mappings().items():
            click.echo(f"{name}\n    {description}")
    elif init:
        _propose(files, out)
    elif files:
        raise UserError("files are named by a mapping; use --init to propose one from them")
    elif mapping is None:
        raise UserError("give a mapping with --mapping FILE, or propose one with --init FILES")
    else:
        read_mapping(mapping, folder)  # before a warehouse is made for a mapping that is wrong
        path = warehouse or (spark_layout().state if target == "spark" else state_path())
        with changing_file(path, purpose="load_raw"):
            results = _load(path, mapping, folder, loaded_on, max_unreadable, dry_run)
            if target == "spark" and not dry_run:
                write_parquet(path, path.parent / "parquet")
        for result in results:
            click.echo(_told(result))
        if dry_run:
            click.echo("dry run: nothing was changed")


def _load(
    path: Path,
    mapping: Path,
    folder: Path | None,
    loaded_on: datetime | None,
    max_unreadable: float,
    dry_run: bool,
) -> list[LoadResult]:
    try:
        connection = connect(path)
    except duckdb.IOException as error:
        raise UserError(
            f"{path} is in use or cannot be opened ({_first_line(error)})", BUSY
        ) from None
    with (
        connection,
        click.progressbar(
            length=100,
            label="loading",
            item_show_func=str,
            file=sys.stderr,
        ) as bar,
    ):
        return load_mapping(
            connection,
            mapping,
            folder,
            loaded_on.date() if loaded_on else None,
            max_unreadable=max_unreadable,
            dry_run=dry_run,
            progress=lambda name, done, total: bar.update(100 * done // total - bar.pos, name),
        )


def _propose(files: tuple[Path, ...], out: Path | None) -> None:
    if not files:
        raise UserError("name the files to propose a mapping from: --init orders.csv customers.csv")
    if out and out.exists():
        raise UserError(f"{out} exists already; name another file with --out, or remove it")
    text = propose_mapping(list(files))
    if out:
        out.write_text(text, encoding="utf-8")
        click.echo(f"{out} is written; read it, correct it, then load it with --mapping {out}")
    else:
        click.echo(text, nl=False)


def _told(result: LoadResult) -> str:
    """One line per table and source, and a line per note."""
    place = f"{result.raw_table} ← {result.source_name}: "
    if result.already_loaded:
        return place + "already loaded"
    line = place + (
        f"{result.rows_read:,} read, {result.rows_new:,} new, {result.rows_replacing:,} replaced,"
        f" {result.rows_unchanged:,} unchanged, {result.rows_unreadable:,} unreadable"
    )
    shaped = [
        f"{count:,} {what}"
        for count, what in (
            (result.rows_left_out, "left out by the mapping"),
            (result.rows_grouped, "folded into others of their group"),
            (result.rows_erased, "of people who have been erased, not stored"),
        )
        if count
    ]
    line += f" ({', '.join(shaped)})" if shaped else ""
    return "\n".join([line, *(f"    note: {note}" for note in result.notes)])


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


if __name__ == "__main__":
    run_command(main)
