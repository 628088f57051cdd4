"""Days that do not look like the shop's others: without an order, or with far too few of them;
and files of which too much cannot be believed.

Half an export looks like a bad week. What the shop usually does is read from the eight weeks
before, weekday by weekday, so that a shop closed on Sundays is not accused of it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Any

import duckdb

from lib.publishing.audit import Finding
from lib.publishing.fingerprints import literal, tables_of

ORDERS = ("intermediate", "int_orders_identified")
WEEKS_BEFORE = 8
LAST_DAYS = 7
# A weekday with fewer orders than this may well have none.
USUAL_ORDERS = 10
LEAST_SHARE_OF_USUAL = 0.5
# A shop that sells every day and is loaded every day has its newest order this close to it.
LATEST_LAG = timedelta(days=3)
# Ten bad rows in a hundred are a broken export; one in ten is a slip of somebody's.
LARGEST_SHARE_REJECTED = 0.05
FEW_REJECTED = 10
# A row that comes again is no bad row: the same export loaded twice changes nothing.
COMES_AGAIN = ("duplicate_row", "superseded_row")


def daily_orders(connection: duckdb.DuckDBPyConnection, as_of: str) -> dict[date, int]:
    """Orders per day of the weeks that are looked at, up to the newest date; no day, no orders."""
    schema, table = ORDERS
    if (schema, table) not in tables_of(connection, "state", (schema,)):
        return {}
    since = date.fromisoformat(as_of) - timedelta(days=LAST_DAYS + 7 * WEEKS_BEFORE)
    rows = connection.execute(
        f"select ordered_on, count(*) from state.{schema}.{table}"
        f" where ordered_on > date '{since}' and ordered_on <= date '{as_of}' group by all"
    ).fetchall()
    return {day: int(count) for day, count in rows}


def audit_days(orders: Mapping[date, int], as_of: date) -> list[Finding]:
    """What is odd about the last seven days; nothing of a shop too small or too young to tell."""
    last = [as_of - timedelta(days=ago) for ago in range(LAST_DAYS)]
    usual = {
        day: median(
            orders.get(day - timedelta(weeks=week), 0) for week in range(1, 1 + WEEKS_BEFORE)
        )
        for day in last
    }
    findings = [
        Finding("volume", f"orders of {day}", f"none; usually {usual[day]:g} on this weekday")
        for day in sorted(last)
        if usual[day] >= USUAL_ORDERS and not orders.get(day)
    ]
    expected, found = sum(usual.values()), sum(orders.get(day, 0) for day in last)
    if expected >= USUAL_ORDERS * LAST_DAYS and found < LEAST_SHARE_OF_USUAL * expected:
        message = f"{found} in seven days; usually {expected:g}"
        findings.append(Finding("volume", f"orders up to {as_of}", message))
    return findings


def audit_lag(
    orders: Mapping[date, int], as_of: date, loaded: str | None, before: str | None
) -> list[Finding]:
    """Rows keep being loaded, and the newest order does not move: the export may have stopped.

    `loaded` and `before` are the days of the last load, now and when the served version was built.
    """
    sells_daily = sum(orders.values()) >= USUAL_ORDERS * (LAST_DAYS + 7 * WEEKS_BEFORE)
    if not loaded or not before or loaded <= before or not sells_daily:
        return []
    if date.fromisoformat(loaded) - as_of <= LATEST_LAG:
        return []
    message = f"rows were loaded on {loaded}, and the newest order is of {as_of}"
    return [Finding("freshness", "newest order", message)]


def rejected_of(
    connection: duckdb.DuckDBPyConnection, load_id: str, raw_table: str
) -> dict[str, int]:
    """Rows of a load that cannot be believed, by reason, the most frequent first.

    Rows that only come again are not counted.
    """
    if ("marts", "rejected_rows") not in tables_of(connection, "state", ("marts",)):
        return {}
    rows = connection.execute(
        "select reject_reasons, count(*) as rows_rejected from state.marts.rejected_rows"
        " where load_id = ? and raw_table = ?"
        f" and reject_reasons not in ({literal(*COMES_AGAIN)}) group by all"
        " order by rows_rejected desc, reject_reasons",
        [load_id, raw_table],
    ).fetchall()
    return {reasons: int(count) for reasons, count in rows}


def audit_rejected(
    connection: duckdb.DuckDBPyConnection, loads: Sequence[Mapping[str, Any]]
) -> list[Finding]:
    """No file of this run is rejected as a whole, nor ten rows of it that are over 5 percent."""
    findings = []
    for load in loads:
        if load.get("already_loaded") or not load.get("rows_read"):
            continue
        read = load["rows_read"]
        reasons = rejected_of(connection, load["load_id"], load["raw_table"])
        rejected = sum(reasons.values())
        is_much = rejected >= FEW_REJECTED and rejected > LARGEST_SHARE_REJECTED * read
        if is_much or rejected == read:
            told = ", ".join(f"{count:,} {why}" for why, count in list(reasons.items())[:3])
            message = f"{rejected:,} of {read:,} rows are rejected ({told}); mend the file, or"
            findings.append(Finding("rejected", load["source_name"], f"{message} --accept-smaller"))
    return findings


def last_load(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The day of the newest load, as an ISO date."""
    if ("raw", "loads") not in tables_of(connection, "state", ("raw",)):
        return None
    row = connection.execute("select max(loaded_on)::varchar from state.raw.loads").fetchone()
    return row[0] if row else None
