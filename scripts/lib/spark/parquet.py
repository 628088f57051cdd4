"""Tables as folders of Parquet files, which both engines read: <folder>/<schema>/<table>/."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import duckdb

from lib.publishing.layout import default_layout
from lib.warehouse import connect, create_contract_tables


@dataclass(frozen=True)
class SparkLayout:
    """Where things lie under the folder of the Spark warehouse."""

    root: Path

    @property
    def state(self) -> Path:
        """Mapped files, as the loader keeps them."""
        return self.root / "state.duckdb"

    @property
    def parquet(self) -> Path:
        """Raw rows and fitted parameters, as both engines read them."""
        return self.root / "parquet"

    @property
    def versions(self) -> Path:
        return self.root / "versions"

    @property
    def building(self) -> Path:
        return self.root / "building"

    @property
    def current(self) -> Path:
        return self.root / "current"

    def served(self) -> str | None:
        """The version readers open; None before the first."""
        return Path(os.readlink(self.current)).name if self.current.is_symlink() else None


def spark_layout() -> SparkLayout:
    """The folder spark of the warehouse."""
    return SparkLayout(default_layout().root / "spark")


def write_parquet(state: Path, parquet: Path) -> None:
    """Write the raw tables of a warehouse file anew as Parquet folders."""
    with connect(state) as connection:
        create_contract_tables(connection)
        export_schemas(connection, parquet, ("raw",))


def export_schemas(
    connection: duckdb.DuckDBPyConnection, folder: Path, schemas: Iterable[str]
) -> None:
    """Write every table of these schemas of a DuckDB warehouse."""
    wanted = list(schemas)
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = current_database() and schema_name = any($1)",
        [wanted],
    ).fetchall()
    for schema, table in tables:
        target = folder / schema / table
        target.mkdir(parents=True, exist_ok=True)
        connection.execute(f"copy {schema}.{table} to '{target / 'rows.parquet'}' (format parquet)")


def files_of(session: Any, relation: str, node: Any, folder: Path) -> list[Path]:
    """The Parquet files that hold a relation of Spark: a table's own, else written to `folder`.

    A view has none, and the files of a partitioned table lack a column.
    """
    frame = session.table(relation)
    is_plain = node.config.materialized in (
        "table",
        "seed",
        "incremental",
    ) and not node.config.extra.get("partition_by")
    if is_plain and (own := own_files(frame)):
        return own
    target = folder / as_path(relation)
    frame.coalesce(1).write.mode("overwrite").parquet(str(target))
    return sorted(target.glob("*.parquet"))


def own_files(frame: Any) -> list[Path]:
    """The Parquet files that a table of Spark consists of."""
    return [Path(unquote(urlsplit(name).path)) for name in frame.inputFiles()]


def as_path(relation: str) -> str:
    """schema.name as a path."""
    return relation.replace(".", "/")
