"""The shop's year: how busy each day is, and the clock that turns season-days into dates.

A season-day is a day's worth of business at the average pace. People order at a constant rate per
season-day, and the clock stretches busy days and shrinks quiet ones: an exact draw from the Poisson
process with a season, of which nothing is thrown away. Over the whole sample the two clocks agree:
there are as many season-days as days.
"""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from lib.sample.plan import Plan

TICKS_PER_DAY = 100
MONTH_WEIGHTS = (0.95, 0.80, 0.97, 0.98, 1.00, 1.02, 0.96, 0.95, 1.01, 1.03, 1.18, 1.15)
WEEKDAY_WEIGHTS = (0.96, 0.94, 0.95, 0.97, 1.02, 1.10, 1.06)
SALE_DAYS = {(6, 18): 1.7, (11, 11): 2.4, (12, 12): 1.5}
# Of 100 orders, how many fall into each hour, UTC: the shop is busiest in the evening of UTC+8.
HOUR_WEIGHTS = (4, 5, 6, 7, 6, 5, 6, 6, 6, 5, 5, 6, 7, 7, 6, 4, 2, 1, 1, 1, 1, 1, 1, 1)


def day_weight(day: date) -> float:
    """How busy a day is; 1 is about average."""
    sale = SALE_DAYS.get((day.month, day.day), 1.0)
    return MONTH_WEIGHTS[day.month - 1] * WEEKDAY_WEIGHTS[day.weekday()] * sale


def clock(plan: Plan) -> dict[str, NDArray[np.int32]]:
    """The clock as columns: tick (0 … 100 × days − 1) and the day it falls on (0 is the first)."""
    weights = [day_weight(plan.first_day + timedelta(days=n)) for n in range(plan.days)]
    closes = np.cumsum(weights) / np.sum(weights) * plan.days * TICKS_PER_DAY
    ticks = np.arange(plan.days * TICKS_PER_DAY, dtype=np.int32)
    return {"tick": ticks, "day": np.searchsorted(closes, ticks + 0.5).astype(np.int32)}


def tick(season_day: str) -> str:
    """The tick of a season-day, both as SQL expressions."""
    return f"floor({season_day} * {TICKS_PER_DAY})::int"


def hours() -> list[int]:
    """The hour of each of 100 typical orders."""
    return [hour for hour, weight in enumerate(HOUR_WEIGHTS) for _ in range(weight)]
