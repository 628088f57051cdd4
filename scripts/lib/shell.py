"""A read-only SQL shell on what is served."""

import cmd
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb

from lib.errors import UserError
from lib.publishing.fingerprints import quoted
from lib.publishing.reader import serving_connection

WELCOME = """Read-only SQL on the served segments. A statement ends with a semicolon; each one sees
the version served at that moment. Tab completes; ? for help, q to leave. Everyone asks:
"""
HELP = """\
1 … 5               the answer to that question, and its SQL
questions           the questions again
tables              the tables there are
columns TABLE       the columns of a table, e.g. columns marts.customer_segments
select … ;          any query, over as many lines as it takes
q, Ctrl-D           leave"""
TABLES = """
select table_schema || '.' || table_name as name, estimated_size as row_count
from duckdb_tables()
inner join information_schema.tables using (table_name)
where table_schema = schema_name
order by name
"""
PROMPT, CONTINUED = "segments> ", "     ...> "


class Shell(cmd.Cmd):
    """Reads lines from a terminal or a pipe; `questions` are titles and SQL, asked by number."""

    prompt = PROMPT

    def __init__(self, root: Path, questions: dict[str, tuple[str, str]], rows: int) -> None:
        super().__init__()
        self.root = root
        self.questions = questions
        self.rows = rows
        self.pending = ""
        self.names: list[str] = []
        if not sys.stdin.isatty():
            self.use_rawinput = False
            self.prompt = ""

    def preloop(self) -> None:
        self.names = self._names()
        if self.prompt:
            print(WELCOME)
            self.do_questions("")

    def onecmd(self, line: str) -> bool:
        """A line of SQL is kept until its semicolon; anything else is a command of the shell."""
        text = line.strip()
        if text == "EOF":
            return self._leave()
        word = text.removesuffix(";").strip()
        if not self.pending and word in self.questions:
            self._show_question(word)
        elif not self.pending and word.split(" ")[0] in ("?", "help", "q", "quit", "exit"):
            if word.split(" ")[0] in ("q", "quit", "exit"):
                return True
            print(HELP)
        elif not self.pending and word.split(" ")[0] in ("questions", "tables", "columns"):
            name, _, argument = word.partition(" ")
            command: Callable[[str], None] = getattr(self, f"do_{name}")
            command(argument.strip())
        elif text:
            self.pending += line + "\n"
            if text.endswith(";"):
                self._ask(self.pending)
                self.pending = ""
        if self.prompt:
            self.prompt = CONTINUED if self.pending else PROMPT
        return False

    def do_questions(self, _: str) -> None:
        for number, (title, _sql) in self.questions.items():
            print(f"{number}  {title}")

    def do_tables(self, _: str) -> None:
        self._ask(TABLES)

    def do_columns(self, table: str) -> None:
        self._ask(f"describe {quoted(*table.split('.'))}")

    def completedefault(self, text: str, line: str, begin: int, end: int) -> list[str]:
        """Names of tables and columns that begin as the word does."""
        return [name for name in self.names if name.startswith(text)]

    def completenames(self, text: str, *_: object) -> list[str]:
        words = ["select", "from", "questions", "tables", "columns", "help", "quit"]
        return [word for word in words if word.startswith(text)]

    def _show_question(self, number: str) -> None:
        title, sql = self.questions[number]
        print(f"-- {title}\n{sql}")
        self._ask(sql)

    def _ask(self, sql: str) -> None:
        try:
            with serving_connection(self.root) as connection:
                answer = connection.sql(sql)
                if answer is not None:
                    answer.show(max_rows=self.rows, max_width=160)
        except (duckdb.Error, UserError) as error:
            print(f"error: {error}", file=sys.stderr)

    def _names(self) -> list[str]:
        with serving_connection(self.root) as connection:
            found = connection.execute(
                "select distinct unnest([table_schema || '.' || table_name, column_name])"
                " from information_schema.columns"
            )
            return sorted(name for (name,) in found.fetchall())

    def _leave(self) -> bool:
        if self.pending.strip():
            print("error: the last statement has no semicolon; it was not run", file=sys.stderr)
        if self.prompt:
            print()
        return True
