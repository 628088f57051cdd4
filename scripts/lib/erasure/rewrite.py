"""Files without a person: rows are left out and the file is written anew.

Deleting is not enough: the bytes stay in the file after a delete, a checkpoint and a vacuum.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from lib.erasure.person import Person, as_text, literals
from lib.loading.sql import Connection, columns_of, literal, number_from, quote

# By which columns a row of any table is the person's.
BY_NAME = ("customer_id", "raw_customer_id", "survivor_id")
ROW_TEXT = "raw_row"


def is_theirs(columns: Mapping[str, str], person: Person) -> str:
    """SQL condition: a row with these columns is about the person."""
    tests = [
        f"{as_text(name)} in ({literals(person.names)})" for name in BY_NAME if name in columns
    ]
    if "order_id" in columns:
        tests.append(f"{as_text('order_id')} in ({literals(person.orders)})")
    if "email" in columns:
        tests.append(f"{as_text('email')} in ({literals(person.emails)})")
    if ROW_TEXT in columns:
        served = _either("customer_id|raw_customer_id", person.names)
        ordered = _either("order_id", person.orders)
        tests.append(f"regexp_matches({ROW_TEXT}, {literal(f'{served}|{ordered}')})")
    return "coalesce(" + " or ".join(tests) + ", false)" if tests else "false"


def _either(names: str, values: set[str]) -> str:
    """Regular expression of a JSON pair with one of the names and one of the values."""
    return f'"({names})": "({_alternatives(values)})"'


def _alternatives(values: set[str]) -> str:
    """Regular expression of the values as JSON writes them, for RE2."""
    texts = (json.dumps(value, ensure_ascii=False)[1:-1] for value in sorted(values))
    return "|".join(
        "".join(f"\\{char}" if char.isascii() and not char.isalnum() else char for char in text)
        for text in texts
    )


def mentions(person: Person) -> str:
    """SQL condition: a line that could not be parsed holds a value of the person's."""
    values = person.ids | person.orders | person.emails | person.phones | person.full_names
    around = r"[\s,;|\t\"'{}\[\]:]"
    pattern = f"(?i)(^|{around})({_alternatives(values)})($|{around})"
    return f"regexp_matches({ROW_TEXT}, {literal(pattern)})"


def erase_raw(connection: Connection, person: Person, tables: list[str]) -> int:
    """Delete the person's rows of the raw tables and count them as erased, load by load.

    A line that could not be parsed stays counted where it was, without its text. Returns how many
    rows went.
    """
    erased = 0
    for table in tables:
        theirs = is_theirs(columns_of(connection, f"from raw.{table}"), person)
        gone = f"select load_id, count(*) as rows from raw.{table} where {theirs} group by load_id"
        erased += number_from(connection, f"select sum(rows) from ({gone})")
        connection.execute(
            f"update raw.loads set rows_erased = coalesce(rows_erased, 0) + gone.rows"
            f" from ({gone}) as gone where loads.load_id = gone.load_id;"
            f"delete from raw.{table} where {theirs}"
        )
    connection.execute(f"update raw.load_rejects set {ROW_TEXT} = null where {mentions(person)}")
    return erased


def write_without(
    connection: Connection,
    source: Path,
    target: Path,
    person: Person,
    *,
    options: str = "",
    leave_out: Sequence[str] = (),
) -> int:
    """Copy every table of a DuckDB file into a new one, without the rows of a person.

    Views and the schemas of `leave_out` stay behind: dbt makes them again. Returns how many rows
    were left out of the rest.
    """
    connection.execute(f"attach {literal(str(source))} as before (read_only)")
    connection.execute(f"attach {literal(str(target))} as after{options}")
    left_out = 0
    for schema, table in connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'before'"
        " order by all"
    ).fetchall():
        if schema in leave_out:
            continue
        name = f"{quote(schema)}.{quote(table)}"
        theirs = is_theirs(columns_of(connection, f"from before.{name}"), person)
        connection.execute(f"create schema if not exists after.{quote(schema)}")
        connection.execute(f"create table after.{name} as from before.{name} where not ({theirs})")
        left_out += number_from(connection, f"select count(*) from before.{name} where {theirs}")
    connection.execute("checkpoint after")
    connection.execute("detach before; detach after")
    return left_out
