"""Asking what is served: by number, by SQL, and one after another."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import duckdb

from sample_run import ROOT

QUERY = [sys.executable, str(ROOT / "scripts" / "query.py")]


def ask(warehouse: Path, typed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*QUERY, "--shell", "--warehouse-dir", str(warehouse)],
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_statement_may_take_several_lines_and_numbers_are_questions(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse / "current/segments.duckdb"), read_only=True) as served:
        (customers,) = served.execute("select count(*) from marts.customer_segments").fetchone()
    answer = ask(warehouse, "select\n  count(*) as customers\nfrom marts.customer_segments;\n1\n")
    assert answer.returncode == 0 and answer.stderr == ""
    assert f" {customers} " in answer.stdout
    assert "-- Who are our customers" in answer.stdout and "核心客户" in answer.stdout


def test_it_shows_tables_and_columns_and_helps(warehouse: Path) -> None:
    answer = ask(warehouse, "tables\ncolumns marts.segment_summary\n?\nquestions;\nq\nselect 1;\n")
    assert answer.returncode == 0 and answer.stderr == ""
    assert "catalogue.categories" in answer.stdout
    assert "net_revenue_365d_share" in answer.stdout
    assert "Whom are we about to lose" in answer.stdout
    assert "│     1 │" not in answer.stdout  # it had left


def test_nothing_can_be_written_or_read_elsewhere(warehouse: Path, tmp_path: Path) -> None:
    stolen = tmp_path / "stolen.csv"
    wrong = (
        "drop table marts.customer_segments;",
        f"copy marts.customer_segments to '{stolen}';",
        "select * from read_text('/etc/hostname');",
        "set enable_external_access = true;",
    )
    answer = ask(warehouse, "\n".join(wrong) + "\n")
    assert answer.returncode == 0
    assert answer.stderr.count("error: ") == len(wrong)
    assert not stolen.exists()


def test_an_error_is_told_and_the_shell_goes_on(warehouse: Path) -> None:
    answer = ask(warehouse, "select nothing;\nselect 40 + 2 as sum;\nselect 1")
    assert "error: " in answer.stderr and "42" in answer.stdout
    assert "has no semicolon" in answer.stderr


def test_on_a_terminal_it_greets_and_prompts(warehouse: Path) -> None:
    terminal, theirs = pty.openpty()
    process = subprocess.Popen(
        [*QUERY, "--shell", "--warehouse-dir", str(warehouse)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "dumb"},
    )
    os.close(theirs)
    os.write(terminal, b"select 40 +\n2 as sum;\n")
    os.write(terminal, b"q\n")
    said = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # the shell has left
            break
        said += piece
        if not piece:
            break
    assert process.wait(timeout=60) == 0
    text = said.decode()
    assert "Everyone asks" in text and "segments> " in text and "...> " in text and "42" in text
