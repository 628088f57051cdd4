"""Export the lists of customers to act on, for mail programs, spreadsheets and other systems."""

from pathlib import Path

import click

from lib.errors import UserError, run_command
from lib.exporting.audience_files import FILE, KINDS, Selection, export
from lib.publishing.layout import default_layout
from lib.publishing.reader import serving_connection

EXAMPLES = """
\b
Examples:
  python scripts/export_audiences.py                                     the audiences there are
  python scripts/export_audiences.py --all --out members.parquet         ids only
  python scripts/export_audiences.py win_back_coupon --out mail.csv --with-contacts
  python scripts/export_audiences.py win_back_coupon --out 唤回.csv --with-contacts --bom
  python scripts/export_audiences.py --all --events --out moves.jsonl    who entered and left

\b
The kind of file is the ending of its name: .csv, .jsonl or .parquet. In CSV, text that a
spreadsheet would run as a formula gets an apostrophe in front; --bom lets a spreadsheet read
Chinese. Nobody who is held out or did not agree to be contacted is in any list. Files with
contact data are yours alone to read (mode 0600) and yours to delete.
"""


@click.command(epilog=EXAMPLES)
@click.argument("audience", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every audience.")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write.")
@click.option("--events", is_flag=True, help="Who entered and left, instead of who is in.")
@click.option("--with-contacts", is_flag=True, help="Name, e-mail and phone too.")
@click.option("--bom", is_flag=True, help="Mark a CSV as UTF-8, for spreadsheets.")
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@click.option("--warehouse-dir", type=click.Path(path_type=Path), help="Another warehouse folder.")
def main(
    audience: tuple[str, ...],
    everything: bool,
    out: Path | None,
    events: bool,
    with_contacts: bool,
    bom: bool,
    force: bool,
    warehouse_dir: Path | None,
) -> None:
    """Write the members of each AUDIENCE (or --all) to a file; without one, list what there is."""
    root = warehouse_dir.resolve() if warehouse_dir else default_layout().root
    if not audience and not everything:
        if out:
            raise UserError("--out needs to know whom to write: name an audience, or give --all")
        _list(root)
        return
    if audience and everything:
        raise UserError("--all and the name of an audience contradict each other: give one of them")
    if out is None:
        raise UserError("say where to write: --out FILE.csv, FILE.jsonl or FILE.parquet")
    kind = out.suffix.removeprefix(".").lower()
    if kind not in KINDS:
        raise UserError(f"--out {out} must end in {', '.join(f'.{name}' for name in KINDS)}")
    if bom and kind != "csv":
        raise UserError(f"--bom is for CSV files only, and {out.name} is none: leave it out")
    if out.exists() and not force:
        raise UserError(f"{out} is there already: give another name, or --force to replace it")
    selection = Selection(audience, events=events, contacts=with_contacts)
    rows = export(root, selection, out, kind, bom=bom)
    click.echo(f"wrote {rows:,} rows to {out}")


def _list(root: Path) -> None:
    with serving_connection(root, FILE) as connection:
        connection.sql(
            "select audience_id, members, channel, audience_label_zh from audiences"
            " order by members desc, audience_id"
        ).show(max_rows=100, max_width=160)


if __name__ == "__main__":
    run_command(main)
