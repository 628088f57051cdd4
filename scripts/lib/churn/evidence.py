"""What a person should know before trusting the churn probabilities, in sentences.

A build fails only where the model lost to the base rate for 1,000 customers or more; a served
version allows no warning of dbt, so what is less than that is said here.
"""

import duckdb

from lib.warehouse import has_table

FINDINGS = """
    select origin_on, horizon_days, customers, calibration_error, is_worse_than_base_rate,
        is_worse_than_recency, is_miscalibrated
    from marts.churn_backtest
    where predictor = 'model'
    qualify origin_on = max(origin_on) over (partition by horizon_days)
    order by horizon_days
"""


def churn_warnings(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """A sentence for each thing that speaks against the newest backtest of each horizon."""
    if not has_table(connection, "marts", "churn_backtest"):  # a project need not have it
        return []
    sentences = []
    for origin, days, customers, error, base_rate, recency, miscalibrated in connection.execute(
        FINDINGS
    ).fetchall():
        told = f"churn probabilities of {days} days, from {origin} ({customers:,} customers):"
        if base_rate:
            sentences.append(f"{told} the shop's average would have done better than the model")
        if recency:
            sentences.append(f"{told} recency alone would have done better than the model")
        if miscalibrated:
            sentences.append(f"{told} off by {error:.3f} on average; see marts.churn_calibration")
    return sentences
