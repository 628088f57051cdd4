"""Two engines' tables held against each other: every row, every column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

RELATIVE = 1e-9  # how far two floating-point values may lie apart, as a share of the larger
SHOWN = 3  # rows of a difference that are printed
# Fingerprints by which an engine knows its own rows again: each hashes in its own way.
OWN_COLUMNS = {"digest", "seen_digest"}

FAMILIES = {
    "integer": ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    "float": ("FLOAT", "DOUBLE"),
    "timestamp": ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE"),
}


@dataclass(frozen=True)
class Difference:
    """What one table has otherwise on the other engine, in how many rows, with a few of them."""

    table: str
    what: str
    rows: int
    examples: tuple[str, ...] = ()

    def told(self) -> str:
        lines = [f"{self.table}: {self.what}" + (f" in {self.rows:,} rows" if self.rows else "")]
        return "\n".join([*lines, *(f"    {example}" for example in self.examples)])


@dataclass(frozen=True)
class Comparison:
    """How much was compared, and what was found."""

    tables: int
    rows: int
    values: int
    differences: tuple[Difference, ...]

    def told(self) -> str:
        return (
            f"{self.tables} tables, {self.rows:,} rows, {self.values:,} values compared:"
            f" {len(self.differences)} differences"
        )


def compare_tables(
    warehouse: Path, files: Mapping[str, Sequence[Path]], tables: Sequence[str]
) -> Comparison:
    """Hold each table of the DuckDB file against the Parquet files that Spark has written for it.

    Numbers, dates, codes and money must be equal; floating-point values may lie 1e-9 apart.
    """
    differences: list[Difference] = []
    rows = values = 0
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        # under the file's own name, by which its views know each other
        connection.execute(f"attach '{warehouse}' as {warehouse.stem} (read_only)")
        for table in tables:
            if not files.get(table):
                differences.append(Difference(table, "is not there on Spark", 0))
                continue
            listed = ", ".join(f"'{path}'" for path in files[table])
            connection.execute(f"create or replace temp view duck as from {warehouse.stem}.{table}")
            connection.execute(
                f"create or replace temp view spark as from read_parquet([{listed}])"
            )
            found, counted, columns = _compare(connection, table)
            differences += found
            rows += counted
            values += counted * columns
    return Comparison(len(tables), rows, values, tuple(differences))


def _compare(
    connection: duckdb.DuckDBPyConnection, table: str
) -> tuple[list[Difference], int, int]:
    duck, spark = _columns(connection, "duck"), _columns(connection, "spark")
    counted = _number(connection, "select count(*) from duck")
    if list(duck) != list(spark):
        what = f"has other columns: {', '.join(duck)} against {', '.join(spark)}"
        return [Difference(table, what, 0)], counted, len(duck)
    types = [
        Difference(table, f"{name} is {duck[name]} on DuckDB and {spark[name]} on Spark", 0)
        for name in duck
        if duck[name] != spark[name] and name not in OWN_COLUMNS
    ]
    exact = [name for name in duck if duck[name] != "float" and name not in OWN_COLUMNS]
    floats = [name for name in duck if duck[name] == "float"]
    found = [*types, *_compare_exactly(connection, table, exact)]
    if not found:
        found = _compare_floats(connection, table, exact, floats)
    return found, counted, len(duck)


def _compare_exactly(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]
) -> list[Difference]:
    """Rows, without their floating-point values, that one engine has and the other has not."""
    listed = ", ".join(columns) or "1 as one"
    found = []
    for here, there, name in (("duck", "spark", "DuckDB"), ("spark", "duck", "Spark")):
        only = f"select {listed} from {here} except all select {listed} from {there}"
        if count := _number(connection, f"select count(*) from ({only})"):
            examples = connection.execute(f"{only} order by all limit {SHOWN}").fetchall()
            columns_told = _columns_that_differ(connection, columns) if name == "DuckDB" else ""
            found.append(
                Difference(
                    table,
                    f"only on {name}{columns_told}",
                    count,
                    tuple(str(dict(zip(columns, row, strict=False))) for row in examples),
                )
            )
    return found


def _columns_that_differ(connection: duckdb.DuckDBPyConnection, columns: list[str]) -> str:
    """The columns whose values, each taken by itself, are not the same on both engines."""
    differing = [
        name
        for name in columns
        if _number(
            connection,
            f"select count(*) from (select {name} from duck except all select {name} from spark)",
        )
    ]
    return f" (by {', '.join(differing)})" if differing else ""


def _compare_floats(
    connection: duckdb.DuckDBPyConnection, table: str, exact: list[str], floats: list[str]
) -> list[Difference]:
    """Rows are paired by what must be equal, then in the order of their floating-point values."""
    if not floats:
        return []
    order = ", ".join([*exact, *floats])
    for side in ("duck", "spark"):
        connection.execute(
            f"create or replace temp table {side}_numbered as"
            f" select row_number() over (order by {order}) as number, * from {side}"
        )
    paired = "from duck_numbered as d inner join spark_numbered as s using (number)"
    found = []
    for name in floats:
        close = (
            f"coalesce(abs(d.{name} - s.{name})"
            f" <= {RELATIVE} * greatest(abs(d.{name}), abs(s.{name})), false)"
        )
        differs = f"d.{name} is distinct from s.{name} and not {close}"
        if count := _number(connection, f"select count(*) {paired} where {differs}"):
            shown = connection.execute(
                f"select d.{name}, s.{name}, d.* {paired} where {differs} limit {SHOWN}"
            ).fetchall()
            examples = tuple(f"{row[0]!r} against {row[1]!r}: {row[3:8]}" for row in shown)
            found.append(Difference(table, f"{name} lies apart", count, examples))
    return found


def _columns(connection: duckdb.DuckDBPyConnection, view: str) -> dict[str, str]:
    """Names of a view's columns with the family of their type."""
    rows = connection.execute(f"describe {view}").fetchall()
    return {row[0]: _family(row[1]) for row in rows}


def _family(type_name: str) -> str:
    for family, members in FAMILIES.items():
        if type_name in members:
            return family
    return type_name.split("(")[0].lower()


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
