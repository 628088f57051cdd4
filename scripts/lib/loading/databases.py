"""Tables of other databases: DuckDB, SQLite, and PostgreSQL where psycopg is installed."""

import importlib
import sqlite3
import urllib.parse
from collections.abc import Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb

from lib.errors import UserError
from lib.loading.decode import scratch_path
from lib.loading.mapping import Options, Origin
from lib.loading.sql import Connection, columns_of, keep_native, literal, quote
from lib.loading.written import Source, write_csv, written_source

SQLITE_FILE = b"SQLite format 3\0"
DUCKDB_MAGIC = b"DUCK"


def is_sqlite(start: bytes) -> bool:
    """Whether a file that begins with these bytes is an SQLite database."""
    return start.startswith(SQLITE_FILE)


def is_duckdb(start: bytes) -> bool:
    """Whether a file that begins with these bytes is a DuckDB database."""
    return start[8:12] == DUCKDB_MAGIC


def open_sqlite(
    connection: Connection, path: Path, name: str, origin: Origin, workdir: Path
) -> Source:
    """A table or view of an SQLite file, as text."""
    target = scratch_path(workdir, ".csv")
    table = origin.table or ""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            tables = database.execute(
                "select name from sqlite_master where type in ('table', 'view')"
            )
            known = [row[0] for row in tables]
            if table not in known:
                raise _unknown_table(path.name, origin, known)
            rows = database.execute(f"select * from {quote(table)}")
            write_csv(target, chain([[column[0] for column in rows.description]], rows))
    except sqlite3.Error as error:
        raise UserError(f"{path.name} cannot be read as an SQLite database ({error})") from None
    return written_source(connection, target, name, Options())


def export_duckdb(path: Path, origin: Origin, workdir: Path) -> Path:
    """A table of another DuckDB file as a Parquet file, so that its types stay."""
    schema, table = _schema_and_table(origin, "main")
    target = scratch_path(workdir, ".parquet")
    try:
        with duckdb.connect(str(path), read_only=True) as database:
            database.execute("set TimeZone = 'UTC'")
            # Tables only: a view could read files beyond the folder.
            tables = database.execute(
                "select schema_name || '.' || table_name from duckdb_tables() where not temporary"
            )
            known = [row[0] for row in tables.fetchall()]
            if f"{schema}.{table}" not in known:
                raise _unknown_table(path.name, origin, known)
            relation = f"{quote(schema)}.{quote(table)}"
            columns = ", ".join(
                f"{keep_native(quote(column), type_)} as {quote(column)}"
                for column, type_ in columns_of(database, relation).items()
            )
            database.execute(
                f"copy (select {columns} from {relation})"
                f" to {literal(str(target))} (format parquet)"
            )
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise UserError(f"{path.name} cannot be read as a DuckDB database: {reason}") from None
    return target


def open_postgres(connection: Connection, url: str, origin: Origin, workdir: Path) -> Source:
    """A table of a PostgreSQL database, as text. Its address may hold a password: not printed."""
    try:
        psycopg: Any = importlib.import_module("psycopg")
    except ImportError:
        raise UserError(
            "reading PostgreSQL needs the package psycopg: pip install 'psycopg[binary]'"
        ) from None
    address = urllib.parse.urlsplit(url)
    place = f"{address.hostname or 'localhost'}{address.path}"
    schema, table = _schema_and_table(origin, "public")
    target = scratch_path(workdir, ".csv")
    try:
        with psycopg.connect(url, options="-c timezone=UTC -c datestyle=ISO") as database:
            cursor = database.cursor()
            cursor.execute(
                "select table_schema || '.' || table_name from information_schema.tables"
                " where table_schema not in ('pg_catalog', 'information_schema')"
            )
            known = [row[0] for row in cursor.fetchall()]
            if f"{schema}.{table}" not in known:
                raise _unknown_table(place, origin, known)
            rows = f"select * from {quote(schema)}.{quote(table)}"
            with (
                target.open("wb") as file,
                cursor.copy(f"copy ({rows}) to stdout (format csv, header)") as blocks,
            ):
                file.writelines(blocks)
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise UserError(f"PostgreSQL at {place} refuses: {reason}") from None
    return written_source(connection, target, f"{place}:{schema}.{table}", Options())


def _schema_and_table(origin: Origin, default: str) -> tuple[str, str]:
    schema, _, table = (origin.table or "").rpartition(".")
    return schema or default, table


def _unknown_table(database: str, origin: Origin, known: Sequence[str]) -> UserError:
    return UserError(
        f"{database} has no table {origin.table}; it has {', '.join(sorted(known)) or 'none'}"
    )
