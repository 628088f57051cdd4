"""Remove what earlier builds left in the candidate and this one did not make.

The state is carried from run to run: a mart that was renamed, or failing rows that a test stored
(they can hold contact data), would otherwise be sealed, or kept, for ever.
"""

import json
from pathlib import Path

import duckdb

from lib.publishing.audit import MANIFEST
from lib.publishing.fingerprints import literal, quoted, tables_of

MAKES_A_RELATION = {"model", "seed", "snapshot"}


def drop_leftovers(connection: duckdb.DuckDBPyConnection, artefacts: Path) -> list[str]:
    """Drop, in every schema dbt writes to, the tables and views its manifest does not name.

    `connection` is the candidate's own, writable one. Returns the names of the dropped.
    """
    manifest = json.loads((artefacts / MANIFEST).read_text(encoding="utf-8"))
    nodes = manifest["nodes"].values()
    made = {
        (node["schema"], node["alias"])
        for node in nodes
        if node["resource_type"] in MAKES_A_RELATION
    }
    fed = {(source["schema"], source["identifier"]) for source in manifest["sources"].values()}
    schemas = {node["schema"] for node in nodes} - {schema for schema, _ in fed}
    dropped = []
    for schema, table in tables_of(connection, "state", tuple(sorted(schemas))):
        if (schema, table) not in made:
            kind = connection.execute(
                "select table_type from information_schema.tables where table_catalog = 'state'"
                f" and table_schema = {literal(schema)} and table_name = {literal(table)}"
            ).fetchall()[0][0]
            connection.execute(
                f"drop {'view' if kind == 'VIEW' else 'table'} {quoted(schema, table)}"
            )
            dropped.append(f"{schema}.{table}")
    return dropped
