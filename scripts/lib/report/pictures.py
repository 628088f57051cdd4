"""The figures behind each picture, and the one sentence that reads it."""

from collections import defaultdict
from datetime import date
from typing import Any

from lib.report.served import COHORTS_SHOWN, Row, Served
from lib.report.words import Text, label, phrase

Picture = dict[str, Any]
YEAR = 12


def top_figures(served: Served, segment_months: list[Row], months: Picture) -> list[Picture]:
    """Six figures: key, values (oldest first), what changed [before, after], and how to read.

    What stands on a day has a value per look, and changes between the looks told of; what happens
    in a month has one per whole month, and changes from month to month.
    """
    sums: dict[str, list[float]] = defaultdict(list)
    for look in served.looks:
        rows = [row for row in segment_months if row["observed_on"] == look]
        for column in ("customers", "net_revenue_365d"):
            sums[column].append(float(sum(row[column] or 0 for row in rows)))
    in_month: dict[date, float] = defaultdict(float)
    for row in segment_months:
        in_month[row["observed_on"]] += float(row["net_revenue_in_month"] or 0)
    activity = months["activity_status"]["customers"]
    current = [activity[name] for name in ("new", "reactivated", "active") if name in activity]
    shares = {
        row["observed_on"]: row["moved_share"] for row in served.rows("moved", looks=served.looks)
    }
    of_month = {"month": f"{served.month_ends[-1]:%Y-%m}"} if served.month_ends else {}
    found: list[Picture] = [
        {"key": "customers", "unit": "count", "values": sums["customers"]},
        {
            "key": "current_customers",
            "unit": "count",
            "note": "current_customers_note",
            "values": [sum(values) for values in zip(*current, strict=True)],
        },
        {"key": "net_revenue_365d", "unit": "money", "values": sums["net_revenue_365d"]},
        {
            "key": "net_revenue_in_month",
            "unit": "money",
            "values": [in_month[month] for month in served.month_ends],
            **of_month,
        },
        {
            "key": "high_risk",
            "unit": "count",
            "note": "high_risk_note",
            "is_worse_when_up": True,
            "values": months["churn_risk"]["customers"].get("high", []),
        },
        {
            "key": "moved",
            "unit": "share",
            "note": "moved_note",
            "values": [shares.get(month) or 0.0 for month in served.month_ends],
            **of_month,
        },
    ]
    at_looks = [served.looks.index(look) for look in served.told or ()]
    for figure in found:
        values = figure["values"]
        change = values[-2:] if "month" in figure else [values[at] for at in at_looks if values]
        figure["change"] = change if len(change) > 1 else None
    return [figure for figure in found if figure["values"]]


def months(served: Served) -> Picture:
    """Per dimension: customers of each category look by look, and the sentence that reads it."""
    found: Picture = {}
    at = {look: index for index, look in enumerate(served.looks)}
    for row in served.rows("category_months", looks=served.looks):
        customers = found.setdefault(row["dimension"], {"customers": {}})["customers"]
        course = customers.setdefault(row["category"], [0] * len(at))  # 0 where it was left out
        course[at[row["observed_on"]]] = row["customers"]
    for dimension, picture in found.items():
        picture["reading"] = _reading_of_months(served, dimension, picture["customers"])
    return found


def _reading_of_months(served: Served, dimension: str, customers: dict[str, list[int]]) -> Text:
    start = max(len(served.looks) - YEAR - 1, 0)
    totals = [sum(values) for values in zip(*customers.values(), strict=True)]
    if not totals[start] or not totals[-1]:
        return phrase("reading_months_flat")
    shares = {
        category: (values[start] / totals[start], values[-1] / totals[-1])
        for category, values in customers.items()
    }
    category, (before, now) = max(shares.items(), key=lambda item: abs(item[1][1] - item[1][0]))
    if before == now:
        return phrase("reading_months_flat")
    return phrase(
        "reading_months",
        category=label(served.categories[dimension, category]),
        since=served.looks[start],
        before=before,
        now=now,
    )


def flows(served: Served, rows: list[Row]) -> Picture:
    """Per dimension: moves between the looks told of; from None are those who joined."""
    found: Picture = {}
    for row in rows:
        if row["observed_on"] == served.until:
            moves = found.setdefault(row["dimension"], {"moves": []})["moves"]
            moves.append([row["from_category"], row["to_category"], row["customers"]])
    for dimension, picture in found.items():
        picture["reading"] = _reading_of_flows(served, dimension, picture["moves"])
    return found


def _reading_of_flows(served: Served, dimension: str, moves: list[list[Any]]) -> Text:
    there = [move for move in moves if move[0] is not None]
    moved = [move for move in there if move[0] != move[1]]
    if not moved:
        return phrase("reading_flows_none")
    from_category, to_category, customers = max(moved, key=lambda move: move[2])
    everyone = sum(move[2] for move in there)
    return phrase(
        "reading_flows",
        stayed=1 - sum(move[2] for move in moved) / everyone,
        customers=customers,
        from_category=label(served.categories[dimension, from_category]),
        to_category=label(served.categories[dimension, to_category]),
    )


def tiers(served: Served) -> Picture:
    """Revenue of 365 days by value tier and lifecycle stage, the most first."""
    rows = served.rows("tiers_by_stage", least_group=served.least_group)
    if not rows:
        return {"rows": [], "reading": phrase("reading_segments_none")}
    total = sum(row["net_revenue_365d"] for row in rows)
    best = rows[0]
    reading = phrase(
        "reading_tiers",
        tier=label(served.categories["value_tier", best["value_tier"]]),
        stage=label(served.categories["lifecycle_stage", best["lifecycle_stage"]]),
        share=float(best["net_revenue_365d"] / total),
        customers=best["customers"],
    )
    columns = ("value_tier", "lifecycle_stage", "customers", "net_revenue_365d")
    return {"rows": [[row[column] for column in columns] for row in rows], "reading": reading}


def cohorts(served: Served) -> Picture:
    """Share of each month's first buyers who bought n months later, for the last 24 months."""
    newest = served.newest
    months_back = newest.year * 12 + newest.month - COHORTS_SHOWN
    since = date(months_back // 12, months_back % 12 + 1, 1)
    found: dict[str, Any] = {}
    buying: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in served.rows("cohorts", since=since):
        month = f"{row['cohort_month']:%Y-%m}"
        cohort = found.setdefault(month, {"customers": row["customers"], "buying": []})
        cohort["customers"] = row["customers"]
        cohort["buying"].append(round(row["customers_buying_share"] or 0, 4))
        of_month = buying[row["months_since_first_order"]]
        of_month[0] += row["customers_buying"]
        of_month[1] += row["customers"]
    shares = {month: some / everyone for month, (some, everyone) in buying.items() if everyone}
    if 6 in shares:
        reading = phrase("reading_cohorts", first=shares[1], later=shares[6])
    elif 1 in shares:
        reading = phrase("reading_cohorts_short", first=shares[1])
    else:
        reading = phrase("reading_cohorts_none")
    rows = [[month, cohort["customers"], *cohort["buying"]] for month, cohort in found.items()]
    return {"rows": rows, "reading": reading}


def concentration(served: Served) -> Picture:
    """Share of revenue by the best 1 to 100 percent, now and a year ago."""
    year_ago = served.looks[-YEAR - 1] if len(served.looks) > YEAR else None
    curves: dict[date, list[float]] = defaultdict(list)
    for row in served.rows("concentration", newest=served.newest, year_ago=year_ago):
        curves[row["observed_on"]].append(row["net_revenue_365d_share"])
    now, before = curves.get(served.newest), curves.get(year_ago) if year_ago else None
    if not now:
        reading = phrase("reading_segments_none")
    elif before:
        reading = phrase("reading_concentration_before", share=now[19], before=before[19])
    else:
        reading = phrase("reading_concentration", share=now[19])
    return {"now": now or [], "before": before or [], "reading": reading}


def conversion(served: Served) -> Picture:
    """How many of all customers ever came to each stage of the lifecycle."""
    rows = served.rows("conversion")
    if not rows or not rows[0]["customers"]:
        return {"rows": [], "reading": phrase("not_yet")}
    shares = {row["lifecycle_stage"]: row["customers_reached"] / row["customers"] for row in rows}
    reading = phrase(
        "reading_conversion",
        bought=shares["first_time"],
        again=shares["repeat"],
        loyal=shares["loyal"],
    )
    return {
        "rows": [
            [row["lifecycle_stage"], row["customers_reached"], shares[row["lifecycle_stage"]]]
            for row in rows
        ],
        "reading": reading,
    }


def lift(served: Served) -> Picture:
    """Per segment acted on: the lift in conversion with its interval, and the verdict."""
    rows = served.rows("lift") if served.has("marts.playbook_lift") else []
    if not rows:
        return {"rows": [], "reading": phrase("no_lift")}
    worked = sum(row["verdict"] == "worked" for row in rows)
    return {
        "rows": [
            {
                "segment": row["segment"],
                "value": row["conversion_lift"],
                "low": row["conversion_lift_lower"],
                "high": row["conversion_lift_upper"],
                "treated": row["treated_customers"],
                "held_out": row["control_customers"],
                "revenue": row["incremental_revenue"],
                "cost": row["contact_cost"],
                "verdict": label(row, "verdict_label"),
            }
            for row in rows
        ],
        "reading": phrase("reading_lift", segments=len(rows), worked=worked),
    }


def calibration(served: Served) -> Picture:
    """Predicted and actual shares by decile of the newest quarter-end whose future is known."""
    rows = served.rows("calibration")
    if not rows:
        return {"rows": [], "reading": phrase("not_yet")}
    everyone = sum(row["customers"] for row in rows)
    gaps = [abs(row["predicted_share"] - row["actual_share"]) for row in rows]
    middle = min(rows, key=lambda row: abs(row["predicted_share"] - 0.5))
    reading = phrase(
        "reading_calibration",
        date=rows[0]["origin_on"],
        error=sum(gap * row["customers"] for gap, row in zip(gaps, rows, strict=True)) / everyone,
        predicted=middle["predicted_share"],
        actual=middle["actual_share"],
    )
    columns = ("predicted_share", "actual_share", "customers")
    return {"rows": [[row[column] for column in columns] for row in rows], "reading": reading}


def backtest(served: Served) -> Picture:
    """AUC by quarter-end and predictor; a rival without data at a quarter-end has no point."""
    aucs: dict[str, dict[str, float]] = {"model": {}, "recency": {}, "base_rate": {}}
    for row in served.rows("backtest"):
        if row["auc"] is not None:
            aucs[row["predictor"]][row["origin_on"].isoformat()] = row["auc"]
    both = sorted(aucs["model"].keys() & aucs["recency"].keys())
    if not both:
        return {"aucs": {}, "reading": phrase("not_yet")}
    reading = phrase(
        "reading_backtest",
        won=sum(aucs["model"][origin] > aucs["recency"][origin] for origin in both),
        origins=len(both),
        **{name: sum(aucs[name][day] for day in both) / len(both) for name in ("model", "recency")},
    )
    return {"aucs": aucs, "reading": reading}
