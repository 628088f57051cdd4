"""Asking the served file: named queries, aggregates only."""

from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]

QUERIES = Path(__file__).parent / "queries"
MONTHS_SHOWN = 36
COHORTS_SHOWN = 24
# Two looks nearer to each other than this tell of a few days, not of how things go.
TELLING = timedelta(days=14)


class Served:
    """A sealed segments.duckdb, opened read-only; groups below `least_group` are not asked for."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, least_group: int = 1) -> None:
        self.connection = connection
        self.least_group = least_group

    def rows(self, query: str, **parameters: Any) -> list[Row]:
        """The rows of queries/<query>.sql; `parameters` fill its $names."""
        sql = (QUERIES / f"{query}.sql").read_text(encoding="utf-8")
        found = self.connection.execute(sql, parameters)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def has(self, *tables: str) -> bool:
        """Whether all the tables, written schema.table, are served."""
        return all(table in self._tables for table in tables)

    @cached_property
    def _tables(self) -> set[str]:
        found = self.connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
        )
        return {name for (name,) in found.fetchall()}

    @property
    def version(self) -> str:
        """The name of the version these tables are of."""
        found = self.connection.execute("select min(version) from publication.fingerprints")
        return str((found.fetchone() or ("",))[0])

    @cached_property
    def looks(self) -> list[date]:
        """The observation dates shown, oldest first; empty before there is any."""
        newest_first = [row["observed_on"] for row in self.rows("looks")]
        return newest_first[:MONTHS_SHOWN][::-1]

    @property
    def newest(self) -> date:
        return self.looks[-1]

    @cached_property
    def told(self) -> tuple[date, date] | None:
        """The newest two looks in a row that are far enough apart to tell what changed."""
        in_a_row = reversed(list(pairwise(self.looks)))
        return next((pair for pair in in_a_row if pair[1] - pair[0] >= TELLING), None)

    @property
    def until(self) -> date:
        """The look up to which moves are shown: the later one told of, or the only one."""
        return self.told[1] if self.told else self.newest

    @cached_property
    def month_ends(self) -> list[date]:
        """The looks that end a month, oldest first: what they say of it is of all of it."""
        return [look for look in self.looks if (look + timedelta(days=1)).day == 1]

    @cached_property
    def categories(self) -> dict[tuple[str, str], Row]:
        """(dimension, category) to its row of the catalogue, in rank order."""
        return {(row["dimension"], row["category"]): row for row in self.rows("categories")}
