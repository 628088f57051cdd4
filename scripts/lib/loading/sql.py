"""The little SQL that several modules of the loader share: quoting, types, name matching."""

import re
import unicodedata

import duckdb

Connection = duckdb.DuckDBPyConnection

# Types a raw table may keep as they came; anything else is stored as text.
NATIVE = re.compile(
    r"BOOLEAN|U?(TINY|SMALL|BIG)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)|DATE|TIMESTAMP|VARCHAR"
)


def quote(identifier: str) -> str:
    """An identifier as SQL text: `Created at` → `"Created at"`."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text constant as SQL text: `it's` → `'it''s'`."""
    return "'" + text.replace("'", "''") + "'"


def normal(name: str) -> str:
    """The form under which column names are compared: `Ｏrder  ID ` and `order_id` are one name."""
    visible = "".join(char for char in name if unicodedata.category(char) != "Cf")
    return re.sub(r"[\s_]+", "_", unicodedata.normalize("NFKC", visible).strip()).casefold()


def columns_of(connection: Connection, query: str) -> dict[str, str]:
    """Names and DuckDB types of what a query or a table returns, in order."""
    return {row[0]: row[1] for row in connection.execute(f"describe {query}").fetchall()}


def number_from(connection: Connection, query: str) -> int:
    """The one whole number a query returns; null counts as 0."""
    row = connection.execute(query).fetchone()
    return int(row[0] or 0) if row else 0


def keep_native(name: str, type_: str) -> str:
    """SQL that hands a column on in a type raw tables keep; instants are written down in UTC."""
    if type_ == "TIMESTAMP WITH TIME ZONE":
        return f"timezone('UTC', {name})"
    if type_.startswith("TIMESTAMP_"):
        return f"cast({name} as timestamp)"
    return name if NATIVE.fullmatch(type_) else f"cast({name} as varchar)"
