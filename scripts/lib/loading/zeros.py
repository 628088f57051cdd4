"""Ids that lost their leading zeros in one of two files: 007 here, 7 there.

A spreadsheet takes them off in silence, and every order then belongs to a customer nobody knows.
"""

from lib.errors import UserError
from lib.loading.sql import Connection, number_from
from lib.warehouse import raw_tables

# Whose ids must be those of which other table, or of the table's own earlier loads.
REFERENCES = (
    ("customers", "customer_id", "customers", "customer_id"),
    ("customer_ids", "raw_customer_id", "customers", "customer_id"),
    ("orders", "order_id", "orders", "order_id"),
    ("orders", "customer_id", "customers", "customer_id"),
    ("order_items", "order_id", "orders", "order_id"),
    ("refunds", "order_id", "orders", "order_id"),
    ("events", "customer_id", "customers", "customer_id"),
)


def refuse_lost_zeros(connection: Connection, loads: dict[str, str]) -> None:
    """Refuse what was just loaded where more ids match without their zeros than as they stand.

    `loads` says which load (load_id → name of its source) brought rows just now.
    """
    ours = ", ".join(f"'{load}'" for load in loads) or "null"
    for table, column, other, key in REFERENCES:
        if column not in {column.name for column in raw_tables()[table].columns}:
            continue
        for load, source in connection.execute(
            f"select distinct load_id, load_id from raw.{table} where load_id in ({ours})"
        ).fetchall():
            known = _ids(other, key, f"load_id <> '{load}'")
            theirs = _ids(table, column, f"load_id = '{load}'")
            if not number_from(
                connection,
                f"select count(*) from ({known} union all {theirs}) where starts_with(id, '0')",
            ):
                continue
            bare = f"select ltrim(id, '0') from ({known})"
            lost = number_from(
                connection,
                f"select count(*) from ({theirs}) where id not in ({known})"
                f" and ltrim(id, '0') in ({bare}) and regexp_full_match(id, '[0-9]+')",
            )
            matched = number_from(
                connection, f"select count(*) from ({theirs}) where id in ({known})"
            )
            if lost > matched:
                raise UserError(
                    f"{loads[source]}: {lost} of its {column}s are those of {other} with other"
                    " leading zeros (7 for 007); export the one that lost them as text"
                )


def _ids(table: str, column: str, where: str) -> str:
    return (
        f"select distinct trim(cast({column} as varchar)) as id from raw.{table}"
        f" where {where} and {column} is not null"
    )
