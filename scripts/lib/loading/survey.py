"""What the values of a file look like: how its dates and numbers are written, what repeats."""

import re
from functools import cache
from pathlib import Path

import duckdb

from lib.loading.sql import Connection, literal, number_from, quote
from lib.loading.written import Source

SAMPLE_ROWS = 1000
# A format is believed when it reads this share of the values.
MOST = 0.95
DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")
DATES = (
    *DAY_FIRST,
    *MONTH_FIRST,
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%Y%m%d",
    "%d %b %Y",
    "%b %d, %Y",
)
TIMES = ("", " %H:%M:%S", " %H:%M", " %I:%M %p", " %I:%M:%S %p")
CURRENCY_SIGNS = "¥￥$€£元"
ISO = r"\d{4}-\d{1,2}-\d{1,2}([ T].*)?"


class Sheet:
    """A file, or a sheet of a workbook, with a table that holds its rows as c0, c1, …"""

    def __init__(
        self, connection: Connection, source: Source, path: Path, sheet: str | None
    ) -> None:
        self.connection, self.source, self.path, self.sheet = connection, source, path, sheet
        self.table = f"sheet_{number_from(connection, 'select count(*) from duckdb_tables()')}"
        self.rows = source.read(self.table, range(len(source.header))).rows
        self.position = {name: i for i, name in enumerate(source.header)}

    def values(self, name: str) -> str:
        """SQL of a sample of a column's values that are not blank, as text in `x`."""
        column = f"trim(cast(c{self.position[name]} as varchar))"
        return (
            f"(select {column} as x from {self.table} where {column} <> ''"
            f" order by hash(source_line) limit {SAMPLE_ROWS})"
        )

    def share(self, name: str, condition: str) -> float:
        """The share of sampled values for which a condition on `x` holds; 1 of none."""
        row = self.connection.execute(
            f"select avg(({condition})::int) from {self.values(name)}"
        ).fetchone()
        return 1.0 if row is None or row[0] is None else float(row[0])

    def any_value(self, name: str, condition: str) -> bool:
        """Whether a condition on `x` holds for any of the sampled values."""
        return bool(
            number_from(
                self.connection, f"select count(*) from {self.values(name)} where {condition}"
            )
        )

    def repeats(self, name: str) -> bool:
        """Whether a value of this column stands on several rows."""
        return bool(
            number_from(
                self.connection,
                f"select count(*) from (select 1 from {self.table} where c{self.position[name]} is"
                f" not null group by c{self.position[name]} having count(*) > 1)",
            )
        )

    def is_constant_within(self, name: str, group: str) -> bool:
        """Whether a column has one value for each value of another."""
        return not number_from(
            self.connection,
            f"select count(*) from (select 1 from {self.table} group by c{self.position[group]}"
            f" having count(distinct c{self.position[name]}) > 1)",
        )

    def moment(self, name: str) -> tuple[str, str]:
        """An expression for dates and times, and what to check about it."""
        if self.share(name, f"regexp_full_match(x, {literal(ISO)})") >= MOST:
            return name, ""
        fits = {
            date + time: self.share(name, f"try_strptime(x, {literal(date + time)}) is not null")
            for date in DATES
            for time in TIMES
        }
        likely = [format_ for format_, share in fits.items() if share >= max(MOST, *fits.values())]
        if not likely:
            return name, "CHECK: its dates are in no known format; use moment(column, format)"
        chosen = likely[0]
        remark = ""
        month_first = [format_ for format_ in likely if format_.startswith(MONTH_FIRST)]
        if month_first and chosen.startswith(DAY_FIRST):
            remark = f"CHECK: read day first; if the month is first, write '{month_first[0]}'"
        return f"moment({as_sql(name)}, {literal(chosen)})", remark

    def number(self, name: str, plain: str = "") -> tuple[str, str]:
        """An expression for numbers, and what to check; `plain` is one that needs no reading."""
        sql = as_sql(name)
        signs = "".join(
            sign for sign in CURRENCY_SIGNS if self.any_value(name, f"contains(x, '{sign}')")
        )
        bare = f"trim(x, {literal(signs + ' ')})" if signs else "x"
        for arguments in ("", ", '.', ','", ", ','", ", ',', '.'", ", ',', ' '"):
            if self.share(name, f"number({bare}{arguments}) is not null") >= MOST:
                if signs:
                    sql = f"trim({sql}, {literal(signs + ' ')})"
                if plain and not signs and not arguments:
                    return plain, ""
                return f"number({sql}{arguments})", ""
        return plain or f"number({sql})", "CHECK: some of its values are no numbers"


def as_sql(name: str) -> str:
    """A column within an expression: quoted unless it is a plain word that SQL leaves free."""
    plain = re.fullmatch(r"[^\W\d]\w*", name) and name.lower() not in _reserved_words()
    return name if plain else quote(name)


@cache
def _reserved_words() -> frozenset[str]:
    query = "select keyword_name from duckdb_keywords() where keyword_category <> 'unreserved'"
    with duckdb.connect() as connection:
        return frozenset(row[0] for row in connection.execute(query).fetchall())
