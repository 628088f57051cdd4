"""Fingerprints of tables: equal rows, in any order, give equal numbers.

Run as a program on a file and the names of schemas it prints their contents as JSON. Sealing does
so, because only a fresh process reads nothing but the file.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

# Summed halves of an md5, not bit_xor(hash(row)): xor loses every pair of equal rows.
QUERY = """
    select count(*),
        coalesce(sum(md5_number_lower(row_text)::hugeint), 0)::varchar,
        coalesce(sum(md5_number_upper(row_text)::hugeint), 0)::varchar
    from (select rows_of::varchar as row_text from {table} as rows_of)
"""


class Fingerprint(NamedTuple):
    """Row count, and the sums of the lower and upper halves of each row's md5, as text."""

    rows: int
    lower: str
    upper: str


def quoted(*names: str) -> str:
    """A qualified SQL identifier."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(*values: str) -> str:
    """SQL text literals, with commas between. (Bound parameters would import numpy and pandas.)"""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


def tables_of(
    connection: duckdb.DuckDBPyConnection, database: str, schemas: Iterable[str]
) -> list[tuple[str, str]]:
    """(schema, table or view) of a database's given schemas, in order of name."""
    rows = connection.execute(
        "select table_schema, table_name from information_schema.tables"
        f" where table_catalog = {literal(database)}"
        f" and table_schema in ({literal('', *schemas)}) order by all"
    ).fetchall()
    return [(schema, table) for schema, table in rows]


def fingerprint(
    connection: duckdb.DuckDBPyConnection, database: str, schema: str, table: str
) -> Fingerprint:
    """Fingerprint of one table or view."""
    row = connection.execute(QUERY.format(table=quoted(database, schema, table))).fetchall()[0]
    return Fingerprint(*row)


def fingerprints(
    connection: duckdb.DuckDBPyConnection, database: str, schemas: Mapping[str, str]
) -> dict[str, Fingerprint]:
    """{'marts.customer_segments': Fingerprint(…), …} of a database's given schemas.

    `schemas` says under which name each appears in the result: {'marts': 'marts', …}.
    """
    return {
        f"{schemas[schema]}.{table}": fingerprint(connection, database, schema, table)
        for schema, table in tables_of(connection, database, schemas)
    }


def fingerprints_of_file(path: Path, schemas: Iterable[str]) -> dict[str, Fingerprint]:
    """The same of a sealed file, opened read-only in this process."""
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return fingerprints(connection, path.stem, {schema: schema for schema in schemas})


def contents(
    connection: duckdb.DuckDBPyConnection, database: str, schemas: Mapping[str, str]
) -> dict[str, list[Any]]:
    """{'raw.orders': [columns, rows, hash], …}: a cheaper look for comparisons within a run.

    The 64-bit hash costs 0.13 s per million orders, an md5 ten times that, but it may differ from
    one DuckDB version to the next. Equal to that of another table only if the columns are, too.
    """
    found = {}
    for schema, table in tables_of(connection, database, schemas):
        name = quoted(database, schema, table)
        columns = [list(row[:2]) for row in connection.execute(f"describe {name}").fetchall()]
        rows = connection.execute(
            f"select count(*), sum(hash(rows_of)::hugeint)::varchar from {name} as rows_of"
        ).fetchall()[0]
        found[f"{schemas[schema]}.{table}"] = [columns, *rows]
    return found


if __name__ == "__main__":
    file, *of_schemas = sys.argv[1:]
    with duckdb.connect(file, read_only=True) as read_back:
        read_back.execute("set TimeZone = 'UTC'")
        print(json.dumps(contents(read_back, Path(file).stem, {name: name for name in of_schemas})))
