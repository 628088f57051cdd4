"""Run the compiled SQL on a few raw rows, in memory: tens of milliseconds a shop."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import duckdb
import pandas as pd

from lib.pseudonyms import key_from_environment, teach
from lib.warehouse import create_contract_tables, raw_tables
from shop.project import CATALOG, MADE_OF_SEEDS, Model, compiled_proofs, seeds

Row = dict[str, Any]
LINEAGE_TYPES = {"load_id": "varchar", "source_line": "bigint", "loaded_on": "date"}


def run_models(
    models: Mapping[str, Model],
    raw: Mapping[str, Sequence[Row]],
    wanted: Iterable[str],
    *,
    as_text: bool = False,
    catalogue: Sequence[str] = (),
) -> dict[str, list[Row]]:
    """The rows of the wanted models (money as Decimal, days as date), given raw rows of text.

    `catalogue` holds SQL that changes seeds first.

    `as_text` keeps the raw columns as text, as a loader may; otherwise they have the types of
    the contract, and text that a type cannot hold is an error of the test.
    """
    connection = empty_warehouse(as_text)
    teach(connection, key_from_environment())
    for statement in catalogue:
        connection.execute(statement)
    fill(connection, raw)
    wanted = list(wanted)
    needed = with_ancestors(models, wanted)
    for schema in {models[name].schema for name in needed}:
        connection.execute(f"create schema if not exists {schema}")
    for name, model in models.items():
        if name in needed:
            connection.execute(f"create table {model.relation} as {model.sql}")
    return {name: _fetch(connection, models[name].relation) for name in wanted}


def failing_proofs(catalogue: Sequence[str]) -> dict[str, list[Row]]:
    """What each proof of the catalogue that fails says, once `catalogue` (SQL) has changed it."""
    connection = empty_warehouse(as_text=False)
    for statement in catalogue:
        connection.execute(statement)
    proofs = compiled_proofs()
    for model in map(proofs.__getitem__, MADE_OF_SEEDS):
        connection.execute(f"create schema if not exists {model.schema}")
        connection.execute(f"create table {model.relation} as {model.sql}")
    told = {}
    for name, proof in proofs.items():
        if name not in MADE_OF_SEEDS:
            cursor = connection.execute(proof.sql)
            columns = [column[0] for column in cursor.description]
            told[name] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return {name: rows for name, rows in told.items() if rows}


def fill(connection: duckdb.DuckDBPyConnection, raw: Mapping[str, Sequence[Row]]) -> None:
    """Insert raw rows into the raw tables of the database in use."""
    for table, rows in raw.items():
        if rows:
            columns = dict.fromkeys(name for row in rows for name in row)
            frame = {name: [row.get(name) for row in rows] for name in columns}
            connection.register("rows", pd.DataFrame(frame, dtype=object))
            connection.execute(f"insert into raw.{table} by name select * from rows")
            connection.unregister("rows")


def with_ancestors(models: Mapping[str, Model], wanted: Iterable[str]) -> set[str]:
    needed: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(models[name].parents)
    return needed


def _fetch(connection: duckdb.DuckDBPyConnection, relation: str) -> list[Row]:
    cursor = connection.execute(f"select * from {relation}")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def empty_warehouse(as_text: bool) -> duckdb.DuckDBPyConnection:
    """A warehouse with seeds and no rows, copied from a template made once."""
    connection = template(as_text)
    connection.execute(f"use memory; detach database if exists {CATALOG}")
    connection.execute(f"attach ':memory:' as {CATALOG}")
    connection.execute(f"copy from database template to {CATALOG}; use {CATALOG}")
    return connection


@cache
def template(as_text: bool) -> duckdb.DuckDBPyConnection:
    """A connection with the empty warehouse attached as `template`."""
    connection = duckdb.connect()
    connection.execute(
        "set TimeZone = 'UTC'; set threads = 1; set preserve_insertion_order = false"
    )
    connection.execute("attach ':memory:' as template; use template")
    if as_text:
        _create_text_tables(connection)
    create_contract_tables(connection)
    for seed in seeds():
        columns = ", ".join(f"cast({n} as {t}) as {n}" for n, t in seed.column_types.items())
        connection.execute(f"create schema if not exists {seed.schema}")
        connection.execute(
            f"create table {seed.relation.replace(CATALOG, 'template', 1)} as select {columns}"
            f" from read_csv('{seed.path}', header = true, all_varchar = true, nullstr = '')"
        )
    return connection


def _create_text_tables(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema raw")
    for name, table in raw_tables().items():
        columns = ", ".join(
            f"{c.name} {LINEAGE_TYPES.get(c.name, 'varchar')}" for c in table.columns
        )
        connection.execute(f"create table raw.{name} ({columns})")
