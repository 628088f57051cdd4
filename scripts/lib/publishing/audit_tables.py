"""What a candidate holds: served types, no contact data, every loaded row, no sudden shrinking.

Every check takes a connection to which the candidate is attached as `state`.
"""

from typing import Any

import duckdb

from lib.publishing.audit import Finding
from lib.publishing.fingerprints import literal, quoted, tables_of
from lib.warehouse import raw_tables

SERVED_SCHEMAS = ("marts", "catalogue")
SERVED_TYPES = (
    "BIGINT",
    "INTEGER",
    "DOUBLE",
    "DECIMAL(18,2)",
    "VARCHAR",
    "DATE",
    "TIMESTAMP",
    "BOOLEAN",
)
LEAST_SHARE_OF_LAST_TIME = 0.5
EMAIL = r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"


def audit_types(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Readers know eight types; another one (HUGEINT, TIMESTAMP WITH TIME ZONE) breaks some."""
    return [
        Finding("type", f"{schema}.{table}.{column}", f"{data_type} is not served; cast it")
        for schema, table, column, data_type in _served_columns(connection)
        if data_type not in SERVED_TYPES
    ]


def audit_contacts(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """No contact data in the served schemas, neither by a mart column's name nor by value.

    A value is contact data when it holds an e-mail address or equals a raw one of the contract's
    columns of contact data. Names of people are looked for by column only: "Rose" is a product
    too. `customer_id` is served as the shop writes it.
    """
    pii_columns = {
        column.name
        for table in raw_tables().values()
        for column in table.columns
        if column.contains_pii
    }
    findings = []
    texts: dict[tuple[str, str], list[str]] = {}
    for schema, table, column, data_type in _served_columns(connection):
        if schema == "marts" and column in pii_columns:
            subject = f"{schema}.{table}.{column}"
            findings.append(Finding("contact data", subject, "a column of contact data"))
        elif data_type == "VARCHAR" and column != "customer_id":
            texts.setdefault((schema, table), []).append(column)
    connection.execute("create or replace temp table texts (subject varchar, value varchar)")
    for (schema, table), columns in texts.items():  # each read once: it may be a view
        values = ", ".join(f"list(distinct {quoted(name)}) as {quoted(name)}" for name in columns)
        connection.execute(
            f"""insert into texts
                with seen as (select {values} from {quoted("state", schema, table)})
                select {literal(f"{schema}.{table}.")} || name, unnest(found)
                from (unpivot seen on columns(*) into name name value found)"""
        )
    # Once for all columns: the raw addresses are as many as the orders.
    found = connection.execute(
        f"""select subject, count(*) from texts
            where (contains(value, '@') and regexp_matches(value, '{EMAIL}'))
                or value in ({_raw_contacts(connection)})
            group by subject order by subject"""
    ).fetchall()
    connection.execute("drop table texts")
    return findings + [
        Finding("contact data", subject, f"{values} values are contacts")
        for subject, values in found
    ]


def audit_pseudonyms(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Every served `customer_id` is the HMAC it is meant to be (64 hex digits)."""
    findings = []
    for schema, table, column, _ in _served_columns(connection):
        if column != "customer_id":
            continue
        found = connection.execute(
            f"select count(*) from {quoted('state', schema, table)}"
            f" where not regexp_full_match({quoted(column)}, '[0-9a-f]{{64}}')"
        ).fetchall()[0][0]
        if found:
            subject = f"{schema}.{table}.{column}"
            findings.append(Finding("pseudonyms", subject, f"{found} ids are not pseudonyms"))
    return findings


def audit_loads(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Every row the loader read is in its raw table, or counted as to why not.

    rows_read = rows there + unreadable + unchanged + replaced + erased, for each load.
    """
    present = {table for _, table in tables_of(connection, "state", ("raw",))}
    if "loads" not in present:
        return []
    findings: list[Finding] = []
    for table in sorted(present & set(raw_tables())):
        rows = connection.execute(
            f"""with landed as (
                    select load_id, count(*) as landed_rows
                    from {quoted("state", "raw", table)} group by load_id
                ), accounted as (
                    select load_id, rows_read, rows_unreadable + rows_unchanged + rows_replaced
                        + coalesce(rows_erased, 0) + coalesce(landed_rows, 0) as accounted_rows
                    from state.raw.loads left join landed using (load_id)
                    where raw_table = {literal(table)}
                )
                from accounted where rows_read != accounted_rows order by all"""
        ).fetchall()
        findings += (
            Finding("lost rows", f"raw.{table}", f"load {load}: {read} read, {sums} accounted for")
            for load, read, sums in rows
        )
    return findings


def audit_against_last(
    as_of: str | None,
    rows_of_customers: dict[str, int],
    last: dict[str, Any],
    *,
    is_dated: bool,
) -> list[Finding]:
    """The newest date did not go back, and no table of customers lost half its rows.

    `last` is the manifest of the served version. A run for an earlier date on request
    (`is_dated`) is meant to be older and smaller.
    """
    went_back = bool(as_of and last["as_of"] and as_of < last["as_of"])
    if went_back and is_dated:
        return []
    findings = []
    if went_back:
        message = f"{last['as_of']} is served, the candidate ends on {as_of}"
        findings.append(Finding("freshness", "newest observation", message))
    for table, now in rows_of_customers.items():
        before = last["tables"].get(table, {"rows": 0})["rows"]
        if now < LEAST_SHARE_OF_LAST_TIME * before:
            findings.append(Finding("volume", table, f"{before:,} rows served, {now:,} now"))
    return findings


def newest_observation(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The latest `observed_on` in the marts, as an ISO date."""
    tables = [row for row in _served_columns(connection) if row[2] == "observed_on"]
    newest = [
        connection.execute(
            f"select max(observed_on)::date::varchar from {quoted('state', schema, table)}"
        ).fetchall()[0][0]
        for schema, table, _, _ in tables
    ]
    return max((value for value in newest if value), default=None)


def rows_of_customers(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """{'marts.customer_segments': rows, …}: the marts with a `customer_id`."""
    return {
        f"{schema}.{table}": connection.execute(
            f"select count(*) from {quoted('state', schema, table)}"
        ).fetchall()[0][0]
        for schema, table, column, _ in _served_columns(connection)
        if schema == "marts" and column == "customer_id"
    }


def _served_columns(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str]]:
    rows = connection.execute(
        "select table_schema, table_name, column_name, data_type from information_schema.columns"
        " where table_catalog = 'state'"
        f" and table_schema in ({literal(*SERVED_SCHEMAS)}) order by all"
    ).fetchall()
    return [(schema, table, column, data_type) for schema, table, column, data_type in rows]


def _raw_contacts(connection: duckdb.DuckDBPyConnection) -> str:
    """A query for every e-mail address and phone number in the raw tables."""
    there = set(
        connection.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_catalog = 'state' and table_schema = 'raw'"
        ).fetchall()
    )
    queries = [
        f"select {quoted(column.name)}::varchar from {quoted('state', 'raw', table.name)}"
        f" where {quoted(column.name)} is not null"
        for table in raw_tables().values()
        for column in table.columns
        if column.contains_pii
        and column.data_type == "string"
        and column.name != "name"
        and (table.name, column.name) in there
    ]
    return " union all ".join(queries) or "select null::varchar where false"
