"""A copy of the served tables in PostgreSQL, for tools without a driver for DuckDB."""

import importlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from lib.errors import BUSY, UserError
from lib.publishing.fingerprints import literal, quoted
from lib.publishing.reader import serving_connection

# Schemas copied, in this order; each has the same name there.
SCHEMAS = ("marts", "catalogue")
MARK = "customer segments, version "
INCOMING, PREVIOUS = "_incoming", "_previous"
LOCK = 7_310_579_115
BATCH = 10_000
TYPES = {
    "VARCHAR": "text",
    "BIGINT": "bigint",
    "INTEGER": "integer",
    "DOUBLE": "double precision",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}


@dataclass(frozen=True)
class Exported:
    """What an export did; `rows` is 0 where PostgreSQL had the served version already."""

    version: str
    tables: int
    rows: int
    seconds: float
    warnings: list[str]


def export(root: Path, url: str, readers: Sequence[str]) -> Exported:
    """Copy the served version beside what PostgreSQL serves, then swap the schemas at once.

    `url` is a PostgreSQL connection string; what it leaves out comes from PGHOST and the like.
    `readers` are roles that may read, made where they do not exist. Errors: UserError; whatever
    goes wrong before the swap leaves what was served as it was.
    """
    psycopg = _psycopg()
    started = time.monotonic()
    try:
        with (
            serving_connection(root) as served,
            psycopg.connect(url, autocommit=True) as target,
            _alone(target),
        ):
            version = _one(served, "select min(version) from publication.fingerprints")
            if _version_there(target) == version:
                return Exported(version, 0, 0, time.monotonic() - started, [])
            with target.transaction():
                tables, rows = _fill(served, target, version, readers)
            with target.transaction():
                _swap(target)
            warnings = _drop_previous(target, psycopg)
    except psycopg.Error as error:
        raise UserError(f"PostgreSQL: {' '.join(str(error).split())}") from error
    return Exported(version, tables, rows, time.monotonic() - started, warnings)


def _psycopg() -> Any:
    try:
        return importlib.import_module("psycopg")
    except ImportError as error:
        raise UserError(
            "writing PostgreSQL needs the package psycopg: pip install 'psycopg[binary]'"
        ) from error


@contextmanager
def _alone(target: Any) -> Iterator[None]:
    """Two exports into one database would mix their incoming schemas."""
    if not _one(target, f"select pg_try_advisory_lock({LOCK})"):
        raise UserError("another export into this database is running", exit_code=BUSY)
    try:
        yield
    finally:
        target.execute(f"select pg_advisory_unlock({LOCK})")


def _version_there(target: Any) -> str | None:
    """The version PostgreSQL serves, None before the first; a schema not ours is refused."""
    versions = set()
    for schema in SCHEMAS:
        comment = _one(
            target,
            "select coalesce(obj_description(oid, 'pg_namespace'), '') from pg_namespace"
            f" where nspname = {literal(schema)}",
        )
        if comment is not None and not comment.startswith(MARK):
            raise UserError(
                f"the database has a schema {schema} that this export did not make: use a database"
                " of its own, or rename that schema"
            )
        versions.add(comment.removeprefix(MARK) if comment else None)
    return versions.pop() if len(versions) == 1 else None


def _fill(
    served: duckdb.DuckDBPyConnection, target: Any, version: str, readers: Sequence[str]
) -> tuple[int, int]:
    """Make the incoming schemas and everything in them; returns tables and rows."""
    for reader in readers:
        if not _one(target, f"select 1 from pg_roles where rolname = {literal(reader)}"):
            target.execute(f"create role {quoted(reader)} nologin")
    tables = rows = 0
    for schema in SCHEMAS:
        incoming = schema + INCOMING
        target.execute(f"drop schema if exists {quoted(incoming)} cascade")
        target.execute(f"create schema {quoted(incoming)}")
        target.execute(f"comment on schema {quoted(incoming)} is {literal(MARK + version)}")
        for (table,) in served.execute(
            f"select table_name from duckdb_tables() where schema_name = {literal(schema)}"
            " order by table_name"
        ).fetchall():
            rows += _copy(served, target, schema, table)
            tables += 1
        for reader in readers:
            target.execute(f"grant usage on schema {quoted(incoming)} to {quoted(reader)}")
            target.execute(
                f"grant select on all tables in schema {quoted(incoming)} to {quoted(reader)}"
            )
    return tables, rows


def _copy(served: duckdb.DuckDBPyConnection, target: Any, schema: str, table: str) -> int:
    """One table with its comments; returns its rows."""
    name = quoted(schema + INCOMING, table)
    columns = served.execute(
        "select column_name, data_type, comment from duckdb_columns()"
        f" where schema_name = {literal(schema)} and table_name = {literal(table)}"
        " order by column_index"
    ).fetchall()
    typed = (f"{quoted(column)} {_type(kind, table, column)}" for column, kind, _ in columns)
    target.execute(f"create table {name} ({', '.join(typed)})")
    copied = 0
    found = served.execute(f"select * from {quoted(schema, table)}")
    with target.cursor() as cursor, cursor.copy(f"copy {name} from stdin") as copy:
        while batch := found.fetchmany(BATCH):
            for row in batch:
                copy.write_row(row)
            copied += len(batch)
    comments = [("table", name, _comment(served, schema, table))]
    comments += [("column", f"{name}.{quoted(column)}", text) for column, _, text in columns]
    for kind, what, text in comments:
        if text:
            target.execute(f"comment on {kind} {what} is {literal(text)}")
    target.execute(f"analyze {name}")
    return copied


def _type(kind: str, table: str, column: str) -> str:
    if kind.startswith("DECIMAL("):
        return kind.replace("DECIMAL", "numeric")
    if kind not in TYPES:
        raise UserError(f"{table}.{column} is {kind}, which has no place in PostgreSQL")
    return TYPES[kind]


def _comment(served: duckdb.DuckDBPyConnection, schema: str, table: str) -> str | None:
    found: str | None = _one(
        served,
        f"select comment from duckdb_tables() where schema_name = {literal(schema)}"
        f" and table_name = {literal(table)}",
    )
    return found


def _swap(target: Any) -> None:
    """The commit point: readers see all of the old version before it, all of the new after it."""
    for schema in SCHEMAS:
        if _one(target, f"select 1 from pg_namespace where nspname = {literal(schema)}"):
            free = f"{schema}{PREVIOUS}_{_one(target, 'select txid_current()')}"
            target.execute(f"alter schema {quoted(schema)} rename to {quoted(free)}")
        target.execute(f"alter schema {quoted(schema + INCOMING)} rename to {quoted(schema)}")


def _drop_previous(target: Any, psycopg: Any) -> list[str]:
    """Remove what was served before; a reader still busy there is left alone until next time."""
    warnings = []
    target.execute("set lock_timeout = '2s'")
    pattern = "|".join(SCHEMAS)
    for (schema,) in target.execute(
        f"select nspname from pg_namespace where nspname ~ '^({pattern}){PREVIOUS}_[0-9]+$'"
        f" and obj_description(oid, 'pg_namespace') like {literal(MARK + '%')}"
    ).fetchall():
        try:
            with target.transaction():
                for (table,) in target.execute(
                    f"select tablename from pg_tables where schemaname = {literal(schema)}"
                ).fetchall():
                    target.execute(f"drop table {quoted(schema, table)}")
                target.execute(f"drop schema {quoted(schema)}")
        except (
            psycopg.errors.LockNotAvailable,
            psycopg.errors.DependentObjectsStillExist,
        ) as error:
            reason = " ".join(str(error).split())
            warnings.append(f"{schema} is still in use and stays until the next export: {reason}")
    return warnings


def _one(connection: Any, sql: str) -> Any:
    row = connection.execute(sql).fetchone()
    return row[0] if row else None
