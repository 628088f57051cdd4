"""What was known of each customer on a date, and what follows: brute force, from definitions.md."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from reference.accepted import Accepted, Order, Raw, accept
from reference.identity import (
    Person,
    customer_of_account,
    customer_of_order,
    is_test_order,
    people,
)
from reference.scores import percentiles, rfm_groups, score, tier
from reference.settings import Settings

WINDOW = 365
ZERO = Decimal("0.00")


@dataclass
class Observation:
    """One customer on one date; money in the reporting currency, days since as whole days."""

    customer_id: str
    orders: int
    free_orders: int
    orders_90d: int
    orders_180d: int
    orders_365d: int
    purchase_days: int
    net_revenue: Decimal
    net_revenue_365d: Decimal
    first_ordered_on: date | None
    last_ordered_on: date | None
    days_since_last_order: int | None
    days_since_return: int | None
    is_guest: bool
    is_excluded: bool
    is_ranked: bool
    lifecycle_stage: str
    activity_status: str
    is_current: bool
    purchase_frequency: str
    value_tier: str = "none"
    lifetime_value_tier: str = "none"
    revenue_percentile: Fraction | None = None
    is_low_population: bool = True
    recency_score: int | None = None
    frequency_score: int | None = None
    monetary_score: int | None = None
    rfm_group: str = "prospects"


class Reference:
    """A shop, judged from its raw rows."""

    def __init__(self, raw: Raw, settings: Settings) -> None:
        self.settings = settings
        self.found: Accepted = accept(raw, settings)
        self.customers = customers = customer_of_account(self.found, settings)
        buyers = customer_of_order(self.found, customers)
        self.orders = [
            order for order in self.found.orders.values() if not is_test_order(order, self.found)
        ]
        counted = {order.order_id for order in self.orders if ever_valid(order) or _is_free(order)}
        self.people = people(self.found, customers, buyers, counted)
        self.orders_of: dict[str, list[Order]] = defaultdict(list)
        for order in self.orders:
            self.orders_of[buyers[order.order_id]].append(order)
        self.customers_loaded_on = max(
            (date.fromisoformat(str(row["loaded_on"])) for row in raw.get("customers", ())),
            default=None,
        )

    @cached_property
    def as_of(self) -> date | None:
        """Today: what was asked for, else the day of the last valid order not after its loading."""
        last = max(
            (o.ordered_on for o in self.orders if ever_valid(o) and o.ordered_on <= o.loaded_on),
            default=self.customers_loaded_on,
        )
        return self.settings.as_of_date or last

    @cached_property
    def dates(self) -> list[date]:
        """Every month-end from the first order to today, and today."""
        if self.as_of is None:
            return []
        if self.settings.clock == "as_of":
            return [self.as_of]
        first = min(
            (o.ordered_on for o in self.orders if ever_valid(o) or _is_free(o)), default=self.as_of
        )
        span = (self.as_of - min(first, self.as_of)).days
        days = [self.as_of - timedelta(days=age) for age in range(span, -1, -1)]
        return [day for day in days if day == self.as_of or (day + timedelta(days=1)).day == 1]

    def observe(self, day: date) -> dict[str, Observation]:
        """Everybody who exists on that day, by customer id."""
        seen = {
            person.customer_id: self._look(person, day)
            for person in self.people.values()
            if self._exists(person, day)
        }
        _rank(list(seen.values()), self.settings.min_population)
        return seen

    def _exists(self, person: Person, day: date) -> bool:
        orders = self.orders_of[person.customer_id]
        known = [o.ordered_on for o in orders if ever_valid(o) or _is_free(o)]
        if person.created_on:
            known.append(person.created_on)
        return min(known) <= day if known else day == self.as_of

    def _look(self, person: Person, day: date) -> Observation:
        orders = self.orders_of[person.customer_id]
        valid = [order for order in orders if is_valid(order, day)]
        days = sorted({order.ordered_on for order in valid})
        within = {
            n: [o for o in valid if (day - o.ordered_on).days <= n] for n in (90, 180, WINDOW)
        }
        returns = [
            later
            for earlier, later in pairwise(days)
            if (later - earlier).days > self.settings.reactivation_gap_days
        ]
        since_return = (day - returns[-1]).days if returns else None
        activity = self._activity(days, since_return, day)
        is_excluded = person.is_guest or person.is_excluded
        return Observation(
            customer_id=person.customer_id,
            orders=len(valid),
            free_orders=sum(1 for o in orders if _is_free(o) and o.ordered_on <= day),
            orders_90d=len(within[90]),
            orders_180d=len(within[180]),
            orders_365d=len(within[WINDOW]),
            purchase_days=len(days),
            net_revenue=sum((net(o, day) for o in valid), ZERO),
            net_revenue_365d=sum((net(o, day) for o in within[WINDOW]), ZERO),
            first_ordered_on=days[0] if days else None,
            last_ordered_on=days[-1] if days else None,
            days_since_last_order=(day - days[-1]).days if days else None,
            days_since_return=since_return,
            is_guest=person.is_guest,
            is_excluded=is_excluded,
            is_ranked=bool(within[WINDOW]) and not is_excluded,
            lifecycle_stage=_stage(len(valid), len(within[WINDOW])),
            activity_status=activity,
            is_current=activity in {"new", "reactivated", "active"},
            purchase_frequency=_frequency(len(within[WINDOW])),
        )

    def _activity(self, days: Sequence[date], since_return: int | None, day: date) -> str:
        if not days:
            return "none"
        starts_on = self.settings.history_starts_on
        full = timedelta(days=self.settings.full_history_days)
        if (day - days[0]).days <= 30 and (starts_on is None or days[0] >= starts_on + full):
            return "new"
        if since_return is not None and since_return <= 30:
            return "reactivated"
        since_last = (day - days[-1]).days
        for bound, name in ((90, "active"), (180, "at_risk"), (365, "dormant")):
            if since_last <= bound:
                return name
        return "churned"


def is_valid(order: Order, day: date) -> bool:
    """Whether the order counts, as known on that day."""
    if order.ordered_on > day or order.kind == "open":
        return False
    if order.kind == "cancelled" and order.cancelled_on is None:
        return False
    if order.kind == "refunded" and not order.refunds:
        return False
    if order.cancelled_on is not None and order.cancelled_on <= day:
        return False
    return net(order, day) > 0


def net(order: Order, day: date) -> Decimal:
    """Gross less discount less what was given back by that day."""
    returned = sum((amount for on, amount in order.refunds if on <= day), ZERO)
    return order.gross - order.discount - returned


def ever_valid(order: Order) -> bool:
    """Nothing makes an order valid later than on its own day."""
    return is_valid(order, order.ordered_on)


def _is_free(order: Order) -> bool:
    """Sold for nothing: kept in the ledger, and it shows that the customer exists."""
    is_sold = (
        order.kind == "purchase"
        or (order.kind == "cancelled" and order.cancelled_on is not None)
        or (order.kind == "refunded" and bool(order.refunds))
    )
    return is_sold and order.gross == order.discount


def _stage(orders: int, orders_365d: int) -> str:
    if orders_365d >= 3:
        return "loyal"
    if orders >= 2:
        return "repeat"
    return "first_time" if orders == 1 else "prospect"


def _frequency(orders_365d: int) -> str:
    if orders_365d >= 5:
        return "high"
    if orders_365d >= 2:
        return "low"
    return "infrequent" if orders_365d == 1 else "none"


def _rank(seen: list[Observation], min_population: int) -> None:
    """Fill in what depends on where a customer stands among the others of the day."""
    ranked = {one.customer_id: one for one in seen if one.is_ranked}
    revenue = percentiles({key: Fraction(one.net_revenue_365d) for key, one in ranked.items()})
    frequency = percentiles({key: one.orders_365d for key, one in ranked.items()})
    recency = percentiles({key: -(one.days_since_last_order or 0) for key, one in ranked.items()})
    spent = [one for one in seen if one.net_revenue > 0 and not one.is_excluded]
    lifetime = percentiles({one.customer_id: Fraction(one.net_revenue) for one in spent})
    for one in seen:
        key = one.customer_id
        one.is_low_population = len(ranked) < min_population
        if one.is_excluded:
            one.value_tier = one.lifetime_value_tier = one.rfm_group = "unknown"
            continue
        if key in lifetime:
            one.lifetime_value_tier = tier(lifetime[key])
        if key in ranked:
            one.revenue_percentile = revenue[key]
            one.value_tier = tier(revenue[key])
        if one.orders:
            one.recency_score = score(recency[key]) if key in ranked else 1
            one.frequency_score = score(frequency[key]) if key in ranked else 1
            one.monetary_score = score(revenue[key]) if key in ranked else 1
            mean = Fraction(one.frequency_score + one.monetary_score, 2)
            one.rfm_group = rfm_groups()[one.recency_score, mean]
