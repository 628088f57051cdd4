"""Delimited text and JSON lines into temporary tables, every physical line accounted for.

DuckDB parses with explicit all-text columns and keeps what it cannot parse. A quotation mark that
is opened and not closed can swallow lines without an error (DuckDB's own store of rejects once
took 2,500 of 3,000 rows for one), so the line ends of the file must equal those of header, rows,
rejects and values; else the file is refused.
"""

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from lib.errors import UserError
from lib.loading.decode import Text
from lib.loading.sql import Connection, literal, normal, number_from

DELIMITERS = ",;\t|"
SAMPLE_CHARACTERS = 1 << 16
# DuckDB's default limit of a row, and the one tried when a row passes it, in bytes.
ROW_LIMITS = (2_000_000, 64_000_000)
ERRORS = "reader_errors"
RAGGED = ("MISSING COLUMNS", "TOO MANY COLUMNS")
OVERSIZED = "error_type = 'LINE SIZE OVER MAXIMUM'"
# A value holding as many delimiters as the lines it spans would need is rows taken for text;
# fewer than this many delimiters could be prose.
SWALLOWED_DELIMITERS = 5


@dataclass(frozen=True)
class Layout:
    """How a delimited file is laid out: its columns, and where its rows begin.

    `records` and `lines` are what stands before the first row, header included.
    """

    names: tuple[str, ...]
    delimiter: str
    quote: str
    records: int
    lines: int


@dataclass(frozen=True)
class Counts:
    """Rows of a source: read into its table, and those its reader could not parse."""

    rows: int
    unreadable: int


def layout_of(
    text: Text,
    name: str,
    *,
    delimiter: str | None = None,
    quote: str = '"',
    header: Sequence[str] = (),
    skip: int = 0,
) -> Layout:
    """Find delimiter and column names. `header` names the columns of a file without a header line.

    `skip` is the number of records (title lines) before the header or first row.
    Errors: no header, two columns of one name.
    """
    delimiter = delimiter or _sniff(text.path, quote, skip)
    with text.path.open(encoding="utf-8-sig", newline="") as file:
        records = enumerate(_reader(file, delimiter, quote), start=1)
        try:
            before = [number for number, _ in itertools.islice(records, skip)]
            if header:
                number, names = len(before), header
            else:
                number, names = next((number, record) for number, record in records if record)
        except csv.Error as error:
            raise UserError(f"{name}: its header cannot be read ({error}); mend it") from None
        except StopIteration:
            raise UserError(f"{name} is empty; export it again") from None
        file.seek(0)
        reader = _reader(file, delimiter, quote)
        for _ in itertools.islice(reader, number):
            pass
        return Layout(clean_names(names, name), delimiter, quote, number, reader.line_num)


def clean_names(names: Sequence[str], source: str) -> tuple[str, ...]:
    """Column names as they can be told apart; a blank one is called after its position."""
    cleaned = [name.strip() or f"column {index}" for index, name in enumerate(names, start=1)]
    seen: dict[str, str] = {}
    for name in cleaned:
        if normal(name) in seen:
            raise UserError(
                f"{source} has two columns that cannot be told apart, {seen[normal(name)]!r} and"
                f" {name!r}; rename one"
            )
        seen[normal(name)] = name
    return tuple(cleaned)


def read_delimited(
    connection: Connection, text: Text, name: str, layout: Layout, table: str, wanted: Sequence[int]
) -> Counts:
    """Fill `table` with the wanted columns (c0, c3, … by position) as text, and source_line.

    What cannot be parsed goes to `<table>_rejects` (source_line, reject_reasons, raw_row).
    Errors: lines that do not add up, a row of more than 64 MB.
    """
    columns = "".join(f"c{index}, " for index in wanted)
    create = (
        f"create or replace temp table {table}_read as"
        f" select {columns} row_number() over () as n from file_rows"
    )
    for limit in ROW_LIMITS:
        _scan(connection, create, text, name, layout, limit)
        if not number_from(connection, f"select count(*) from {ERRORS} where {OVERSIZED}"):
            break
    else:
        raise UserError(
            f"{name} has a row of more than {ROW_LIMITS[-1] // 1_000_000} MB; a quotation mark is"
            " probably opened and never closed"
        )
    _keep_rejects(connection, text, name, layout, table)
    counts = place_lines(connection, table)
    if counts.rows + counts.unreadable == 0:
        raise UserError(f"{name} has a header and no rows; export it again")
    _reconcile_lines(connection, text, name, layout, counts, limit)
    return counts


def read_lines(connection: Connection, text: Text, name: str, table: str) -> None:
    """Fill `table` with a row per physical line: n from 1, and c0, null where it is blank."""
    create = (
        f"create or replace temp table {table} as"
        " select c0, row_number() over () as n from file_rows"
    )
    # No JSON text holds a control character as such, so this one separates nothing.
    _scan(connection, create, text, name, Layout((name,), "\x01", "", 0, 0), ROW_LIMITS[-1])
    if number_from(connection, f"select count(*) from {table}") != text.lines:
        raise UserError(
            f"{name} holds control characters or lines of more than 64 MB; export it again"
        )


def place_lines(connection: Connection, table: str) -> Counts:
    """Make `table` of `<table>_read`: n, the position among readable rows, becomes source_line.

    A reject keeps its own position in the source, so the readable rows move into the gaps.
    """
    unreadable = number_from(connection, f"select count(*) from {table}_rejects")
    connection.execute(f"drop table if exists {table}")
    if unreadable:
        connection.execute(
            f"""
            create temp table {table} as
            select readable.* exclude (n), readable.n + coalesce(gaps.rejects, 0) as source_line
            from {table}_read as readable
            asof left join (
                select rows_before, max(rank) as rejects
                from (
                    select
                        row_number() over (order by source_line) as rank,
                        source_line - row_number() over (order by source_line) as rows_before
                    from {table}_rejects
                )
                group by rows_before
            ) as gaps on readable.n > gaps.rows_before
            order by source_line;
            drop table {table}_read
            """
        )
    else:
        connection.execute(
            f"""
            alter table {table}_read rename column n to source_line;
            alter table {table}_read rename to {table}
            """
        )
    return Counts(number_from(connection, f"select count(*) from {table}"), unreadable)


def _reader(file: Iterator[str], delimiter: str, quote: str) -> Any:
    if quote:
        return csv.reader(file, delimiter=delimiter, quotechar=quote)
    return csv.reader(file, delimiter=delimiter, quoting=csv.QUOTE_NONE)


def _sniff(path: Path, quote: str, skip: int) -> str:
    """The delimiter that gives most records of the file's beginning the same number of columns."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        sample = file.read(SAMPLE_CHARACTERS)
    complete = sample[: sample.rfind("\n") + 1] or sample

    def fit(delimiter: str) -> tuple[float, int]:
        rows = _reader(io.StringIO(complete, newline=""), delimiter, quote)
        try:
            widths = [len(row) for row in itertools.islice(rows, skip, None) if row]
        except csv.Error:
            return 0.0, 0
        width = widths[0] if widths else 1
        return (widths.count(width) / len(widths), width) if width > 1 else (0.0, 1)

    return max(DELIMITERS, key=fit)


def _scan(
    connection: Connection, query: str, text: Text, name: str, layout: Layout, row_limit: int
) -> None:
    """Run a query over `file_rows`, the file's rows; ERRORS then has what cannot be parsed."""
    columns = ", ".join(f"c{index}: 'VARCHAR'" for index in range(len(layout.names)))
    file_rows = f"""
        read_csv(
            {literal(str(text.path))},
            columns = {{{columns}}},
            delim = {literal(layout.delimiter)},
            quote = {literal(layout.quote)},
            escape = {literal(layout.quote)},
            header = false,
            skip = {layout.records},
            auto_detect = false,
            compression = 'none',
            strict_mode = true,
            max_line_size = {row_limit},
            store_rejects = true,
            rejects_limit = 0,
            rejects_table = '{ERRORS}',
            rejects_scan = '{ERRORS}_scans'
        )"""
    for store in (ERRORS, f"{ERRORS}_scans"):
        connection.execute(f"drop table if exists {store}")
    try:
        connection.execute(query.replace("file_rows", file_rows))
    except duckdb.InvalidInputException:
        # Only a carriage return outside quotation marks is known to get the parser into this state.
        raise UserError(
            f"{name} has line ends within its rows (a carriage return outside quotation marks);"
            " mend them, or export it again"
        ) from None


def _keep_rejects(
    connection: Connection, text: Text, name: str, layout: Layout, table: str
) -> None:
    """Make `<table>_rejects`; a reject that spans lines is refused, for it has swallowed rows."""
    ragged = ", ".join(literal(error) for error in RAGGED)
    connection.execute(
        f"""
        create or replace temp table {table}_rejects as
        select
            line - {layout.records} as source_line,
            case when bool_and(error_type in ({ragged}))
                then 'ragged_row' else 'unreadable_row' end as reject_reasons,
            rtrim(any_value(csv_line), chr(13) || chr(10)) as raw_row,
            min(line_byte_position) as starts_at
        from {ERRORS}
        group by line
        """
    )
    swallowed = connection.execute(
        f"select starts_at from {table}_rejects where contains(raw_row, chr(10)) order by all"
    ).fetchone()
    if swallowed:
        with text.path.open("rb") as file:
            line = file.read(swallowed[0]).count(b"\n") + 1
        raise UserError(
            f"{name}: the row in line {line} runs over several lines and cannot be read; a"
            " quotation mark in it is probably opened and never closed"
        )
    connection.execute(f"alter table {table}_rejects drop column starts_at")


def _reconcile_lines(
    connection: Connection, text: Text, name: str, layout: Layout, counts: Counts, row_limit: int
) -> None:
    """Physical lines = header + rows + rejects + lines within values + blank lines, or refuse."""
    unexplained = text.lines - layout.lines - counts.rows - counts.unreadable
    if unexplained == 0:
        return
    values = ", ".join(f"c{index}" for index in range(len(layout.names)))
    query = f"""
        create or replace temp table {ERRORS}_values as
        select n, value, string_split(value, chr(10)) as parts
        from (
            select n, unnest(row_values) as value
            from (select row_number() over () as n, [{values}] as row_values from file_rows)
        )
        where contains(value, chr(10))
    """
    _scan(connection, query, text, name, layout, row_limit)
    swallowing = number_from(
        connection,
        f"""
        select min(n) from (
            select n, parts, len(string_split(value, {literal(layout.delimiter)})) - 1 as delimiters
            from {ERRORS}_values
        )
        where
            delimiters >= {SWALLOWED_DELIMITERS}
            and delimiters = {len(layout.names) - 1} * (len(parts) - 1)
        """,
    )
    inner, blank_inside = (
        number_from(connection, f"select sum({count}) from {ERRORS}_values")
        for count in (
            "len(parts) - 1",
            "len(list_filter(parts[2:-2], lambda part: trim(part, chr(13)) = ''))",
        )
    )
    with text.path.open("rb") as file:
        rows = itertools.islice(file, layout.lines, None)
        blank = sum(not line.strip(b"\r\n") for line in rows)
    if swallowing:
        raise UserError(
            f"{name}: a value in its row {swallowing} holds whole rows; a quotation mark there is"
            " probably opened and never closed"
        )
    if unexplained not in (inner, inner + blank - blank_inside):
        raise UserError(
            f"{name} has {text.lines} lines, but its rows make {text.lines - unexplained + inner};"
            " a quotation mark is probably opened and never closed"
        )
