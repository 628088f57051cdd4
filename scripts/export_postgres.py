"""Copy what is served into PostgreSQL, for tools without a driver for DuckDB."""

from pathlib import Path

import click

from lib.errors import run_command
from lib.publishing.layout import default_layout
from lib.publishing.postgres import export
from lib.publishing.screen import say

EXAMPLES = """
\b
Examples:
  PGPASSWORD=… python scripts/export_postgres.py --to postgresql://loader@db.local/segments
  python scripts/export_postgres.py --to "service=segments" --reader analysts

\b
The schemas marts and catalogue are filled beside what is there and swapped in one transaction.
A password belongs into PGPASSWORD or ~/.pgpass, not on the command line. Build no view on these
schemas: it would hold the tables of the version it was made on.
"""


@click.command(epilog=EXAMPLES)
@click.option(
    "--to",
    "url",
    default="",
    help="Where to: a PostgreSQL connection string; PGHOST, PGDATABASE and the like fill it up.",
)
@click.option(
    "--reader",
    "readers",
    multiple=True,
    default=("segments_reader",),
    show_default=True,
    help="Role that may read; may be given several times, and is made where it does not exist.",
)
@click.option("--warehouse-dir", type=click.Path(path_type=Path), help="Another warehouse folder.")
def main(url: str, readers: tuple[str, ...], warehouse_dir: Path | None) -> None:
    """Copy the served version into PostgreSQL, readable for roles, described in comments."""
    root = warehouse_dir.resolve() if warehouse_dir else default_layout().root
    done = export(root, url, readers)
    for warning in done.warnings:
        say(f"warning: {warning}")
    if done.tables:
        say(
            f"exported {done.version}: {done.tables} tables, {done.rows:,} rows"
            f" in {done.seconds:.1f} s",
            err=False,
        )
    else:
        say(f"nothing to export: PostgreSQL has {done.version} already", err=False)


if __name__ == "__main__":
    run_command(main)
