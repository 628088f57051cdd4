"""Make up a shop: every raw table the project can read, and the truth behind it."""

from datetime import datetime
from pathlib import Path
from shlex import quote

import click

from lib.errors import run_command
from lib.sample.plan import FORMATS, LARGEST, MOST_YEARS, SMALLEST, Plan
from lib.sample_shop import MAPPING, write_sample
from lib.warehouse import ROOT

SIZES = f"How many, {SMALLEST:,} to {LARGEST:,}; in three years each orders about ten times."
EXAMPLES = """\b
Examples:
  python scripts/generate_sample_data.py
  python scripts/generate_sample_data.py --customers 1000000 --out /data/shop
  python scripts/generate_sample_data.py --seed 2 --format csv --out /tmp/shop
"""


@click.command(epilog=EXAMPLES, context_settings={"show_default": True, "max_content_width": 100})
@click.option("--customers", default=10_000, metavar="N", help=SIZES)
@click.option("--seed", default=1, metavar="N", help="Another seed is another shop.")
@click.option("--years", default=3, metavar="N", help=f"How long it is open, 1 to {MOST_YEARS}.")
@click.option(
    "--through", default="2026-06-30", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]),
    help="The shop's last day, UTC.",
)  # fmt: skip
@click.option(
    "--out", default=ROOT / "data" / "sample", type=click.Path(path_type=Path), metavar="FOLDER",
    show_default="data/sample", help="Folder to write to.",
)  # fmt: skip
@click.option("--format", "file_format", default=FORMATS[0], type=click.Choice(FORMATS))
@click.option("--force", is_flag=True, help="Write even where the folder holds something else.")
def main(
    customers: int,
    seed: int,
    years: int,
    through: datetime,
    out: Path,
    file_format: str,
    force: bool,
) -> None:
    """Make up a shop: one file per raw table, mapping.yml for the loader, and the truth (truth/).

    Equal arguments give equal bytes. The tables hold what real ones hold: duplicates, guests,
    refunds, several currencies, missing values, and about 0.3 % of rows that are wrong on purpose.
    Load it with the command that is printed at the end.
    """
    plan = Plan(customers, seed, years, through.date(), out, file_format)
    with click.progressbar(length=100, label="made-up shop", item_show_func=_label) as bar:
        rows = write_sample(
            plan, force=force, advance=lambda step, share: bar.update(share, current_item=step)
        )
    width = max(len(file) for file in rows)
    click.echo(f"{out}: {plan.first_day} to {plan.through}")
    for file, count in rows.items():
        click.echo(f"  {file:<{width}}  {count:>13,} rows")
    mapping, folder = quote(str(out / MAPPING)), quote(str(out))
    click.echo(f"To load it: python scripts/load_raw.py --mapping {mapping} --folder {folder}")


def _label(step: str | None) -> str:
    return step or ""


if __name__ == "__main__":
    run_command(main)
