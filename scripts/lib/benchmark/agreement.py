"""Do two tools say the same of every customer? Asked before anything is timed."""

from pathlib import Path

import duckdb

from lib.benchmark.peers import COLUMNS
from lib.errors import UserError

# Probabilities may differ in their last digit, money in floating-point noise; nothing else may.
TOLERANCE = {
    "revenue_percentile": 2e-9,
    "churn_probability": 2e-9,
    "net_revenue": 0.005,
    "net_revenue_365d": 0.005,
}


def check_table(ours: Path, theirs: Path) -> int:
    """The number of customers, all equal in every column; UserError names the first that differ."""
    checks = []
    for name in COLUMNS[1:]:
        if name in TOLERANCE:
            same = (
                f"coalesce(abs(cast(ours.{name} as double) - cast(theirs.{name} as double))"
                f" <= {TOLERANCE[name]}, ours.{name} is null"
                f" and (theirs.{name} is null or isnan(cast(theirs.{name} as double))))"
            )
        elif name.endswith("_on"):
            same = f"ours.{name} is not distinct from cast(theirs.{name} as date)"
        else:
            same = f"ours.{name} is not distinct from theirs.{name}"
        checks.append(f"case when not ({same}) then '{name}' end")
    return _differences(ours, theirs, f"concat_ws(' ', {', '.join(checks)})", "full")


def check_lifetimes(ours: Path, theirs: Path) -> int:
    """The same for what lifetimes makes: purchase days after the first, and days between."""
    differing = """concat_ws(
        ' ',
        case when ours.purchase_days - 1 <> theirs.frequency then 'frequency' end,
        case when ours.last_ordered_on - ours.first_ordered_on <> theirs.recency
            then 'recency' end,
        case when date '2026-06-30' - ours.first_ordered_on <> theirs.T then 'T' end
    )"""
    return _differences(ours, theirs, differing, "right")


def _differences(ours: Path, theirs: Path, differing: str, join: str) -> int:
    rows, wrong, example = duckdb.execute(
        f"""
        select count(*), count(*) filter (differing <> ''), min(differing || ' of ' || customer)
            filter (differing <> '')
        from (
            select
                coalesce(ours.customer_id, theirs.customer_id) as customer,
                case when ours.customer_id is null or theirs.customer_id is null
                    then 'customer_id' else {differing} end as differing
            from read_parquet('{ours}') as ours
            {join} join read_parquet('{theirs}') as theirs
                on ours.customer_id = theirs.customer_id
        )
        """
    ).fetchall()[0]
    if wrong:
        raise UserError(
            f"{wrong:,} of {rows:,} customers differ, for example {example};"
            " nothing is timed until both tools give the same answers"
        )
    return int(rows)
