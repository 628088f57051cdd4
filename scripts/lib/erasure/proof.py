"""Is anything of a person left? Searched by value, in every table and every file of a warehouse."""

import mmap
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from lib.erasure.person import Person, literals
from lib.loading.sql import columns_of, literal, quote

# A shorter value is found everywhere by chance: it is looked for as a whole, among ids.
LONG = 6


@dataclass
class Search:
    """Where something was found, and how much was searched."""

    found: list[str] = field(default_factory=list)
    tables: int = 0
    files: int = 0


def search(root: Path, person: Person) -> Search:
    """Look for every value of a person in every file below `root`."""
    result = Search()
    keys = person.ids | person.names | person.orders
    texts = person.emails | person.phones | person.full_names
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        is_database = path.suffix == ".duckdb"
        others = _search_tables(path, root, keys, texts, result) if is_database else ""
        result.files += 1
        # What remains of another person may contain the value: jo@shop.example, ajo@shop.example.
        wanted = {text for text in texts if len(text) >= LONG and text not in others}
        if not is_database:
            wanted |= {name for name in keys if len(name) > 2 * LONG}
        if any(_holds(path, text) for text in wanted):
            result.found.append(f"bytes of {path.relative_to(root)}")
    return result


def _search_tables(path: Path, root: Path, keys: set[str], texts: set[str], result: Search) -> str:
    """Search a DuckDB file; returns the texts in it of which a searched one is only a part."""
    others: list[str] = []
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach {literal(str(path))} as searched (read_only)")
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'searched'"
        ).fetchall():
            name = f"searched.{quote(schema)}.{quote(table)}"
            result.tables += 1
            for column, data_type in columns_of(connection, f"from {name}").items():
                is_text, is_key = data_type == "VARCHAR", column.endswith("_id")
                values = {key for key in keys if is_key or (is_text and len(key) >= LONG)}
                values |= {text.lower() for text in texts if is_text}
                if not values:
                    continue
                value = f"lower(trim(cast({quote(column)} as varchar)))"
                wanted = literals({text.lower() for text in values})
                hits = connection.execute(
                    f"select 1 from {name} where {value} in ({wanted}) limit 1"
                ).fetchall()
                if hits:
                    result.found.append(f"{path.relative_to(root)}: {schema}.{table}.{column}")
                if is_text:
                    others += _around(connection, name, column, texts)
    return "\n".join(others)


def _around(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, texts: set[str]
) -> list[str]:
    """Values of which a text is a true part."""
    tests = " or ".join(
        f"(contains(lower({quote(column)}), {literal(text.lower())})"
        f" and lower(trim({quote(column)})) <> {literal(text.lower())})"
        for text in sorted(texts)
    )
    if not tests:
        return []
    rows = connection.execute(f"select {quote(column)} from {table} where {tests} limit 100")
    return [str(row[0]).lower() for row in rows.fetchall()]


def _holds(path: Path, text: str) -> bool:
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return any(content.find(form.encode()) >= 0 for form in {text, text.lower()})
