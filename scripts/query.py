"""Ask the served segments a question: SQL, or one of the questions everyone asks."""

from pathlib import Path

import click
import duckdb

from lib.errors import UserError, run_command
from lib.publishing.layout import default_layout
from lib.publishing.reader import serving_connection
from lib.shell import Shell

QUESTIONS = Path(__file__).parent / "questions"
EXAMPLES = """
\b
Examples:
  python scripts/query.py                 the questions there are
  python scripts/query.py 1               the answer to the first
  python scripts/query.py "select segment, count(*) from marts.customer_segments group by segment"
  python scripts/query.py --shell         one after another, read-only
"""


@click.command(epilog=EXAMPLES)
@click.argument("question", default="")
@click.option("--rows", type=click.IntRange(min=1), default=40, show_default=True)
@click.option("--shell", is_flag=True, help="Ask one after another.")
@click.option("--warehouse-dir", type=click.Path(path_type=Path), help="Another warehouse folder.")
def main(question: str, rows: int, shell: bool, warehouse_dir: Path | None) -> None:
    """Print the answer to QUESTION, which is SQL or the number of a question, as a table."""
    root = warehouse_dir.resolve() if warehouse_dir else default_layout().root
    if shell:
        Shell(root, questions(), rows).cmdloop()
        return
    if not question:
        for number, (title, _) in questions().items():
            click.echo(f"{number}  {title}")
        return
    with serving_connection(root) as connection:
        try:
            connection.sql(question_sql(question)).show(max_rows=rows, max_width=160)
        except duckdb.Error as error:
            raise UserError(f"the query failed: {error}") from error


def questions() -> dict[str, tuple[str, str]]:
    """Title and SQL of the questions everyone asks, by their number."""
    found = {}
    for path in sorted(QUESTIONS.glob("*.sql")):
        title, _, sql = path.read_text(encoding="utf-8").partition("\n")
        found[path.stem.split("_")[0]] = (title.removeprefix("-- "), sql)
    return found


def question_sql(question: str) -> str:
    """The SQL of a numbered question, or the text itself where it is no number."""
    if not question.isdigit():
        return question
    if question in questions():
        return questions()[question][1]
    raise UserError(f"there is no question {question}: call without one to see the list")


if __name__ == "__main__":
    run_command(main)
