"""The same table per customer by other people's tools, written as their users would write it.

    python -m lib.benchmark.peers NAME FOLDER OUT

Reads the shop's Parquet files and writes the table: what each customer is today. Importing the tool
is not measured. What the project's raw tables may hold besides (repeats, other currencies, e-mail
guests, test accounts …) the peers are spared: the made-up shop has none of it.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lib.benchmark.measured import Cost, measured_main, measuring
from lib.warehouse import ROOT

COLUMNS = (
    "customer_id", "orders", "orders_365d", "purchase_days", "net_revenue", "net_revenue_365d",
    "first_ordered_on", "last_ordered_on", "lifecycle_stage", "activity_status",
    "purchase_frequency", "revenue_percentile", "value_tier", "lifetime_value_tier",
    "recency_score", "frequency_score", "monetary_score", "rfm_group", "churn_probability",
)  # fmt: skip
TODAY = "2026-06-30"
TIERS = ((0.5, "low"), (0.8, "mid"), (0.95, "high"), (1.0, "vip"))
PARAMETERS = "parameters.json"


def with_pandas(folder: Path, out: Path) -> None:
    """pandas: grouped orders, ranks by method average, numpy's select for the rules."""
    import json

    import numpy as np
    import pandas as pd

    today = pd.Timestamp(TODAY)
    orders = pd.read_parquet(folder / "orders.parquet")
    refunds = pd.read_parquet(folder / "refunds.parquet")
    customers = pd.read_parquet(folder / "customers.parquet", columns=["customer_id"])
    orders = orders[orders["status"] == "completed"]
    orders["net"] = orders["gross_amount"].astype("float64") - orders["discount_amount"].astype(
        "float64"
    )
    refunded = refunds.assign(amount=refunds["amount"].astype("float64")).set_index("order_id")
    orders["refunded"] = orders["order_id"].map(refunded["amount"]).fillna(0.0)
    orders = orders[orders["net"] - orders["refunded"] > 0.004]
    orders["net"] -= orders["refunded"]
    orders["day"] = orders["ordered_at"].dt.normalize()
    recent = orders[orders["day"] >= today - pd.Timedelta(days=365)]

    by_customer = orders.groupby("customer_id")
    days = orders[["customer_id", "day"]].drop_duplicates().sort_values(["customer_id", "day"])
    gaps = days.groupby("customer_id")["day"].diff().dt.days
    table = pd.DataFrame({
        "orders": by_customer.size(),
        "net_revenue": by_customer["net"].sum().round(2),
        "first_ordered_on": by_customer["day"].min(),
        "last_ordered_on": by_customer["day"].max(),
        "purchase_days": days.groupby("customer_id").size(),
        "orders_365d": recent.groupby("customer_id").size(),
        "net_revenue_365d": recent.groupby("customer_id")["net"].sum().round(2),
        "returned_on": days[gaps > 180].groupby("customer_id")["day"].max(),
    }).reindex(customers["customer_id"])  # fmt: skip
    counts = ["orders", "orders_365d", "purchase_days", "net_revenue", "net_revenue_365d"]
    table[counts] = table[counts].fillna(0)
    since_first = (today - table["first_ordered_on"]).dt.days
    since_last = (today - table["last_ordered_on"]).dt.days
    since_return = (today - table["returned_on"]).dt.days

    table["lifecycle_stage"] = np.select(
        [table["orders_365d"] >= 3, table["orders"] >= 2, table["orders"] == 1],
        ["loyal", "repeat", "first_time"],
        "prospect",
    )
    table["activity_status"] = np.select(
        [
            table["orders"] == 0, since_first <= 30, since_return <= 30,
            since_last <= 90, since_last <= 180, since_last <= 365,
        ],
        ["none", "new", "reactivated", "active", "at_risk", "dormant"],
        "churned",
    )  # fmt: skip
    table["purchase_frequency"] = np.select(
        [table["orders_365d"] >= 5, table["orders_365d"] >= 2, table["orders_365d"] >= 1],
        ["high", "low", "infrequent"],
        "none",
    )

    def percentile(values: Any, ranked: Any) -> Any:
        return ((values[ranked].rank(method="average") - 0.5) / ranked.sum()).round(9)

    ranked = (table["orders_365d"] > 0) & (table["net_revenue_365d"] > 0)
    bought = table["net_revenue"] > 0
    table["revenue_percentile"] = percentile(table["net_revenue_365d"], ranked)
    lifetime = percentile(table["net_revenue"], bought)
    for name, shares in (
        ("value_tier", table["revenue_percentile"]),
        ("lifetime_value_tier", lifetime.reindex(table.index)),
    ):
        table[name] = np.select(
            [shares <= bound for bound, _ in TIERS], [tier for _, tier in TIERS], "none"
        )
    for name, values in (
        ("recency_score", -since_last),
        ("frequency_score", table["orders_365d"]),
        ("monetary_score", table["net_revenue_365d"]),
    ):
        score = np.ceil(5 * percentile(values, ranked)).reindex(table.index)
        table[name] = score.fillna(1).where(table["orders"] > 0).astype("Int32")
    groups = pd.read_csv(ROOT / "seeds" / "catalogue" / "rfm_groups.csv")
    mean = (table["frequency_score"] + table["monetary_score"]) * 0.5
    keys = pd.DataFrame({"recency_score": table["recency_score"], "frequency_monetary_score": mean})
    table["rfm_group"] = (
        keys.reset_index()
        .merge(groups, how="left", on=["recency_score", "frequency_monetary_score"])
        .set_index("customer_id")["rfm_group"]
        .reindex(table.index)
        .fillna("prospects")
    )

    fit = json.loads((folder / PARAMETERS).read_text(encoding="utf-8"))
    x, t_x, age = table["purchase_days"] - 1, since_first - since_last, since_first
    r, alpha, a, b = fit["r"], fit["alpha"], fit["a"], fit["b"]
    alive = 1 / (1 + a / (b + x) * np.exp((r + x) * np.log((alpha + age) / (alpha + t_x))))
    ordering = alive * (1 - np.exp(-(r + x) * np.log1p(90 / (alpha + age))))
    table["churn_probability"] = (1 - ordering).round(9)
    table.reset_index()[list(COLUMNS)].to_parquet(out)


def with_polars(folder: Path, out: Path) -> None:
    """polars: one lazy query, collected by the streaming engine."""
    import json
    from datetime import date, timedelta

    import polars as pl

    today = date.fromisoformat(TODAY)
    col = pl.col
    refunds = pl.scan_parquet(folder / "refunds.parquet").select(
        "order_id", refunded=col("amount").cast(pl.Float64)
    )
    orders = (
        pl.scan_parquet(folder / "orders.parquet")
        .filter(col("status") == "completed")
        .join(refunds, on="order_id", how="left")
        .select(
            "customer_id",
            day=col("ordered_at").dt.date(),
            net=col("gross_amount").cast(pl.Float64)
            - col("discount_amount").cast(pl.Float64)
            - col("refunded").fill_null(0.0),
        )
        .filter(col("net") > 0.004)
    )
    recent = col("day") >= today - timedelta(days=365)
    per_customer = orders.group_by("customer_id").agg(
        orders=pl.len(),
        orders_365d=recent.sum(),
        net_revenue=col("net").sum().round(2),
        net_revenue_365d=col("net").filter(recent).sum().round(2),
        first_ordered_on=col("day").min(),
        last_ordered_on=col("day").max(),
        days=col("day").unique().sort(),
    ).with_columns(
        purchase_days=col("days").list.len(),
        since_first=(today - col("first_ordered_on")).dt.total_days(),
        since_last=(today - col("last_ordered_on")).dt.total_days(),
    )  # fmt: skip
    returned = (
        per_customer.select("customer_id", day="days")
        .explode("day")
        .with_columns(gap=col("day").diff().over("customer_id").dt.total_days())
        .filter(col("gap") > 180)
        .group_by("customer_id")
        .agg(since_return=(today - col("day").max()).dt.total_days())
    )
    counts = ["orders", "orders_365d", "purchase_days", "net_revenue", "net_revenue_365d"]
    table = (
        pl.scan_parquet(folder / "customers.parquet")
        .select("customer_id")
        .join(per_customer.drop("days"), on="customer_id", how="left")
        .join(returned, on="customer_id", how="left")
        .with_columns(col(counts).fill_null(0))
        .with_columns(
            ranked=(col("orders_365d") > 0) & (col("net_revenue_365d") > 0),
            bought=col("net_revenue") > 0,
        )
    )

    def percentile(value: Any, ranked: str) -> Any:
        among = pl.when(col(ranked)).then(value)
        return ((among.rank(method="average") - 0.5) / col(ranked).sum()).round(9)

    def tier(share: str) -> Any:
        chosen: Any = pl.when(col(share).is_null()).then(pl.lit("none"))
        for bound, name in TIERS:
            chosen = chosen.when(col(share) <= bound).then(pl.lit(name))
        return chosen.otherwise(pl.lit("none"))

    def score(share: str) -> Any:
        bought = pl.when(col("orders") > 0)
        return bought.then((5 * col(share)).ceil().cast(pl.Int32).fill_null(1))

    def first_of(*rules: tuple[Any, str], otherwise: str) -> Any:
        chosen: Any = pl
        for condition, name in rules:
            chosen = chosen.when(condition).then(pl.lit(name))
        return chosen.otherwise(pl.lit(otherwise))

    fit = json.loads((folder / PARAMETERS).read_text(encoding="utf-8"))
    x, age = col("purchase_days") - 1.0, col("since_first")
    r, alpha, a, b = fit["r"], fit["alpha"], fit["a"], fit["b"]
    logarithm = ((alpha + age) / (alpha + age - col("since_last"))).log()
    alive = 1 / (1 + a / (b + x) * ((r + x) * logarithm).exp())
    ordering = alive * (1 - (-(r + x) * (1 + 90 / (alpha + age)).log()).exp())
    groups = pl.scan_csv(ROOT / "seeds" / "catalogue" / "rfm_groups.csv").with_columns(
        col("recency_score").cast(pl.Int32)
    )
    (
        table.with_columns(
            lifecycle_stage=first_of(
                (col("orders_365d") >= 3, "loyal"), (col("orders") >= 2, "repeat"),
                (col("orders") == 1, "first_time"), otherwise="prospect",
            ),
            activity_status=first_of(
                (col("orders") == 0, "none"), (col("since_first") <= 30, "new"),
                (col("since_return") <= 30, "reactivated"), (col("since_last") <= 90, "active"),
                (col("since_last") <= 180, "at_risk"), (col("since_last") <= 365, "dormant"),
                otherwise="churned",
            ),
            purchase_frequency=first_of(
                (col("orders_365d") >= 5, "high"), (col("orders_365d") >= 2, "low"),
                (col("orders_365d") >= 1, "infrequent"), otherwise="none",
            ),
            revenue_percentile=percentile(col("net_revenue_365d"), "ranked"),
            lifetime_percentile=percentile(col("net_revenue"), "bought"),
            recency_percentile=percentile(-col("since_last"), "ranked"),
            frequency_percentile=percentile(col("orders_365d"), "ranked"),
            churn_probability=(1 - ordering).round(9),
        )
        .with_columns(
            value_tier=tier("revenue_percentile"),
            lifetime_value_tier=tier("lifetime_percentile"),
            recency_score=score("recency_percentile"),
            frequency_score=score("frequency_percentile"),
            monetary_score=score("revenue_percentile"),
        )
        .with_columns(
            frequency_monetary_score=(col("frequency_score") + col("monetary_score")) * 0.5
        )
        .join(groups, on=["recency_score", "frequency_monetary_score"], how="left")
        .with_columns(col("rfm_group").fill_null("prospects"))
        .select(COLUMNS)
        .sink_parquet(out)
    )  # fmt: skip


def with_lifetimes(folder: Path, out: Path) -> None:
    """lifetimes: only what it makes, the four columns that churn rests on, and P(alive)."""
    import json

    import pandas as pd
    from lifetimes import ModifiedBetaGeoFitter
    from lifetimes.utils import summary_data_from_transaction_data

    orders = pd.read_parquet(
        folder / "orders.parquet", columns=["order_id", "customer_id", "ordered_at", "status"]
    )
    refunds = pd.read_parquet(folder / "refunds.parquet")
    paid = pd.read_parquet(
        folder / "orders.parquet", columns=["order_id", "gross_amount", "discount_amount"]
    )
    orders["net"] = paid["gross_amount"].astype("float64") - paid["discount_amount"].astype(
        "float64"
    )
    refunded = refunds.assign(amount=refunds["amount"].astype("float64")).set_index("order_id")
    orders["net"] -= orders["order_id"].map(refunded["amount"]).fillna(0.0)
    orders = orders[(orders["status"] == "completed") & (orders["net"] > 0.004)]
    table = summary_data_from_transaction_data(
        orders, "customer_id", "ordered_at", observation_period_end=TODAY
    )
    fit = json.loads((folder / PARAMETERS).read_text(encoding="utf-8"))
    model = ModifiedBetaGeoFitter()
    model.params_ = pd.Series({name: fit[name] for name in ("r", "alpha", "a", "b")})
    table["p_alive"] = model.conditional_probability_alive(
        table["frequency"], table["recency"], table["T"]
    )
    table.reset_index().to_parquet(out)


PEERS: dict[str, Callable[[Path, Path], None]] = {
    "pandas": with_pandas,
    "polars": with_polars,
    "lifetimes": with_lifetimes,
}
MODULES = {
    "pandas": ("pandas", "pyarrow"),
    "polars": ("polars",),
    "lifetimes": ("lifetimes", "pyarrow"),
}


def _run(name: str, folder: Path, out: Path, costs: list[Cost]) -> None:
    for module in MODULES[name]:
        __import__(module)
    with measuring(name, costs):
        PEERS[name](folder, out)


if __name__ == "__main__":
    _, peer, source, target = sys.argv
    measured_main(lambda costs: _run(peer, Path(source), Path(target), costs))
