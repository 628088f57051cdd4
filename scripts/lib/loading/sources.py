"""Open whatever holds rows: a text file, JSON lines, Parquet, a workbook, a table of a database.

What a file is is seen from its first bytes, not from its name. Text stays text; Parquet and DuckDB
tables keep their types.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from lib.errors import UserError
from lib.loading.databases import export_duckdb, is_duckdb, is_sqlite, open_sqlite
from lib.loading.decode import (
    Text,
    decode,
    fingerprint,
    path_for_duckdb,
    refuse_if_changed,
    scratch_path,
)
from lib.loading.delimited import Counts, clean_names, place_lines, read_lines
from lib.loading.mapping import Origin
from lib.loading.sql import Connection, columns_of, keep_native, literal, number_from, quote
from lib.loading.workbooks import is_workbook, open_workbook
from lib.loading.written import Source, delimited_source

PARQUET = b"PAR1"
JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")


def open_file(connection: Connection, path: Path, origin: Origin, workdir: Path) -> Source:
    """Open a file, or the table of a database file, that `origin` points to."""
    before = fingerprint(path)
    with path.open("rb") as file:
        start = file.read(16)
    if origin.database:
        return _open_table(connection, path, origin, workdir, start)
    if is_sqlite(start) or is_duckdb(start):
        raise UserError(f"{path.name} is a database; name it under database: and its table: too")
    name, sha256 = path.name, before.sha256
    if start.startswith(PARQUET):
        source = _open_parquet(connection, path_for_duckdb(path, workdir), name, sha256)
    elif is_workbook(path, start):
        source = open_workbook(connection, path, name, sha256, origin, workdir)
    else:
        text = decode(
            path,
            workdir,
            origin.options.encoding,
            split=origin.options.delimiter == "whitespace",
        )
        text = Text(path_for_duckdb(text.path, workdir), text.lines)
        if path.suffix.lower() in JSON_SUFFIXES:
            source = _open_json_lines(connection, text, name, sha256, workdir)
        else:
            source = delimited_source(connection, text, name, sha256, origin.options)

    def read(table: str, positions: Sequence[int]) -> Counts:
        try:
            return source.read(table, positions)
        finally:
            # Also when the reader complains: a file that changed is the reason, not what it found.
            refuse_if_changed(path, before)

    return Source(name, sha256, source.header, read)


def _open_table(
    connection: Connection, path: Path, origin: Origin, workdir: Path, start: bytes
) -> Source:
    name = f"{path.name}:{origin.table}"
    if is_sqlite(start):
        return open_sqlite(connection, path, name, origin, workdir)
    if is_duckdb(start):
        parquet = export_duckdb(path, origin, workdir)
        return _open_parquet(connection, parquet, name, fingerprint(parquet).sha256)
    raise UserError(f"{path.name} is neither a DuckDB nor an SQLite database")


def _open_parquet(connection: Connection, path: Path, name: str, sha256: str) -> Source:
    rows = f"read_parquet({literal(str(path))}, file_row_number = true)"
    try:
        columns = columns_of(connection, f"select * exclude (file_row_number) from {rows}")
        if not number_from(connection, f"select count(*) from {rows}"):
            raise UserError(f"{name} has no rows; export it again")
    except duckdb.Error as error:
        raise _unreadable_parquet(name, error) from None

    def read(table: str, positions: Sequence[int]) -> Counts:
        typed = list(columns.items())
        chosen = "".join(
            f"{keep_native(quote(typed[i][0]), typed[i][1])} as c{i}, " for i in positions
        )
        try:
            connection.execute(
                f"""
                create or replace temp table {table} as
                select {chosen} file_row_number + 1 as source_line from {rows};
                create or replace temp table {table}_rejects
                    (source_line bigint, reject_reasons varchar, raw_row varchar)
                """
            )
        except duckdb.Error as error:
            raise _unreadable_parquet(name, error) from None
        return Counts(number_from(connection, f"select count(*) from {table}"), 0)

    return Source(name, sha256, clean_names(list(columns), name), read)


def _unreadable_parquet(name: str, error: Exception) -> UserError:
    reason = str(error).strip().splitlines()[0]
    return UserError(f"{name} is damaged or no Parquet file ({reason}); export it again")


def _open_json_lines(
    connection: Connection, text: Text, name: str, sha256: str, workdir: Path
) -> Source:
    """One JSON object per line; each key is a column of text, a nested value its JSON."""
    lines = f"lines_{scratch_path(workdir, '').name}"
    (workdir / lines).touch()
    read_lines(connection, text, name, f"{lines}_all")
    connection.execute(
        f"""
        create or replace temp table {lines} as
        select
            c0 as line,
            row_number() over (order by n) as source_line,
            case when json_valid(c0) then json_type(c0) = 'OBJECT' else false end as is_object
        from {lines}_all
        where c0 is not null
        """
    )
    connection.execute(f"drop table {lines}_all")
    keys = connection.execute(
        f"""
        select key
        from (select source_line, unnest(json_keys(line)) as key from {lines} where is_object)
        group by key
        order by min(source_line), key
        """
    )
    names = [str(row[0]) for row in keys.fetchall()]
    if not names:
        raise UserError(
            f"{name} has no line that is a JSON object; write one object per line (of one array:"
            f" jq -c '.[]' {name})"
        )

    def read(table: str, positions: Sequence[int]) -> Counts:
        pointers = [names[i].replace("~", "~0").replace("/", "~1") for i in positions]
        paths = ", ".join(literal(f"/{pointer}") for pointer in pointers)
        values = f"json_extract_string(line, [{paths}])" if pointers else "null"
        columns = "".join(f"found[{n}] as c{i}, " for n, i in enumerate(positions, start=1))
        connection.execute(
            f"""
            create or replace temp table {table}_read as
            select {columns} row_number() over (order by source_line) as n
            from (select source_line, {values} as found from {lines} where is_object);
            create or replace temp table {table}_rejects as
            select source_line, 'unreadable_row' as reject_reasons, line as raw_row
            from {lines}
            where not is_object
            """
        )
        return place_lines(connection, table)

    return Source(name, sha256, clean_names(names, name), read)
