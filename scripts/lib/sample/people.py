"""Who there is: each person's rate of buying, the day they stop, and how often they buy in between.

The truth is close to the MBG/NBD model (Batislam, Denizel & Filiztekin 2007): purchases are a Poisson process
whose rate is gamma distributed over people, and after every purchase, the first included, a person leaves
for good with a probability that is beta distributed. Marking each purchase as last or not splits the process in
two independent ones, so the leaving purchase is exponential with rate λp and the others are Poisson with rate
λ(1 − p), spread evenly: no purchase has to wait for the one before it. Time runs in season-days (season.py).
"""

from collections.abc import Iterator

import numpy as np

from lib.sample.plan import Plan

RATE_SHAPE, RATE_SCALE_DAYS = 0.9, 14.0
LEAVE_A, LEAVE_B = 0.42, 2.4
HIGHEST_RATE, LOWEST_RATE = 0.5, 1e-9
PROSPECT_SHARE = 0.15
BUYS_AT_SIGN_UP, DAYS_TO_FIRST_ORDER = 0.70, 20.0
GROWTH_PER_YEAR = 0.30
GUESTS_PER_CUSTOMER, STRANGERS_PER_CUSTOMER = 0.12, 0.002
KINDS = ("customer", "guest", "stranger")
CHUNK = 250_000

# An order's number is its person's × 10,000 + a slot: visits first, then copies of them, then campaigns.
ORDERS_PER_PERSON, BAD_COPY_SLOT, CAMPAIGN_SLOT = 10_000, 4_000, 9_000
# Further accounts of one person are numbered in ranges of their own.
ACCOUNTS_APART = 20_000_000


def people(plan: Plan) -> Iterator[dict[str, np.ndarray]]:
    """Columns of the table `people`, at most CHUNK rows at a time, by person_no from 1.

    person_no int64; kind int8 (a place in KINDS: guests order once without an account, strangers order under
    an id that is in no customer row); purchase_rate per season-day; leave_probability; signed_up,
    first_order, left_at in season-days, NaN for never; n_orders int32.
    """
    start = 1
    shares = (1.0, GUESTS_PER_CUSTOMER, STRANGERS_PER_CUSTOMER)
    for kind, share in enumerate(shares):
        count = round(plan.customers * share)
        for done in range(0, count, CHUNK):
            places = (np.arange(done, min(done + CHUNK, count)), count)
            chunk = _lives(plan, kind, *places, np.random.default_rng([plan.seed, kind, done]))
            yield {"person_no": start + places[0], "kind": _column(kind, len(places[0])), **chunk}
        start += count


def _lives(
    plan: Plan, kind: int, places: np.ndarray, count: int, random: np.random.Generator
) -> dict[str, np.ndarray]:
    """Draw the lives of the people at these places (0-based) in the queue of arrivals."""
    size, horizon = len(places), float(plan.days)
    rate = np.clip(random.gamma(RATE_SHAPE, 1 / RATE_SCALE_DAYS, size), LOWEST_RATE, HIGHEST_RATE)
    leaves = random.beta(LEAVE_A, LEAVE_B, size)
    # Arrivals are spread by their place, so that ids grow with time as in a real shop.
    growth = GROWTH_PER_YEAR * plan.years
    signed_up = np.log1p((places + random.random(size)) / count * np.expm1(growth)) / growth * horizon
    at_once = random.random(size) < BUYS_AT_SIGN_UP
    first_order = signed_up + np.where(at_once, 0.0, random.exponential(DAYS_TO_FIRST_ORDER, size))
    prospect = random.random(size) < PROSPECT_SHARE
    first_order[(prospect & (kind != 1)) | (first_order >= horizon)] = np.nan
    if kind == 1:
        leaves[:], first_order = 1.0, signed_up.copy()
    with np.errstate(divide="ignore", over="ignore"):
        stays = random.exponential(1.0, size) / (rate * leaves)
    left_at = first_order + np.where(random.random(size) < leaves, 0.0, stays)
    between = np.nan_to_num(np.minimum(left_at, horizon) - first_order)
    visits = random.poisson(rate * (1 - leaves) * between)
    left_at[left_at >= horizon] = np.nan
    n_orders = np.where(np.isnan(first_order), 0, 1 + visits + (left_at > first_order))
    return {
        "purchase_rate": rate,
        "leave_probability": leaves,
        "signed_up": signed_up,
        "first_order": first_order,
        "left_at": left_at,
        "n_orders": n_orders.astype(np.int32),
    }


def _column(value: int, size: int) -> np.ndarray:
    return np.full(size, value, dtype=np.int8)
