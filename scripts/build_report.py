"""Build the one-file page of a version again, e.g. after a change of its words or pictures."""

from pathlib import Path

import click

from lib.errors import run_command
from lib.publishing.layout import default_layout
from lib.publishing.reader import served_file
from lib.report.page import report_of

EXAMPLES = """
\b
Examples:
  python scripts/build_report.py                      into report.html, from what is served
  python scripts/build_report.py --out monday.html    under another name

run_pipeline.py builds the page itself: warehouse/current/report.html is sealed with its version.
"""


@click.command(epilog=EXAMPLES)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    default=Path("report.html"),
    show_default=True,
    help="File to write.",
)
@click.option("--warehouse-dir", type=click.Path(path_type=Path), help="Another warehouse folder.")
def main(out: Path, warehouse_dir: Path | None) -> None:
    """Write the page of the served version to a file of its own."""
    tables = served_file(warehouse_dir.resolve() if warehouse_dir else default_layout().root)
    out.write_text(report_of(tables), encoding="utf-8")
    click.echo(f"{out}: {out.stat().st_size:,} bytes, from version {tables.parent.name}")


if __name__ == "__main__":
    run_command(main)
