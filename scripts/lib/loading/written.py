"""Rows that are written as CSV before they are read, so that one path accounts for every row."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lib.loading.decode import Text, decode, fingerprint
from lib.loading.delimited import Counts, layout_of, read_delimited
from lib.loading.mapping import Options
from lib.loading.sql import Connection

# Whole numbers beyond this are not exact in a double, so they keep the form they have.
EXACT_IN_DOUBLE = 1e15


@dataclass(frozen=True, eq=False)
class Source:
    """Rows ready to be read; one source is equal to itself only.

    `read(table, positions)` fills a temporary table with source_line and the columns at these
    positions, as c0, c3, …; and `<table>_rejects` with what it could not parse.
    """

    name: str
    sha256: str
    header: tuple[str, ...]
    read: Callable[[str, Sequence[int]], Counts]


def delimited_source(
    connection: Connection, text: Text, name: str, sha256: str, options: Options
) -> Source:
    """A source over delimited text."""
    split = options.delimiter == "whitespace"
    layout = layout_of(
        text,
        name,
        delimiter="\t" if split else options.delimiter,
        quote="" if split else options.quote,
        header=options.header,
        skip=options.skip,
    )

    def read(table: str, positions: Sequence[int]) -> Counts:
        return read_delimited(connection, text, name, layout, table, positions)

    return Source(name, sha256, layout.names, read)


def written_source(
    connection: Connection, path: Path, name: str, options: Options, sha256: str = ""
) -> Source:
    """A source over a CSV file of ours; without another hash, that of the rows stands for them."""
    text = decode(path, path.parent, "utf-8-sig")
    layout = Options(delimiter=",", header=options.header, skip=options.skip)
    return delimited_source(connection, text, name, sha256 or fingerprint(path).sha256, layout)


def write_csv(path: Path, rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of Python values; a row without any value becomes a blank line."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for row in rows:
            cells = [cell_text(value) for value in row]
            writer.writerow(cells if any(cells) else [])


def cell_text(value: Any) -> str:
    """A cell of a workbook or of SQLite as text; 17850.0 is the id 17850."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_IN_DOUBLE:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
