"""Erase a person: raw rows, ledger, history, audiences, every kept version, and later loads."""

from datetime import date, datetime
from pathlib import Path

import click

from lib.erasure.erase import erase
from lib.errors import run_command
from lib.pipeline import RunOptions
from lib.pseudonyms import required_key
from lib.publishing.layout import Layout, default_layout
from lib.publishing.screen import say
from lib.warehouse import ROOT

EXAMPLES = """
\b
Examples:
  export SEGMENTS_PSEUDONYM_KEY=…          32 characters or more; needed at every later load too
  python scripts/erase_customer.py C100005506
  python scripts/erase_customer.py ann@shop.example
  python scripts/erase_customer.py --as-of 2025-06-30 C100005506

\b
WHO is a customer_id as served, an id of the raw tables, or an e-mail address. The segments are
built and published anew without the person; kept versions are rewritten. A tombstone (an HMAC)
keeps rows of old files out at every later load. Exit code 0: nothing is found of the person, by
value, in any table or file of the warehouse. The files that were loaded are yours to clean; they
are named.
"""
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(epilog=EXAMPLES)
@click.argument("who")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day to segment for.")
@click.option("--keep", type=click.IntRange(min=1), default=3, help="How many versions to keep.")
@click.option("--wait", type=click.FloatRange(min=0), default=0, help="Seconds to wait for a lock.")
@click.option("--project-dir", type=FOLDER, default=ROOT, help="Another dbt project.")
@click.option("--warehouse-dir", type=click.Path(path_type=Path), help="Another warehouse folder.")
def main(
    who: str,
    as_of: datetime | None,
    keep: int,
    wait: float,
    project_dir: Path,
    warehouse_dir: Path | None,
) -> None:
    """Erase WHO and prove it."""
    key = required_key("erasing leaves a tombstone that only a key can make")
    options = RunOptions(
        layout=Layout(warehouse_dir.resolve()) if warehouse_dir else default_layout(),
        project=project_dir.resolve(),
        as_of=as_of.date() if as_of else None,
        keep=keep,
        wait=wait,
        accept_smaller=True,
    )
    erased = erase(options, who, key, date.today())
    if erased.sources:
        say(f"the person is still in what was loaded: {', '.join(erased.sources)}", err=False)
    say(
        f"erased {erased.raw_rows:,} raw rows and from {len(erased.versions)} older versions;"
        f" searched {erased.proof.files} files and {erased.proof.tables} tables: found 0",
        err=False,
    )


if __name__ == "__main__":
    run_command(main)
