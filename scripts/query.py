"""Ask the served segments a question: SQL, or one of the questions everyone asks."""

from pathlib import Path

import click
import duckdb

from lib.errors import UserError, run_command
from lib.publishing.layout import default_layout
from lib.publishing.reader import serving_connection

QUESTIONS = Path(__file__).parent / "questions"
EXAMPLES = """
\b
Examples:
  python scripts/query.py                 the questions there are
  python scripts/query.py 1               the answer to the first
  python scripts/query.py "select segment, count(*) from marts.customer_segments group by segment"
"""


@click.command(epilog=EXAMPLES)
@click.argument("question", default="")
@click.option("--rows", type=click.IntRange(min=1), default=40, show_default=True)
@click.option("--warehouse-dir", type=click.Path(path_type=Path), help="Another warehouse folder.")
def main(question: str, rows: int, warehouse_dir: Path | None) -> None:
    """Print the answer to QUESTION, which is SQL or the number of a question, as a table."""
    if not question:
        for path in sorted(QUESTIONS.glob("*.sql")):
            title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("-- ")
            click.echo(f"{path.stem.split('_')[0]}  {title}")
        return
    root = warehouse_dir.resolve() if warehouse_dir else default_layout().root
    with serving_connection(root) as connection:
        try:
            connection.sql(question_sql(question)).show(max_rows=rows, max_width=160)
        except duckdb.Error as error:
            raise UserError(f"the query failed: {error}") from error


def question_sql(question: str) -> str:
    """The SQL of a numbered question, or the text itself where it is no number."""
    if not question.isdigit():
        return question
    for path in QUESTIONS.glob(f"{question}_*.sql"):
        return path.read_text(encoding="utf-8")
    raise UserError(f"there is no question {question}: call without one to see the list")


if __name__ == "__main__":
    run_command(main)
