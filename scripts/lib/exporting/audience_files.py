"""Write audiences of the served version to files: who may be contacted, and how if asked for.

Only `audiences.duckdb` is read: the held out and those who did not agree are not in it, so that
they cannot be exported by mistake.
"""

import csv
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import duckdb

from lib.errors import UserError
from lib.publishing.durable import sync
from lib.publishing.fingerprints import literal
from lib.publishing.reader import served_file

FILE = "audiences.duckdb"
KINDS = ("csv", "jsonl", "parquet")
# What a spreadsheet takes for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"
PRIVATE = 0o600
CONTACTS = ("customer_name", "email", "phone")
BATCH = 10_000

Rows = Iterator[Sequence[Any]]


@dataclass(frozen=True)
class Selection:
    """Which rows: the audiences' ids (none: all), members or `events`, `contacts` beside them."""

    audiences: tuple[str, ...] = ()
    events: bool = False
    contacts: bool = False

    def query(self) -> str:
        """SQL over audiences.duckdb, in a fixed order."""
        table = "audience_events" if self.events else "audience_memberships"
        what = "event_kind, happened_on" if self.events else "segment, entered_on"
        contacts = "".join(f", people.{name}" for name in CONTACTS) if self.contacts else ""
        # who withdrew the consent has to be told as gone, without a contact
        join = "left join" if self.events else "inner join"
        wanted = f"where audience_id in ({literal(*self.audiences)})" if self.audiences else ""
        return f"""
            select audience_id, customer_id, {what}{contacts}
            from {table} {join} people using (customer_id) {wanted}
            order by all
        """


def export(root: Path, selection: Selection, target: Path, kind: str, *, bom: bool = False) -> int:
    """Write the selection to `target` as csv, jsonl or parquet; returns the number of rows.

    The file appears whole or not at all, readable by its owner only. Raises UserError where
    nothing is served, an audience is unknown or the file cannot be written.
    """
    served = served_file(root, FILE)
    if not served.exists():
        raise UserError(
            f"the served version in {root} has no {FILE}: run scripts/run_pipeline.py again"
        )
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach {literal(str(served))} as served (read_only)")
        connection.execute("use served")
        _check_audiences(connection, selection.audiences)
        with _whole_file(target) as partial:
            if kind == "parquet":
                return _write_parquet(connection, selection.query(), partial)
            found = connection.execute(selection.query())
            columns = [column[0] for column in found.description]
            with partial.open("w", encoding="utf-8", newline="") as file:
                write = _write_csv if kind == "csv" else _write_jsonl
                file.write(BOM if bom else "")
                return write(file, columns, _rows(found))


def neutralised(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe; all else is as it was.

    >>> neutralised("=1+1"), neutralised("+86 139"), neutralised("ann"), neutralised(-5)
    ("'=1+1", "'+86 139", 'ann', -5)
    """
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def _check_audiences(connection: duckdb.DuckDBPyConnection, wanted: Sequence[str]) -> None:
    rows = connection.execute("select audience_id from audiences order by all").fetchall()
    known = [audience for (audience,) in rows]
    if unknown := [audience for audience in wanted if audience not in known]:
        raise UserError(f"there is no audience {', '.join(unknown)}; there are: {', '.join(known)}")


@contextmanager
def _whole_file(target: Path) -> Iterator[Path]:
    """A file beside the target, private from its first byte, that takes its place at the end."""
    partial = target.with_name(f".{target.name}-{os.getpid()}")
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
        yield partial
        sync(partial)
        os.replace(partial, target)
        sync(target.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(
            f"{target} cannot be written ({reason}); give another file with --out"
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _rows(found: duckdb.DuckDBPyConnection) -> Rows:
    while batch := found.fetchmany(BATCH):
        yield from batch


def _as_text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _write_csv(file: TextIO, columns: Sequence[str], rows: Rows) -> int:
    writer = csv.writer(file)
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([neutralised(_as_text(value)) for value in row])
        count += 1
    return count


def _write_jsonl(file: TextIO, columns: Sequence[str], rows: Rows) -> int:
    count = 0
    for row in rows:
        values = dict(zip(columns, map(_as_text, row), strict=True))
        file.write(json.dumps(values, ensure_ascii=False) + "\n")
        count += 1
    return count


def _write_parquet(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    written = connection.execute(
        f"copy ({query}) to {literal(str(path))} (format parquet, use_tmp_file false)"
    )
    return int(written.fetchall()[0][0])
