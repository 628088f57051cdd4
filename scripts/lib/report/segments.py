"""What stands behind each segment: definition, rules, trend, moves, mix, action, and its SQL."""

from collections import defaultdict
from typing import Any

from lib.report.pictures import YEAR
from lib.report.served import Row, Served
from lib.report.words import Text, label, phrase, words

LISTING = """select customer_id, net_revenue_365d, churn_probability, last_ordered_on
from marts.customer_segments
where segment = '{segment}'
order by net_revenue_365d desc, customer_id;"""


def segments(served: Served, months: list[Row], flows: list[Row]) -> dict[str, dict[str, Any]]:
    """Per segment code, in rank order, all that the table and the drill-down show."""
    rules, mix = _rules(served), _mix(served)
    trends = _trends(served, months)
    actions, affinities = _actions(served), _affinities(served)
    return {
        segment: {
            "trend": trends[segment],
            "rules": rules.get(segment, []),
            "came": _moves(served, flows, segment, "to_category", "from_category"),
            "went": _moves(served, flows, segment, "from_category", "to_category"),
            "mix": mix.get(segment, {}),
            "actions": actions.get(segment, []),
            "affinity": affinities.get(segment, []),
            "sql": LISTING.format(segment=segment.replace("'", "''")),
        }
        for segment in trends
    }


def reading(served: Served, months: list[Row]) -> Text:
    """Which segment brings most, and how few they are."""
    rows = [row for row in months if row["observed_on"] == served.newest]
    customers = sum(row["customers"] for row in rows)
    revenue = sum(row["net_revenue_365d"] for row in rows)
    if not revenue:
        return phrase("reading_segments_none")
    best = max(rows, key=lambda row: row["net_revenue_365d"])
    return phrase(
        "reading_segments",
        segment=label(served.categories["segment", best["segment"]]),
        customers_share=best["customers"] / customers,
        revenue_share=float(best["net_revenue_365d"] / revenue),
    )


def _trends(served: Served, months: list[Row]) -> dict[str, list[list[Any]]]:
    """Per segment, in rank order, the numbers of each look; 0 where a look was left out."""
    at = {look: index for index, look in enumerate(served.looks)}
    names = [name for dimension, name in served.categories if dimension == "segment"]
    found: dict[str, list[list[Any]]] = {name: [[0, 0, None, None] for _ in at] for name in names}
    columns = ("customers", "net_revenue_365d", "mean_churn_probability", "predicted_revenue_365d")
    for row in months:
        found[row["segment"]][at[row["observed_on"]]] = [row[column] for column in columns]
    return found


def _rules(served: Served) -> dict[str, list[list[list[str]]]]:
    """Per segment its rules, each a list of [dimension, category] that must all hold."""
    found: dict[str, list[list[list[str]]]] = defaultdict(list)
    dimensions = {dimension for dimension, _ in served.categories}
    for row in served.rows("rules"):
        conditions = [
            [dimension, category]
            for dimension, category in row.items()
            if dimension in dimensions - {"segment"} and category != "any"
        ]
        found[row["segment"]].append(conditions)
    return found


def _moves(
    served: Served, flows: list[Row], segment: str, here: str, there: str
) -> list[tuple[str | None, int, int]]:
    """(other segment, customers between the looks told of, in a year), the most first."""
    year = set(served.looks[-YEAR:])
    sums: dict[str | None, list[int]] = defaultdict(lambda: [0, 0])
    for row in flows:
        if row["dimension"] != "segment" or row[here] != segment or row[there] == segment:
            continue
        if row["observed_on"] in year:
            sums[row[there]][1] += row["customers"]
        if row["observed_on"] == served.until:
            sums[row[there]][0] += row["customers"]
    moves = [(other, now, in_year) for other, (now, in_year) in sums.items() if in_year]
    return sorted(moves, key=lambda move: (-move[2], move[0] or ""))


def _mix(served: Served) -> dict[str, dict[str, dict[str, int]]]:
    found: dict[str, dict[str, dict[str, int]]] = {}
    for row in served.rows("mix", least_group=served.least_group):
        dimensions = found.setdefault(row["segment"], {})
        dimensions.setdefault(row["dimension"], {})[row["category"]] = row["customers"]
    return found


def _actions(served: Served) -> dict[str, list[dict[str, Text]]]:
    """Per segment what the playbook says to do, and who does it."""
    found: dict[str, list[dict[str, Text]]] = defaultdict(list)
    if served.has("catalogue.playbook"):
        for row in served.rows("playbook"):
            who = phrase(
                "who_does",
                owner=label(row, "owner"),
                channel=words().get(f"channel_{row['channel']}", row["channel"]),
                kpi=label(row, "kpi"),
            )
            found[row["segment"]].append({"action": label(row, "action"), "who": who})
    return found


def _affinities(served: Served) -> dict[str, list[list[Any]]]:
    """Per segment up to five product categories: name, buyers, their share, lift."""
    found: dict[str, list[list[Any]]] = defaultdict(list)
    if served.has("marts.segment_category_affinity"):
        for row in served.rows("affinity", least_group=served.least_group):
            columns = ("product_category", "customers", "buyers_share", "lift")
            found[row["segment"]].append([row[column] for column in columns])
    return found
