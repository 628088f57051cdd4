"""One colour per category, the same in every picture, also for those who see fewer colours.

Blue to teal: buying. Yellow: just arrived. Orange to red: slipping. Purple to grey: gone, or not
yet here. A test simulates three kinds of colour blindness and asks for a distance between any two
categories of a dimension; a category without a row here takes the first free colour of SPARE.
"""

from collections.abc import Iterable

COLOURS = {
    # segments
    "prospect": "#d0d0d0",
    "new": "#f5d032",
    "core": "#1165b7",
    "high_value_loyal": "#a2d1ff",
    "high_value_active": "#389fed",
    "high_value_at_risk": "#d34400",
    "potential": "#169f84",
    "regular": "#62d39d",
    "occasional": "#cfecd8",
    "at_risk": "#f3a65d",
    "dormant": "#b78ac2",
    "lost_high_value": "#9c3d98",
    "churned": "#757575",
    # lifecycle, activity
    "first_time": "#f5d032",
    "repeat": "#62d39d",
    "loyal": "#1165b7",
    "reactivated": "#169f84",
    "active": "#389fed",
    # tiers, frequency, potential
    "unknown": "#757575",
    "none": "#d0d0d0",
    "not_applicable": "#d0d0d0",
    "low": "#a2d1ff",
    "mid": "#6fb3f2",
    "high": "#3b8bd8",
    "vip": "#1165b7",
    "infrequent": "#f5d032",
    "steady": "#a2d1ff",
    "rising": "#169f84",
    # RFM groups
    "prospects": "#d0d0d0",
    "almost_lost": "#9c3d98",
    "previously_loyal": "#d34400",
    "needs_attention": "#cfecd8",
    "promising": "#62d39d",
    "champions": "#1165b7",
}
# Where a code means the opposite of what it means elsewhere.
IN_DIMENSION = {
    ("churn_risk", "low"): "#389fed",
    ("churn_risk", "medium"): "#f5d032",
    ("churn_risk", "high"): "#d34400",
    ("churn_risk", "churned"): "#9c3d98",
    ("rfm_group", "unknown"): "#757575",
    ("rfm_group", "loyal"): "#389fed",
    ("rfm_group", "active"): "#a2d1ff",
}
SPARE = (
    *("#389fed", "#f3a65d", "#169f84", "#f5d032", "#b78ac2", "#a2d1ff"),
    *("#d34400", "#9c3d98", "#62d39d", "#cfecd8", "#1165b7"),
)
GREY = "#757575"


def colours_of(dimension: str, categories: Iterable[str]) -> dict[str, str]:
    """The colour of each category of a dimension, named in rank order."""
    names = list(categories)
    chosen = {
        name: IN_DIMENSION.get((dimension, name)) or COLOURS[name]
        for name in names
        if (dimension, name) in IN_DIMENSION or name in COLOURS
    }
    spare = [colour for colour in SPARE if colour not in chosen.values()]
    for name in names:
        if name not in chosen:
            chosen[name] = spare.pop(0) if spare else GREY
    return {name: chosen[name] for name in names}
