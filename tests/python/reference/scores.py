"""Where a value stands among others, and what the standing is called; exact fractions."""

import csv
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from math import ceil, floor

from reference.accepted import SEEDS

NINE_DIGITS = 10**9


def percentiles(values: Mapping[str, Fraction | int]) -> dict[str, Fraction]:
    """Mid-ranks: the share strictly below plus half the share of equals, rounded to 9 digits."""
    counts = Counter(values.values())
    standing: dict[Fraction | int, Fraction] = {}
    below = 0
    for value in sorted(counts):
        share = Fraction(2 * below + counts[value], 2 * len(values))
        standing[value] = Fraction(floor(share * NINE_DIGITS + Fraction(1, 2)), NINE_DIGITS)
        below += counts[value]
    return {key: standing[value] for key, value in values.items()}


def tier(percentile: Fraction) -> str:
    """low up to .50, mid up to .80, high up to .95, vip above."""
    for bound, name in ((50, "low"), (80, "mid"), (95, "high")):
        if percentile <= Fraction(bound, 100):
            return name
    return "vip"


def score(percentile: Fraction) -> int:
    """A score from 1 to 5."""
    return ceil(5 * percentile)


@cache
def rfm_groups() -> dict[tuple[int, Fraction], str]:
    """(recency score, mean of the other two) → group, from the catalogue."""
    with (SEEDS / "catalogue" / "rfm_groups.csv").open(encoding="utf-8") as file:
        return {
            (int(row["recency_score"]), Fraction(row["frequency_monetary_score"])): row["rfm_group"]
            for row in csv.DictReader(file)
        }
