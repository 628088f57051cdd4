"""From a built candidate to a folder that can be served: copy, fingerprint, re-read, freeze."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from lib.errors import UserError
from lib.pseudonyms import key_from_environment, teach
from lib.publishing import FAILED
from lib.publishing import fingerprints as fingerprints_module
from lib.publishing.durable import sha256, sync, write_json
from lib.publishing.fingerprints import (
    Fingerprint,
    contents,
    fingerprints,
    fingerprints_of_file,
    literal,
    quoted,
    tables_of,
)
from lib.publishing.layout import FOLDER_MODE, read_manifest
from lib.publishing.privacy import published_rows

# DuckDB 1.4 and later read it; 2.0's own format only 2.0 does.
STORAGE_VERSION = "v1.4.0"
FILE_MODE = 0o440
# Files of tables: the candidate's schemas each holds, and their names there. A schema must not be
# called as its file is: `audiences.people` in audiences.duckdb would be ambiguous to DuckDB.
TABLE_FILES = {
    "segments.duckdb": {"marts": "marts", "catalogue": "catalogue"},
    "audiences.duckdb": {"audiences": "main"},
}
FILE_MODES = {"audiences.duckdb": 0o400}

# Writes one artefact of a version: (the candidate's state.duckdb, the folder to be sealed).
# The table files are in the folder already. Raises when it cannot; nothing is published then.
ArtefactWriter = Callable[[Path, Path], None]


def attached(state: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory session with the candidate attached read-only as `state`, as its views say."""
    connection = duckdb.connect(":memory:")
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"set temp_directory = {literal(str(state.parent / 'spill'))}")
    connection.execute(f"attach {literal(str(state))} as state (read_only)")
    teach(connection, key_from_environment())  # views may call it
    return connection


def seal(
    state: Path,
    folder: Path,
    version: dict[str, Any],
    artefacts: Sequence[ArtefactWriter] = (),
    *,
    least_group: int = 1,
) -> dict[str, Any]:
    """Fill `folder` with the files of a version and freeze it; returns its manifest.

    `version` is what the caller knows of it (name, identity, sequence, inputs, tests, …);
    summaries say nothing of fewer than `least_group` customers.
    Raises UserError (exit code 1) when what was written is not what is read back.
    """
    folder.mkdir()
    files: dict[str, Any] = {}
    prints: dict[str, Fingerprint] = {}
    for name, schemas in TABLE_FILES.items():
        if written := write_tables(
            state, folder / name, schemas, version["name"], least_group=least_group
        ):
            # Digest first, then read back: damage in between cannot be blessed by the digest.
            files[name] = freeze(folder / name)
            verify_in_fresh_process(folder / name, written.contents)
            prints |= written.fingerprints
    for write in artefacts:
        write(state, folder)
    files |= {path.name: freeze(path) for path in folder.iterdir() if path.name not in files}
    manifest = version | {
        "files": files,
        "tables": {table: found._asdict() for table, found in prints.items()},
    }
    write_json(folder / "manifest.json", manifest, mode=FILE_MODE)
    folder.chmod(FOLDER_MODE)
    sync(folder)
    return verify_files(folder)


class Written(NamedTuple):
    """What was to be copied: for good, and for reading it back at once."""

    fingerprints: dict[str, Fingerprint]
    contents: dict[str, list[Any]]


def write_tables(
    state: Path,
    target: Path,
    schemas: Mapping[str, str],
    version: str,
    *,
    least_group: int = 1,
) -> Written | None:
    """Copy every table and view of the schemas as a table into a new file (no table, no file).

    The fingerprints go into the file too, so that a reader can tell it is whole and one version.
    """
    with attached(state) as connection:
        tables = tables_of(connection, "state", schemas)
        if not tables:
            return None
        for schema, table in tables:  # views that say what of each is published
            published = published_rows(connection, schema, table, least_group)
            connection.execute(f"create schema if not exists {quoted('memory', schema)}")
            connection.execute(f"create view {quoted('memory', schema, table)} as {published}")
        prints = fingerprints(connection, "memory", schemas)
        written = Written(prints, contents(connection, "memory", schemas))
        connection.execute(
            f"attach {literal(str(target))} as sealed (storage_version '{STORAGE_VERSION}')"
        )
        connection.execute("begin")  # one log write and fsync instead of one per table
        for schema in schemas.values():
            connection.execute(f"create schema if not exists {quoted('sealed', schema)}")
        for schema, table in tables:
            connection.execute(
                f"create table {quoted('sealed', schemas[schema], table)}"
                f" as from {quoted('memory', schema, table)}"
            )
        _copy_comments(connection, schemas)
        connection.execute("create schema sealed.publication")
        connection.execute(
            "create table sealed.publication.fingerprints"
            " (version varchar, table_name varchar, row_count bigint, lower varchar, upper varchar)"
        )
        rows = (
            f"({literal(version, table)}, {found.rows}, {literal(found.lower, found.upper)})"
            for table, found in prints.items()
        )
        connection.execute(f"insert into sealed.publication.fingerprints values {', '.join(rows)}")
        connection.execute("commit")
        connection.execute("checkpoint sealed")
        connection.execute("detach sealed")
    if target.with_name(target.name + ".wal").exists():
        raise UserError(f"{target.name} still has a write-ahead log", exit_code=FAILED)
    return written


def _copy_comments(connection: duckdb.DuckDBPyConnection, schemas: Mapping[str, str]) -> None:
    """What the candidate's relations and columns mean, said of the sealed tables too."""
    told = connection.execute(
        "select schema_name, table_name, null, comment from duckdb_tables()"
        f" where database_name = 'state' and schema_name in ({literal('', *schemas)})"
        " union all select schema_name, view_name, null, comment from duckdb_views()"
        f" where database_name = 'state' and schema_name in ({literal('', *schemas)})"
        " union all select schema_name, table_name, column_name, comment from duckdb_columns()"
        f" where database_name = 'state' and schema_name in ({literal('', *schemas)})"
    ).fetchall()
    for schema, table, column, comment in told:
        if comment is not None:
            kind, names = ("column", [table, column]) if column else ("table", [table])
            name = quoted("sealed", schemas[schema], *names)
            connection.execute(f"comment on {kind} {name} is {literal(comment)}")


def verify_in_fresh_process(path: Path, expected: dict[str, list[Any]]) -> None:
    """Read tables back in a process that has nothing of them in memory; refuse any difference."""
    schemas = sorted({table.split(".")[0] for table in expected})
    reader = subprocess.run(
        [sys.executable, str(fingerprints_module.__file__), str(path), *schemas],
        capture_output=True,
        text=True,
        check=False,
    )
    if reader.returncode != 0:
        reason = (reader.stderr.strip().splitlines() or ["no message"])[-1]
        raise UserError(f"{path.name} cannot be read back: {reason}", exit_code=FAILED)
    _refuse_difference(path, expected, json.loads(reader.stdout))


def _refuse_difference(path: Path, expected: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    tables = sorted({*expected, *found})
    if different := [table for table in tables if expected.get(table) != found.get(table)]:
        raise UserError(
            f"{path.name} reads back differently from what was built: {', '.join(different)}",
            exit_code=FAILED,
        )


def verify_files(folder: Path) -> dict[str, Any]:
    """Check a sealed version's files against its manifest, byte for byte; returns the manifest."""
    manifest = read_manifest(folder)
    for name, expected in manifest["files"].items():
        path = folder / name
        if not path.exists():
            raise UserError(f"version {folder.name} is damaged: {name} is missing", FAILED)
        if sha256(path) != expected["sha256"]:
            raise UserError(
                f"version {folder.name} is damaged: {name} is not the file that was sealed", FAILED
            )
    return manifest


def verify_version(folder: Path) -> int:
    """Check bytes and rows against the manifest; returns how many tables."""
    manifest = verify_files(folder)
    found: dict[str, Fingerprint] = {}
    for name, schemas in TABLE_FILES.items():
        if name in manifest["files"]:
            found |= fingerprints_of_file(folder / name, schemas.values())
    tables = {table: Fingerprint(**values) for table, values in manifest["tables"].items()}
    _refuse_difference(folder, tables, found)
    return len(tables)


def freeze(path: Path) -> dict[str, Any]:
    path.chmod(FILE_MODES.get(path.name, FILE_MODE))
    sync(path)
    return {"bytes": path.stat().st_size, "sha256": sha256(path)}
