"""Tables as folders of Parquet files, which both engines read: <folder>/<schema>/<table>/."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb


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
    if node.config.materialized in ("table", "seed", "incremental") and not node.config.extra.get(
        "partition_by"
    ):
        own = [Path(name.removeprefix("file:").replace("///", "/")) for name in frame.inputFiles()]
        if own:
            return own
    target = folder / relation.replace(".", "/")
    frame.coalesce(1).write.mode("overwrite").parquet(str(target))
    return sorted(target.glob("*.parquet"))
