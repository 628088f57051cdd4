"""What is measured: choices of vars and of models, each with the goal it is held against."""

from dataclasses import dataclass, field

LAST_DAY = "2026-06-30"

# The answers that rest on a customer's orders and need no expected orders.
CORE = (
    "int_lifecycle_staged",
    "int_activity_classified",
    "int_value_tiered",
    "int_frequency_banded",
    "int_rfm_grouped",
    "int_churn_risk_scored",
)
TODAY = {"clock": "as_of", "as_of_date": LAST_DAY}


@dataclass(frozen=True)
class Variant:
    """A part of the project under some vars; `less` names the variant whose cost is subtracted,
    `share_of` the one it is held against. Without models it is dbt's own run of everything."""

    name: str
    meaning: str
    variables: dict[str, str]
    models: tuple[str, ...]
    goal: float | None = None
    less: str | None = None
    share_of: str | None = None
    options: dict[str, str] = field(default_factory=dict)


VARIANTS = (
    Variant("today", "core answers and P(order), one date", TODAY, CORE, 3.0),
    Variant(
        "value",
        "expected orders, CLV and the segment on top of it",
        TODAY,
        (*CORE, "customer_segments"),
        6.0,
        less="today",
    ),
    *(
        Variant(
            f"history_{months}",
            f"{months} month-ends, every order-based dimension and the segment, as stays",
            {"clock": "month_ends", "as_of_date": as_of},
            ("customer_segment_history",),
            14.0 if months == 36 else None,
        )
        for months, as_of in ((12, "2024-06-30"), (24, "2025-06-30"), (36, LAST_DAY))
    ),
    Variant(
        "one_month_more",
        "the last of the 36 months",
        {"clock": "month_ends", "as_of_date": "2026-05-31"},
        ("customer_segment_history",),
    ),
    Variant(
        "full_build", "every model by dbt, from nothing, before the newest 1 % of orders", {}, ()
    ),
    Variant("day", "every model by dbt, once these have come", {}, (), 0.10, share_of="full_build"),
)
