"""A shop of any size straight into raw tables, by DuckDB alone: ten million orders in seconds.

Plainer than the sample shop, but not without its rules: cancelled orders, part and full refunds,
customers who never bought. Equal arguments give equal rows on one version of DuckDB.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from lib.warehouse import connect, create_contract_tables

LAST_DAY = "2026-06-30"
CANCELLED_SHARE, REFUNDED_SHARE, FULLY_REFUNDED_SHARE = 0.015, 0.02, 0.2


@dataclass(frozen=True)
class Size:
    """How big a made-up shop is; `months` is how long it has been open."""

    name: str
    customers: int
    orders: int
    months: int = 36


SIZES = {
    "XS": Size("XS", 1_000, 10_000),
    "S": Size("S", 100_000, 1_000_000),
    "M": Size("M", 1_000_000, 10_000_000),
    "L": Size("L", 5_000_000, 50_000_000),
}


def make_shop(warehouse: Path, size: Size, *, memory_limit: str = "4GB") -> None:
    """Fill the raw tables of a new warehouse file."""
    connection = connect(warehouse)
    try:
        connection.execute(f"set memory_limit = '{memory_limit}'")
        connection.execute(f"set temp_directory = '{warehouse.parent / 'spill'}'")
        create_contract_tables(connection)
        _make_macros(connection, size)
        connection.execute(_customers(size))
        connection.execute(_orders(size))
        connection.execute(_refunds())
        connection.execute("force checkpoint")
    finally:
        connection.close()


def export_for_peers(warehouse: Path, folder: Path) -> None:
    """The same shop as Parquet: what the peers read instead of the raw tables."""
    connection = connect(warehouse, read_only=True)
    try:
        for table, columns in {
            "customers": "customer_id, created_at",
            "orders": "order_id, customer_id, status, gross_amount, discount_amount, ordered_at",
            "refunds": "order_id, amount",
        }.items():
            connection.execute(
                f"copy (select {columns} from raw.{table}) to '{folder / table}.parquet'"
            )
    finally:
        connection.close()


def _make_macros(connection: duckdb.DuckDBPyConnection, size: Size) -> None:
    """Chance in [0, 1) by a number and a name; who a number is; when a customer came and left."""
    seconds = f"(date '{LAST_DAY}' - date '{LAST_DAY}' + {size.months * 30.4375 * 86_400})"
    # hash(n, name) of two names differ by one constant: a second hash makes them independent
    connection.execute(
        "create temp macro chance(n, name) as hash(hash(n, name)) / 18446744073709551616.0"
    )
    connection.execute("create temp macro id_of(n) as 'c' || lpad(n::varchar, 8, '0')")
    connection.execute(
        f"create temp macro joined(n) as {seconds} * 0.95 * chance(n, 'joined') ** 1.3"
    )
    connection.execute(
        f"create temp macro stayed(n) as least({seconds} - joined(n),"
        " (30 - 500 * ln(1 - chance(n, 'stayed'))) * 86400)"
    )
    connection.execute(
        f"create temp macro moment(s) as timestamp '{LAST_DAY} 23:59:59'"
        f" - to_seconds(cast({seconds} - s as bigint))"
    )


def _customers(size: Size) -> str:
    return f"""
        insert into raw.customers by name
        select
            id_of(n) as customer_id,
            moment(joined(n)) as created_at,
            'e' || n || '@example.com' as email,
            case when chance(n, 'channel') < 0.5 then 'search' else 'social' end
                as acquisition_channel,
            'made' as load_id,
            n as source_line,
            date '{LAST_DAY}' + 1 as loaded_on
        from range({size.customers}) as numbers (n)
    """


def _orders(size: Size) -> str:
    """In order of time; the busiest customers order some forty times as often as the quietest."""
    return f"""
        insert into raw.orders by name
        select
            *, 'made' as load_id, row_number() over () as source_line,
            date '{LAST_DAY}' + 1 as loaded_on
        from (
            select
                'o' || lpad(n::varchar, 9, '0') as order_id,
                id_of(buyer) as customer_id,
                case when chance(n, 'cancelled') < {CANCELLED_SHARE} then 'cancelled'
                    else 'completed' end as status,
                'web' as channel,
                (10 + 90 * exp(1.5 * chance(n, 'amount') * chance(buyer, 'taste')))::decimal(18, 2)
                    as gross_amount,
                case when chance(n, 'discount') < 0.2 then 10 * chance(n, 'off') else 0 end
                    ::decimal(18, 2) as discount_amount,
                moment(joined(buyer) + stayed(buyer) * chance(n, 'when')) as ordered_at,
                case when chance(n, 'cancelled') < {CANCELLED_SHARE} then ordered_at end
                    as cancelled_at
            from (
                select
                    n,
                    floor(
                        {size.customers} * (
                            0.1 * chance(n, 'buyer') + 0.9 * chance(n, 'buyer') ** 4
                        )
                    )::bigint as buyer
                from range({size.orders}) as numbers (n)
            )
            order by ordered_at
        )
    """


def _refunds() -> str:
    return f"""
        insert into raw.refunds by name
        select
            'r' || source_line as refund_id,
            order_id,
            case when chance(source_line, 'full') < {FULLY_REFUNDED_SHARE}
                then gross_amount - discount_amount
                else 0.4 * (gross_amount - discount_amount) end::decimal(18, 2) as amount,
            least(ordered_at + interval 9 day, timestamp '{LAST_DAY}') as refunded_at,
            'made' as load_id,
            source_line,
            loaded_on
        from raw.orders
        where status = 'completed' and chance(source_line, 'refunded') < {REFUNDED_SHARE}
    """
