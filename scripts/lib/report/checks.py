"""Are the segments still good, and where would the shop's own numbers put the thresholds?"""

from typing import Any

from lib.report.served import Served
from lib.report.words import label, phrase


def scorecard(served: Served) -> dict[str, Any]:
    """Per segment whether it is distinct, stable and served; None where nobody is in it."""
    if not served.has("marts.segment_scorecard"):
        return {"rows": [], "reading": phrase("not_yet")}
    rows = [
        {
            "segment": row["segment"],
            "customers": row["customers"],
            "nearest": row["nearest_segment"],
            "reached": row["contacted_share"],
            "answers": [
                None if row["is_empty"] else row[column]
                for column in ("is_distinct", "is_stable", "is_served")
            ],
        }
        for row in served.rows("scorecard")
    ]
    peopled = [row for row in rows if None not in row["answers"]]
    good = sum(all(row["answers"]) for row in peopled)
    return {"rows": rows, "reading": phrase("reading_scorecard", good=good, segments=len(peopled))}


def advice(served: Served) -> dict[str, Any]:
    """Per threshold the bound in force, the one suggested, and why; advice changes nothing."""
    if not served.has("marts.threshold_advice"):
        return {"rows": [], "reading": phrase("not_yet")}
    found = served.rows("advice")
    rows = [
        {
            "dimension": row["dimension"],
            "category": row["category"],
            "in_force": row["bound_in_force"],
            "suggested": row["suggested_bound"],
            "reason": label(row, "reason"),
            "warning": label(row, "warning"),
        }
        for row in found
    ]
    judged = [row["is_far"] for row in found if row["is_far"] is not None]
    reading = phrase("reading_advice", far=sum(judged), bounds=len(judged))
    return {"rows": rows, "reading": reading}
