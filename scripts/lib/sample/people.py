"""Who there is: how fast each person buys, when they leave, and how often they come in between.

The truth is close to the MBG/NBD model (Batislam, Denizel & Filiztekin 2007): purchases are a
Poisson process whose rate is gamma distributed over people, and after every purchase, the first
included, a person leaves for good with a probability that is beta distributed. Marking purchases as
the last one or not splits the process in two independent ones: leaving comes at rate λp, the
purchases before it at rate λ(1 − p), spread evenly. So each is drawn without the one before it.
Time runs in season-days (season.py).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.sample.plan import Plan

RATE_SHAPE, RATE_SCALE_DAYS = 1.1, 18.0
LEAVE_A, LEAVE_B = 0.42, 2.4
LOWEST_RATE, HIGHEST_RATE = 1e-9, 0.5
PROSPECT_SHARE = 0.15
BUYS_AT_ONCE_SHARE, DAYS_TO_FIRST_ORDER = 0.70, 20.0
GROWTH_PER_YEAR = 0.30

# Guests order once, without an account; strangers order under an id that is in no customer row.
CUSTOMER, GUEST, STRANGER = range(3)
PER_CUSTOMER = {CUSTOMER: 1.0, GUEST: 0.12, STRANGER: 0.002}
CHUNK = 250_000

# An order's number is its person's × 10,000 + a slot: visits, then copies of them, then campaigns.
ORDERS_PER_PERSON, COPY_SLOT, CAMPAIGN_SLOT = 10_000, 4_000, 9_000
# Further accounts of one person are numbered in ranges of their own.
ACCOUNTS_APART = 20_000_000

TABLE = """
    create table people (
        person_no bigint, kind tinyint, purchase_rate double, leave_probability double,
        signed_up double, first_order double, left_at double, n_orders int
    )
"""

Columns = dict[str, NDArray[Any]]


def people(plan: Plan) -> Iterator[Columns]:
    """The rows of TABLE as columns, at most CHUNK at a time, person_no from 1 on.

    purchase_rate is per season-day; signed_up, first_order, left_at are season-days, NaN for never.
    """
    start = 1
    for kind, per_customer in PER_CUSTOMER.items():
        count = round(plan.customers * per_customer)
        for done in range(0, count, CHUNK):
            places = np.arange(done, min(done + CHUNK, count))
            random = np.random.default_rng([plan.seed, kind, done])
            yield {
                "person_no": start + places,
                "kind": np.full(len(places), kind, dtype=np.int8),
                **_lives(plan, kind, (places + random.random(len(places))) / count, random),
            }
        start += count


def _lives(
    plan: Plan, kind: int, arrival: NDArray[np.float64], random: np.random.Generator
) -> Columns:
    """Draw lives for people in their order of arrival: a quantile in (0, 1) each."""
    size, horizon = len(arrival), float(plan.days)
    rate = np.clip(random.gamma(RATE_SHAPE, 1 / RATE_SCALE_DAYS, size), LOWEST_RATE, HIGHEST_RATE)
    leaves = random.beta(LEAVE_A, LEAVE_B, size)
    growth = GROWTH_PER_YEAR * plan.years
    signed_up = np.log1p(arrival * np.expm1(growth)) / growth * horizon
    waits = random.exponential(DAYS_TO_FIRST_ORDER, size)
    first_order = signed_up + np.where(random.random(size) < BUYS_AT_ONCE_SHARE, 0.0, waits)
    is_prospect = random.random(size) < PROSPECT_SHARE
    if kind == GUEST:
        leaves, first_order, is_prospect = np.ones(size), signed_up, np.zeros(size, dtype=bool)
    first_order = np.where(is_prospect | (first_order >= horizon), np.nan, first_order)
    with np.errstate(divide="ignore", over="ignore"):
        stays = random.exponential(1.0, size) / (rate * leaves)
    left_at = first_order + np.where(random.random(size) < leaves, 0.0, stays)
    visits = random.poisson(
        rate * (1 - leaves) * np.nan_to_num(np.minimum(left_at, horizon) - first_order)
    )
    left_at = np.where(left_at < horizon, left_at, np.nan)
    n_orders = np.where(np.isnan(first_order), 0, 1 + visits + (left_at > first_order))
    return {
        "purchase_rate": rate,
        "leave_probability": leaves,
        "signed_up": signed_up,
        "first_order": first_order,
        "left_at": left_at,
        "n_orders": n_orders.astype(np.int32),
    }
