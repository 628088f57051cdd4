"""How a reader opens what is served."""

from pathlib import Path

import duckdb

from lib.errors import UserError
from lib.publishing.layout import Layout

ATTEMPTS = 10


def served_file(root: Path, name: str = "segments.duckdb") -> Path:
    """The path of a file of the version served now, e.g. warehouse/versions/…/segments.duckdb.

    The path names the version, not `current`: within one process DuckDB shares an open database
    by its path, so that opening `current/…` again would give the old version's file.
    """
    version = Layout(root).served()
    if version is None:
        raise UserError(f"nothing is published in {root} yet: run scripts/run_pipeline.py")
    return root / "versions" / version / name


def serving_connection(root: Path, name: str = "segments.duckdb") -> duckdb.DuckDBPyConnection:
    """A read-only connection to the served version that reaches no other file and stays so.

    Every call sees the version served at that moment; a connection kept open keeps its own.
    """
    for attempt in range(ATTEMPTS):
        path = served_file(root, name)
        try:
            connection = duckdb.connect(
                str(path), read_only=True, config={"enable_external_access": "false"}
            )
        except duckdb.IOException:
            # Pruned between the look and the opening: the pointer has moved, so look again.
            if path.exists() or attempt == ATTEMPTS - 1:
                raise
            continue
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set lock_configuration = true")
        return connection
    raise AssertionError("unreachable")
