"""What moved between the two looks told of, worth most first, and what to do about it."""

from collections import defaultdict
from typing import Any

from lib.report.served import Row, Served
from lib.report.words import Text, label, phrase

WORSE = ("slip", "loss")
BETTER = ("rise", "return")
SHOWN = 3
MONTHS_BEFORE = 6
# Between these shares of the usual number a move is "about as usual".
USUAL = (0.75, 1.25)


def changes(served: Served, flows: list[Row], money: "Money") -> dict[str, list[dict[str, Any]]]:
    """The moves for the worse and for the better that most revenue hangs on, up to three each."""
    if served.told is None:
        return {"worse": [], "better": []}
    since, until = served.told
    means = _mean_revenue(served)
    moves = [row for row in flows if row["dimension"] == "segment"]
    before = _usual(served, moves)
    found: dict[str, list[tuple[float, dict[str, Any]]]] = {"worse": [], "better": []}
    for row in moves:
        if row["observed_on"] != until or row["move_kind"] not in WORSE + BETTER:
            continue
        side = "worse" if row["move_kind"] in WORSE else "better"
        where = row["from_category"] if side == "worse" else row["to_category"]
        when = since if side == "worse" else until
        at_stake = row["customers"] * means.get((when, where), 0.0)
        found[side].append((at_stake, _change(served, row, before, side, money(at_stake))))
    return {
        side: [change for _, change in sorted(rows, key=lambda pair: -pair[0])[:SHOWN]]
        for side, rows in found.items()
    }


class Money:
    """Amounts in the reporting currency, rounded to what a reader takes in."""

    def __init__(self, currency: str) -> None:
        self.currency = currency

    def __call__(self, amount: float) -> str:
        return f"{self.currency} {amount:,.0f}"


def _change(
    served: Served, row: Row, before: dict[tuple[str, str], float], side: str, amount: str
) -> dict[str, Any]:
    names = {
        f"{end}_segment": label(served.categories["segment", row[f"{end}_category"]])
        for end in ("from", "to")
    }
    count = row["customers"]
    key = "change_moved_one" if count == 1 else "change_moved"
    return {
        "from": row["from_category"],
        "to": row["to_category"],
        "customers": count,
        "text": phrase(key, customers=count, **names),
        "usual": against_usual(count, before, (row["from_category"], row["to_category"])),
        "stake": phrase(f"at_stake_{side}", amount=amount),
    }


def against_usual(
    count: int, before: dict[tuple[str, str], float], move: tuple[str, str]
) -> Text | None:
    """How a move's customers compare with its mean of the months before; None without those."""
    if not before:
        return None
    usual = before.get(move, 0.0)
    few, many = (share * usual for share in USUAL)
    key = "usual_more" if count > many else "usual_less" if count < few else "usual_same"
    said = f"{usual:.1f}" if 0 < usual < 10 else f"{usual:,.0f}"
    return phrase(key, usual=said, months=MONTHS_BEFORE)


def _usual(served: Served, moves: list[Row]) -> dict[tuple[str, str], float]:
    """Mean customers per move over the months before; empty where they are too few, and where what
    is told is no month."""
    months = served.month_ends[-MONTHS_BEFORE - 1 : -1]
    if served.until not in served.month_ends[-1:] or len(months) < MONTHS_BEFORE:
        return {}
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for row in moves:
        if row["observed_on"] in months:
            sums[row["from_category"], row["to_category"]] += row["customers"] / MONTHS_BEFORE
    return sums


def _mean_revenue(served: Served) -> dict[tuple[Any, str], float]:
    return {
        (row["observed_on"], row["segment"]): float(row["net_revenue_365d"] / row["customers"])
        for row in served.rows("segment_months", looks=served.told)
        if row["customers"]
    }
