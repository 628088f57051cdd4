"""Where the warehouse lives, how to open it, and what its raw tables must look like."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCES_YML = ROOT / "models" / "staging" / "__sources.yml"
LOADER_TABLES = ("loads", "load_rejects", "erased_values")


@dataclass(frozen=True)
class Column:
    """A column of a raw table: its name, the type staging casts it to, and what it means."""

    name: str
    data_type: str
    description: str
    required: bool
    contains_pii: bool


@dataclass(frozen=True)
class Table:
    """A table of the raw contract; `key` names the columns by which late rows are merged."""

    schema: str
    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def data_columns(self) -> tuple[Column, ...]:
        """The columns a user brings, without the lineage the loader adds."""
        return tuple(column for column in self.columns if column.name not in LINEAGE)


LINEAGE = ("load_id", "source_line", "loaded_on")


def state_path() -> Path:
    """The one file that lives on between runs; SEGMENTS_WAREHOUSE overrides it."""
    return Path(os.environ.get("SEGMENTS_WAREHOUSE", ROOT / "warehouse" / "state.duckdb"))


def connect(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file in UTC, so that no result depends on the machine's time zone.

    It keeps to SEGMENTS_MEMORY_LIMIT, as dbt does, and works on disk beside the file beyond that.
    """
    if not read_only:
        path.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(str(path), read_only=read_only)
    connection.execute("set TimeZone = 'UTC'")
    limit = os.environ.get("SEGMENTS_MEMORY_LIMIT", "4GB")
    connection.execute(f"set memory_limit = '{limit}'")
    return connection


@cache
def contract() -> dict[str, Table]:
    """The tables of `models/staging/__sources.yml`, as {'raw.orders': Table, …}."""
    sources = yaml.safe_load(SOURCES_YML.read_text(encoding="utf-8"))["sources"]
    tables = [_table(source["schema"], table) for source in sources for table in source["tables"]]
    return {f"{table.schema}.{table.name}": table for table in tables}


def raw_tables() -> dict[str, Table]:
    """The raw tables a user may fill, by name: customers, orders, refunds, …"""
    return {
        table.name: table
        for table in contract().values()
        if table.schema == "raw" and table.name not in LOADER_TABLES
    }


def create_contract_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every absent table of the contract, empty, and every absent column, null."""
    for table in contract().values():
        create_contract_table(connection, table)


def create_contract_table(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create one of them, or its absent columns."""
    connection.execute(f"create schema if not exists {table.schema}")
    columns = ", ".join(f"{column.name} {_duckdb_type(column)}" for column in table.columns)
    name = f"{table.schema}.{table.name}"
    connection.execute(f"create table if not exists {name} ({columns})")
    for column in table.columns:
        connection.execute(
            f"alter table {name} add column if not exists {column.name} {_duckdb_type(column)}"
        )


def has_table(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> bool:
    """Whether the file opened holds this table or view."""
    found = connection.execute(
        "select 1 from information_schema.tables where table_catalog = current_database()"
        f" and table_schema = '{schema}' and table_name = '{name}'"
    )
    return bool(found.fetchall())


def _duckdb_type(column: Column) -> str:
    return "varchar" if column.data_type == "string" else column.data_type


def _table(schema: str, table: dict[str, Any]) -> Table:
    meta = table.get("config", {}).get("meta", {})
    return Table(
        schema=schema,
        name=table["name"],
        description=table["description"],
        key=tuple(meta.get("key", ())),
        columns=tuple(_column(column) for column in table["columns"]),
    )


def _column(column: dict[str, Any]) -> Column:
    meta = column.get("config", {}).get("meta", {})
    return Column(
        name=column["name"],
        data_type=column["data_type"],
        description=column["description"],
        required=bool(meta.get("required", False)),
        contains_pii=bool(meta.get("contains_pii", False)),
    )
