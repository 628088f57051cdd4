"""Look at the published versions, go back to one, keep fewer, check that they are whole."""

from pathlib import Path

import click

from lib.errors import run_command
from lib.publishing.flip import kept_versions
from lib.publishing.layout import Layout, default_layout
from lib.publishing.prune import prune
from lib.publishing.seal import verify_version
from lib.publishing.shelf import listed, roll_back
from lib.publishing.writer import changing

EXAMPLES = """
\b
Examples:
  python scripts/publish.py list
  python scripts/publish.py rollback                 the version before the served one
  python scripts/publish.py rollback 2025-06-30-4f2a90c1d3e8-77ab01c2
  python scripts/publish.py keep 2
  python scripts/publish.py verify
"""


@click.group(epilog=EXAMPLES)
@click.option("--warehouse-dir", type=click.Path(path_type=Path), help="Another warehouse folder.")
@click.option("--wait", type=click.FloatRange(min=0), default=0, help="Seconds to wait for a lock.")
@click.pass_context
def main(context: click.Context, warehouse_dir: Path | None, wait: float) -> None:
    """Look at the published versions, go back to one, keep fewer, check that they are whole."""
    context.obj = Layout(warehouse_dir.resolve()) if warehouse_dir else default_layout()
    context.meta["wait"] = wait


@main.command("list")
@click.pass_obj
def list_versions(layout: Layout) -> None:
    """The kept versions, oldest first; * marks the served one."""
    for line in listed(layout):
        click.echo(line)


@main.command("rollback")
@click.argument("version", required=False)
@click.pass_context
def back(context: click.Context, version: str | None) -> None:
    """Serve a kept version again; it is checked first. The next run publishes a new one."""
    for line in roll_back(context.obj, version, context.meta["wait"]):
        click.echo(line)


@main.command()
@click.argument("number", type=click.IntRange(min=1))
@click.pass_context
def keep(context: click.Context, number: int) -> None:
    """Remove all but the newest NUMBER versions, never the served one."""
    with changing(context.obj, purpose="keep", wait=context.meta["wait"]) as layout:
        removed = prune(layout, number)
    click.echo(f"removed {len(removed)} versions, kept {len(kept_versions(layout))}")


@main.command()
@click.argument("version", required=False)
@click.pass_obj
def verify(layout: Layout, version: str | None) -> None:
    """Check a version (without a name: every kept one) against its manifest, bytes and rows."""
    names = [version] if version else [name for _, name, _ in kept_versions(layout)]
    for name in names:
        tables = verify_version(layout.version(name))
        click.echo(f"{name}: whole ({tables} tables)")
    if not names:
        click.echo("nothing is published yet")


if __name__ == "__main__":
    run_command(main)
