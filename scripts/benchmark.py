"""Measure what the build costs, in bare scans of the order table, and beside other tools."""

import json
import tempfile
from pathlib import Path

import click

from lib.benchmark.shop import SIZES
from lib.benchmark.variants import VARIANTS
from lib.errors import UserError, run_command

PEERS = ("pandas", "polars", "lifetimes")
EXAMPLES = """\b
Examples:
  python scripts/benchmark.py                             1 million orders, all variants and peers
  python scripts/benchmark.py --size S --size M           and the curve of cost against size
  python scripts/benchmark.py --size L --variant today --no-peers --repeats 1 --memory-limit 4GB
"""


@click.command(epilog=EXAMPLES, context_settings={"show_default": True, "max_content_width": 100})
@click.option(
    "--size", "sizes", multiple=True, default=("S",), type=click.Choice(list(SIZES)),
    help="XS 10 thousand orders, S 1 million, M 10 million, L 50 million; may be repeated.",
)  # fmt: skip
@click.option(
    "--variant", "names", multiple=True, default=[variant.name for variant in VARIANTS],
    show_default="all", type=click.Choice([variant.name for variant in VARIANTS]),
    help="What to measure; may be repeated.",
)  # fmt: skip
@click.option(
    "--repeats",
    default=5,
    type=click.IntRange(min=1),
    help="Runs after a warm-up; 1 without peers: none.",
)
@click.option("--peers/--no-peers", default=True, help="Run pandas, polars and lifetimes too.")
@click.option("--memory-limit", metavar="SIZE", help="DuckDB's, such as 4GB; else its default.")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), show_default="a temporary one",
    help="Where to put shops and spill files: about 100 bytes an order while it runs.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="Write benchmark.json and benchmark.svg there.",
)  # fmt: skip
def main(
    sizes: tuple[str, ...],
    names: tuple[str, ...],
    repeats: int,
    peers: bool,
    memory_limit: str | None,
    folder: Path | None,
    out: Path | None,
) -> None:
    """Measure the build on made-up shops, side by side with other tools.

    The unit is the CPU of a bare scan (orders grouped by customer) in the same process. Variants
    run in turn, each in a process of its own, several times over; medians are printed with their
    range. Before anything is timed, every tool must give the same table.
    """
    from lib.benchmark.report import as_lines, as_svg  # dbt's imports take two seconds
    from lib.benchmark.run import run, sizes_named

    if peers:
        _check_peers()
    chosen = [variant for variant in VARIANTS if variant.name in names]
    rests_on = {other for each in chosen for other in (each.less, each.share_of) if other}
    if missing := rests_on - set(names):
        raise UserError(f"what --variant asks for is counted with {missing.pop()}; name it too")
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=folder) as work:
        results = run(
            sizes_named(sizes),
            chosen,
            PEERS if peers else (),
            repeats=repeats,
            folder=Path(work),
            memory_limit=memory_limit,
            say=lambda line: click.echo(line, err=True),
        )
    click.echo("\n".join(as_lines(results)))
    if out:
        out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(results, indent=2) + "\n"
        (out / "benchmark.json").write_text(text, encoding="utf-8")
        (out / "benchmark.svg").write_text(as_svg(results), encoding="utf-8")
        click.echo(f"{out / 'benchmark.json'} and {out / 'benchmark.svg'} are written.")


def _check_peers() -> None:
    from importlib.util import find_spec

    absent = [name for name in (*PEERS, "pyarrow") if find_spec(name) is None]
    if absent:
        raise UserError(
            f"{', '.join(absent)} not installed: `pip install {' '.join(absent)}`, or --no-peers"
        )


if __name__ == "__main__":
    run_command(main)
