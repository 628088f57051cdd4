"""The decision table read as it says: the first row that fits names the segment."""

import csv
from collections.abc import Mapping
from functools import cache
from typing import Any

from reference.accepted import SEEDS


def segment_of(answers: Mapping[str, Any]) -> str | None:
    """The segment of a customer, given the answers the table asks for; None where no row fits."""
    for rule in _rules():
        conditions = ((name, rule[name]) for name in rule if name not in {"precedence", "segment"})
        if all(cell in {"any", answers[name]} for name, cell in conditions):
            return rule["segment"]
    return None


@cache
def _rules() -> tuple[dict[str, str], ...]:
    with (SEEDS / "catalogue" / "segment_rules.csv").open(encoding="utf-8") as file:
        return tuple(sorted(csv.DictReader(file), key=lambda rule: int(rule["precedence"])))
