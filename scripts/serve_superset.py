"""Look at the served segments in Apache Superset, on this machine only."""

from pathlib import Path

import click

from lib.errors import UserError, run_command
from lib.publishing.layout import default_layout
from lib.warehouse import ROOT

EXAMPLES = """
\b
Examples:
  make superset                                             what is served, on http://127.0.0.1:8088
  .venv-superset/bin/python scripts/serve_superset.py --port 9000

Publishing goes on meanwhile: each query reads the version served at that moment. The first start
takes about a minute. Everything Superset keeps is in --home; delete it to begin anew. A dashboard
of ours that was changed by hand is written over when ours changes: save yours under another name.
"""


@click.command(epilog=EXAMPLES)
@click.option("--port", type=click.IntRange(1, 65535), default=8088, show_default=True)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / "data" / "superset",
    show_default="data/superset",
    help="Folder for Superset's own tables, key and password.",
)
@click.option("--warehouse-dir", type=click.Path(path_type=Path), help="Another warehouse folder.")
def main(port: int, home: Path, warehouse_dir: Path | None) -> None:
    """Bring up Superset with the dashboard in English and Chinese, read-only on what is served."""
    try:
        from lib.superset import serve
    except ImportError as error:
        raise UserError(f"{error}: run `make superset`, which installs Superset") from error
    warehouse = (warehouse_dir or default_layout().root).resolve()
    home = home.resolve()
    environment = serve.prepare(home, warehouse)
    address = f"http://{serve.HOST}:{port}/superset/dashboard/segments"
    click.echo(f"{address}-en/ (English), {address}-zh/ (中文)")
    click.echo(f"user {serve.USER}, password in {home / serve.PASSWORD}; Ctrl-C ends")
    serve.serve(environment, port)


if __name__ == "__main__":
    run_command(main)
