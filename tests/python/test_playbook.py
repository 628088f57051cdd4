"""Hold-outs and lifts: the hash as Python draws it, the intervals as SciPy computes them."""

import hashlib
import random
from math import hypot
from typing import Any

import pytest
from scipy.stats import binomtest, ttest_ind

from shop import Shop
from shop.project import CompileFailed

TREATED, CONTROL = "false", "true"
# what each contacted and each held-out customer spent in the days after; 0 is no order
CAMPAIGNS: dict[str, tuple[list[int], list[int]]] = {
    "strong": ([0] * 80 + [40, 60, 80, 100] * 10, [0] * 70 + [50, 70] * 3),
    "none at all": ([0] * 60 + [10, 20] * 5, [0] * 55 + [15] * 9),
    "nobody of the held out": ([0] * 90 + [30, 31] * 5, [0] * 60),
    "everybody": ([25, 26] * 30, [25, 27] * 26),
    "a few": ([0, 0, 0, 10, 20], [0, 0, 0, 30]),
}


def played_out() -> Shop:
    """A shop in which the campaigns above were sent out."""
    shop = Shop(today="2024-06-30")
    for campaign, groups in CAMPAIGNS.items():
        shop.add(
            "campaigns",
            campaign_id=campaign,
            segment="dormant",
            cost_per_contact="1.5",
            started_at=shop.day(60),
        )
        for group, spendings in zip((TREATED, CONTROL), groups, strict=True):
            for number, spent in enumerate(spendings):
                customer = shop.customer(f"{campaign} {group} {number}")
                shop.add(
                    "campaign_members",
                    campaign_id=campaign,
                    customer_id=customer,
                    is_control=group,
                    contacted_at=shop.day(60),
                )
                if spent:
                    shop.order(customer, ago=50, amount=spent)
    return shop


@pytest.fixture(scope="module")
def lifts() -> dict[str, dict[str, Any]]:
    """The lifts of the shop above: {'campaign_lift': {campaign: row}, …}."""
    result = played_out().build(models=["campaign_lift", "playbook_lift"])
    return {
        "campaign_lift": {row["campaign_id"]: row for row in result.table("campaign_lift")},
        "playbook_lift": {row["segment"]: row for row in result.table("playbook_lift")},
    }


def newcombe(treated: list[int], control: list[int]) -> tuple[float, float, float]:
    """The difference of shares and its interval, from SciPy's Wilson intervals."""
    shares, bounds = [], []
    for group in (treated, control):
        hits = sum(spent > 0 for spent in group)
        shares.append(hits / len(group))
        bounds.append(binomtest(hits, len(group)).proportion_ci(method="wilson"))
    lift = shares[0] - shares[1]
    below = hypot(shares[0] - bounds[0].low, bounds[1].high - shares[1])
    above = hypot(bounds[0].high - shares[0], shares[1] - bounds[1].low)
    return lift, lift - below, lift + above


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_the_interval_of_a_conversion_lift_is_newcombes(lifts, campaign):
    row = lifts["campaign_lift"][campaign]
    said = [row[f"conversion_lift{bound}"] for bound in ("", "_lower", "_upper")]
    assert said == pytest.approx(newcombe(*CAMPAIGNS[campaign]), abs=2e-9)
    assert -1 <= said[1] <= said[0] <= said[2] <= 1


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_the_interval_of_a_revenue_lift_is_welchs(lifts, campaign):
    row = lifts["campaign_lift"][campaign]
    expected = ttest_ind(*CAMPAIGNS[campaign], equal_var=False).confidence_interval()
    width = expected.high - expected.low
    # cents, and the series for Student's quantile: 0.5 % off at the 5 degrees of "a few"
    allowed = 0.01 + width * (5e-3 if campaign == "a few" else 1e-5)
    assert float(row["revenue_lift_lower"]) == pytest.approx(expected.low, abs=allowed)
    assert float(row["revenue_lift_upper"]) == pytest.approx(expected.high, abs=allowed)


@pytest.mark.parametrize("campaign", ["strong", "none at all"])
def test_the_return_has_the_interval_of_the_revenue_it_comes_from(lifts, campaign):
    row = lifts["campaign_lift"][campaign]
    treated, control = CAMPAIGNS[campaign]
    bounds = ttest_ind(treated, control, equal_var=False).confidence_interval()
    lift = sum(treated) / len(treated) - sum(control) / len(control)
    said = [row[f"return_on_cost{bound}"] for bound in ("_lower", "", "_upper")]
    expected = [value / 1.5 - 1 for value in (bounds.low, lift, bounds.high)]
    assert said == pytest.approx(expected, abs=1e-3)


def test_verdicts_say_what_the_numbers_allow(lifts):
    said = {campaign: row["verdict"] for campaign, row in lifts["campaign_lift"].items()}
    assert said == {
        "strong": "worked",
        "none at all": "not_proven",
        "nobody of the held out": "worked",
        "everybody": "not_proven",
        "a few": "too_small",
    }


def test_the_pooled_lift_weighs_campaigns_by_whom_they_treated(lifts):
    row = lifts["playbook_lift"]["dormant"]
    treated = {campaign: len(groups[0]) for campaign, groups in CAMPAIGNS.items()}
    weights = {campaign: n / sum(treated.values()) for campaign, n in treated.items()}
    parts = {campaign: newcombe(*groups) for campaign, groups in CAMPAIGNS.items()}
    lift = sum(weights[c] * parts[c][0] for c in parts)
    below = hypot(*(weights[c] * (parts[c][0] - parts[c][1]) for c in parts))
    assert row["conversion_lift"] == pytest.approx(lift, abs=2e-9)
    assert row["conversion_lift_lower"] == pytest.approx(lift - below, abs=2e-9)
    assert float(row["contact_cost"]) == pytest.approx(1.5 * sum(treated.values()))


def test_pooled_intervals_hold_the_truth_as_often_as_they_say():
    """1,000 times two campaigns with a true lift of .06: 95 % of the pooled intervals hold it."""
    chance = random.Random(2024)
    draws, held = 1000, 0
    for _ in range(draws):
        parts, weights = [], []
        for treated, control, base in ((120, 40, 0.04), (300, 90, 0.10)):
            groups = [
                [int(chance.random() < share) for _ in range(size)]
                for size, share in ((treated, base + 0.06), (control, base))
            ]
            parts.append(newcombe_of_shares(*groups))
            weights.append(treated / 420)
        lift = sum(w * p[0] for w, p in zip(weights, parts, strict=True))
        below = hypot(*(w * (p[0] - p[1]) for w, p in zip(weights, parts, strict=True)))
        above = hypot(*(w * (p[2] - p[0]) for w, p in zip(weights, parts, strict=True)))
        held += lift - below <= 0.06 <= lift + above
    assert 0.93 <= held / draws <= 0.98


def newcombe_of_shares(treated: list[int], control: list[int]) -> tuple[float, float, float]:
    """Like newcombe(), without SciPy's overhead; the test above compares the SQL with that."""
    z = 1.959963984540054
    shares, lows, highs = [], [], []
    for group in (treated, control):
        n, p = len(group), sum(group) / len(group)
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
        shares.append(p)
        lows.append(centre - half)
        highs.append(centre + half)
    lift = shares[0] - shares[1]
    return (
        lift,
        lift - hypot(shares[0] - lows[0], highs[1] - shares[1]),
        lift + hypot(highs[0] - shares[0], shares[1] - lows[1]),
    )


@pytest.mark.parametrize("share", [0.10, 0.5])
def test_the_hold_out_is_the_hash_of_action_segment_and_customer(share):
    shop = Shop(today="2024-06-30")
    for number in range(2000):
        shop.customer(f"客户 {number}" if number % 7 == 0 else f"c{number}")
    rows = shop.build(models=["playbook_assignments"], holdout_share=share).table(
        "playbook_assignments"
    )
    assert len(rows) == 2000
    for row in rows:
        key = "|".join((row["action"], row["segment"], row["customer_id"]))
        drawn = int(hashlib.md5(key.encode()).hexdigest()[:8], 16) / 2**32
        assert (row["assigned_group"] == "control") == (drawn < share), row
    controls = sum(row["assigned_group"] == "control" for row in rows)
    assert abs(controls - 2000 * share) < 4 * (2000 * share * (1 - share)) ** 0.5


@pytest.mark.parametrize("variables", [{"holdout_share": 1}, {"interval_confidence": 0.8}])
def test_a_share_or_confidence_that_cannot_be_is_refused(variables):
    with pytest.raises(CompileFailed, match=next(iter(variables))):
        Shop().build(models=["playbook_lift", "playbook_assignments"], **variables)
