"""Say who would move from where to where, and how much revenue, before a rule is changed."""

from collections import defaultdict
from pathlib import Path

import click

from lib.errors import UserError, run_command
from lib.preview import Move, changed_seeds, preview, seeds_of
from lib.warehouse import ROOT, state_path

EXAMPLES = """
\b
Examples:
  python scripts/preview_rules.py                        what you edited, against the last commit
  python scripts/preview_rules.py --against main         against another commit
  python scripts/preview_rules.py --changed ~/proposal   a folder of CSVs, against the last commit
  python scripts/preview_rules.py --dimension segment --out moves.csv
"""


@click.command(epilog=EXAMPLES)
@click.option("--against", default="HEAD", show_default=True, help="A commit or a folder: before.")
@click.option("--changed", help="A commit or a folder: after.  [default: the seeds as they stand]")
@click.option("--dimension", "dimensions", multiple=True, help="Only this dimension; repeatable.")
@click.option("--out", type=click.Path(path_type=Path), help="CSV of the customers who move.")
@click.option("--warehouse", type=click.Path(path_type=Path), help="Warehouse file to read.")
def main(
    against: str,
    changed: str | None,
    dimensions: tuple[str, ...],
    out: Path | None,
    warehouse: Path | None,
) -> None:
    """Build today under two catalogues and compare: nothing is published, no file is changed."""
    state = (warehouse or state_path()).resolve()
    if not state.is_file():
        raise UserError(f"there is no warehouse {state}: load your data first, or name --warehouse")
    with seeds_of(against) as before, seeds_of(changed or str(ROOT / "seeds")) as after:
        differing = changed_seeds(before, after)
        if not differing:
            click.echo("no row differs: nobody moves")
            return
        click.echo(f"changed: {', '.join(differing)}")
        moves, connection = preview(state, before, after)
    told = [move for move in moves if not dimensions or move.dimension in dimensions]
    unknown = set(dimensions) - {
        row[0] for row in connection.execute("select distinct dimension from after").fetchall()
    }
    if unknown:
        raise UserError(f"there is no dimension {sorted(unknown)[0]}: see seeds/catalogue")
    for line in lines(told):
        click.echo(line)
    if out is not None:
        connection.execute(f"copy (from moves order by all) to '{out}' (header)")
        click.echo(f"customers who move: {out}")


def lines(moves: list[Move]) -> list[str]:
    """The moves as text, dimension by dimension, with a total each."""
    if not moves:
        return ["nobody moves"]
    by_dimension: dict[str, list[Move]] = defaultdict(list)
    for move in moves:
        by_dimension[move.dimension].append(move)
    told = []
    for dimension, rows in by_dimension.items():
        customers = sum(move.customers for move in rows)
        revenue = sum(move.net_revenue_365d for move in rows)
        told.append(f"{dimension}: {customers:,} customers, {revenue:,.2f} of 365 days' revenue")
        told += [
            f"  {move.from_category or '(new)'} → {move.to_category or '(gone)'}:"
            f" {move.customers:,} customers, {move.net_revenue_365d:,.2f}"
            for move in rows
        ]
    return told


if __name__ == "__main__":
    run_command(main)
