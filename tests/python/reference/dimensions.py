"""The dimensions beside lifecycle, activity and value, in plain Python, from definitions.md §2."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from math import floor
from typing import Any

from reference.accepted import ONE_DAY, SEEDS, Order, Raw, RawRow, repeats
from reference.observations import Reference, ever_valid, is_valid
from reference.values import amount_of, day_of, flag_of, text_of

ATTRIBUTES = ("customer_type", "industry", "gender", "education", "occupation", "region")
WINDOW = 365
AGE_BANDS = (
    (18, "under_18"), (25, "from_18_to_24"), (35, "from_25_to_34"), (45, "from_35_to_44"),
    (55, "from_45_to_54"), (65, "from_55_to_64"),
)  # fmt: skip
SCALES: tuple[tuple[str, str, Callable[[Decimal], bool]], ...] = (
    ("csat", "satisfied", lambda score: 4 <= score <= 5),
    ("csat", "neutral", lambda score: 2 < score < 4),
    ("csat", "dissatisfied", lambda score: 1 <= score <= 2),
    ("review", "satisfied", lambda score: 4 <= score <= 5),
    ("review", "neutral", lambda score: 2 < score < 4),
    ("review", "dissatisfied", lambda score: 1 <= score <= 2),
    ("nps", "satisfied", lambda score: 9 <= score <= 10),
    ("nps", "neutral", lambda score: 7 <= score < 9),
    ("nps", "dissatisfied", lambda score: 0 <= score < 7),
)


class Dimensions:
    """What is said of everybody on one day, given the raw rows the reference was made of."""

    def __init__(self, raw: Raw, reference: Reference, day: date) -> None:
        self.raw, self.reference, self.day = raw, reference, day
        self.zone = reference.settings.business_timezone
        self.orders_within = {
            who: [o for o in orders if is_valid(o, day) and (day - o.ordered_on).days <= WINDOW]
            for who, orders in reference.orders_of.items()
        }

    def told(self) -> dict[str, dict[str, str]]:
        """Customer id → dimension → category, for everybody observed on the day."""
        said: dict[str, dict[str, str]] = {who: {} for who in self.reference.observe(self.day)}
        answers = {
            **{name: self._words(name) for name in ATTRIBUTES},
            "age_band": self._attribute(self._age_band),
            "income_band": self._attribute(_income_band),
            "lifestyle": self._answers("lifestyle"),
            "motive": self._answers("motive"),
            "satisfaction": self._satisfaction(),
            "engagement": self._engagement(),
            "brand_loyalty": self._brand_loyalty(),
            "sustainability_interest": self._sustainability(),
            "channel": {who: channel(o) for who, o in self.orders_within.items()},
            "price_sensitivity": {who: price(o) for who, o in self.orders_within.items()},
            "need": self._need(),
        }
        nobody = {"channel": "none"}
        for who, row in said.items():
            for dimension, categories in answers.items():
                row[dimension] = categories.get(who, nobody.get(dimension, "unknown"))
        return said

    # -- attributes -------------------------------------------------------------------------

    def _attribute(self, read: Callable[[RawRow], str]) -> dict[str, str]:
        """What the oldest account of each customer says."""
        oldest: dict[str, Any] = {}
        for account in self.reference.found.accounts.values():
            if account.is_test:
                continue
            who = self.reference.customers[account.account_id]
            age = (account.created_on or date.max, account.account_id)
            if who not in oldest or age < oldest[who][0]:
                oldest[who] = (age, account.row)
        return {who: read(row) for who, (_, row) in oldest.items()}

    def _words(self, dimension: str) -> dict[str, str]:
        words = _words()
        return self._attribute(
            lambda row: words.get((dimension, _lower(row.get(dimension))), "unknown")
        )

    def _age_band(self, row: RawRow) -> str:
        born_on = day_of(row.get("birth_date"), self.zone)
        if born_on is None:
            return "unknown"
        had_birthday = (self.day.month, self.day.day) >= (born_on.month, born_on.day)
        age = self.day.year - born_on.year - (not had_birthday)
        if not 0 <= age <= 120:
            return "unknown"
        return next((name for below, name in AGE_BANDS if age < below), "from_65")

    # -- what people do and say between orders ----------------------------------------------

    def _rows(
        self, table: str, key: str, dated: str, *needed: str
    ) -> Iterable[tuple[RawRow, date]]:
        """The rows of a table that are believed, with their day; of all days up to today."""
        rows = list(self.raw.get(table, ()))
        for row, repeat in zip(rows, repeats(rows, (key,)), strict=True):
            day = day_of(row.get(dated), self.zone)
            loaded_on = date.fromisoformat(str(row["loaded_on"]))
            known = all(text_of(row.get(column)) for column in (key, "customer_id", *needed))
            if repeat or not known or day is None or day > loaded_on + ONE_DAY:
                continue
            if day >= self.reference.settings.earliest_plausible_date:
                yield row, day

    def _who(self, row: RawRow) -> str:
        account = text_of(row.get("customer_id")) or ""
        return self.reference.customers.get(account, "")

    def _newest(self, question: str) -> dict[str, str]:
        """The newest answer of 365 days, in the survey's words."""
        newest: dict[str, tuple[date, str, str]] = {}
        for row, day in self._rows("surveys", "survey_id", "answered_at", "question", "answer"):
            if _lower(row.get("question")) != question or not 0 <= (self.day - day).days <= WINDOW:
                continue
            who = self._who(row)
            answer = (day, text_of(row.get("survey_id")) or "", _lower(row.get("answer")))
            newest[who] = max(newest.get(who, answer), answer)
        return {who: answer for who, (_, _, answer) in newest.items()}

    def _answers(self, question: str) -> dict[str, str]:
        words, newest = _words(), self._newest(question)
        return {who: words.get((question, said), "unknown") for who, said in newest.items()}

    def _satisfaction(self) -> dict[str, str]:
        given: dict[str, list[tuple[int, int, str, str]]] = defaultdict(list)
        for row, day in self._rows("feedback", "feedback_id", "given_at", "score"):
            age, score = (self.day - day).days, _score(row.get("score"))
            for place, (scale, name, holds) in enumerate(SCALES):
                if (
                    score is not None and 0 <= age <= WINDOW
                    and scale == _lower(row.get("feedback_type")) and holds(score)
                ):  # fmt: skip
                    key = text_of(row.get("feedback_id")) or ""
                    given[self._who(row)].append((age, place, key, name))
        return {
            who: max((one for one in scores if one[:2] == min(scores)[:2]), key=lambda one: one[2])[
                3
            ]
            for who, scores in given.items()
        }

    def _engagement(self) -> dict[str, str]:
        events = list(self._rows("events", "event_id", "occurred_at"))
        if not events:
            return {}
        kinds, days = _column("event_types", "raw_event_type", "event_kind"), defaultdict(set)
        for row, day in events:
            is_own = kinds.get(_lower(row.get("event_type"))) != "received"
            if is_own and 0 <= (self.day - day).days <= 90:
                days[self._who(row)].add(day)
        return {
            who: "engaged" if len(days[who]) >= 5 else "browsing" if days[who] else "silent"
            for who, person in self.reference.people.items()
            if not person.is_guest
        }

    # -- what was bought --------------------------------------------------------------------

    def _products(self) -> dict[str, RawRow]:
        rows = list(self.raw.get("products", ()))
        return {
            text_of(row.get("product_id")) or "": row
            for row, repeat in zip(rows, repeats(rows, ("product_id",)), strict=True)
            if not repeat and text_of(row.get("product_id"))
        }

    def _spend(self) -> dict[str, list[tuple[RawRow, Fraction]]]:
        """Per customer the products of the orders that stand, each with what was paid for it."""
        lines: dict[str, list[RawRow]] = defaultdict(list)
        rows = list(self.raw.get("order_items", ()))
        for row, repeat in zip(rows, repeats(rows, ("order_item_id",)), strict=True):
            if not repeat and text_of(row.get("order_item_id")):
                lines[text_of(row.get("order_id")) or ""].append(row)
        products, spend = self._products(), defaultdict(list)
        for who, orders in self.orders_within.items():
            for order in orders:
                for row in lines[order.order_id]:
                    product = products.get(text_of(row.get("product_id")) or "")
                    amount = amount_of(row.get("net_amount"))
                    if product is not None and amount is not None:
                        spend[who].append((product, Fraction(amount) * Fraction(order.rate)))
        return spend

    def _brand_loyalty(self) -> dict[str, str]:
        told = {}
        for who, bought in self._spend().items():
            brands: dict[str, Fraction] = defaultdict(Fraction)
            for product, amount in bought:
                if brand := text_of(product.get("brand")):
                    brands[brand] += amount
            share = _share(max(brands.values(), default=Fraction(0)), sum(brands.values()))
            if share is not None and len(self.orders_within[who]) >= 3:
                told[who] = _band(share, ((4, "explorer"), (7, "divided")), "loyal")
        return told

    def _marked_share(self, column: str) -> dict[str, Fraction | None]:
        """The share of spend on products with a mark; None where the shop marks nothing."""
        is_known = any(text_of(row.get(column)) for row in self._products().values())
        return {
            who: _share(
                sum(amount for product, amount in bought if flag_of(product.get(column))),
                sum(amount for _, amount in bought) if is_known else 0,
            )
            for who, bought in self._spend().items()
        }

    def _sustainability(self) -> dict[str, str]:
        return {
            who: _band(share, ((2, "other"),), "interested")
            for who, share in self._marked_share("is_eco_labelled").items()
            if share is not None
        }

    # -- need -------------------------------------------------------------------------------

    def _need(self) -> dict[str, str]:
        words, told = _words(), self._suggested()
        for who, answer in self._newest("need").items():
            if ("need", answer) in words:
                told[who] = words["need", answer]
        return told

    def _suggested(self) -> dict[str, str]:
        tickets: dict[str, int] = defaultdict(int)
        for row, day in self._rows("tickets", "ticket_id", "opened_at"):
            closed = text_of(row.get("closed_at"))
            is_sound = closed is None or day_of(closed, self.zone) is not None
            if is_sound and 0 <= (self.day - day).days <= WINDOW:
                tickets[self._who(row)] += 1
        premium, told = self._marked_share("is_premium"), {}
        for who, orders in self.orders_within.items():
            if len(orders) < 3:
                continue
            if price(orders) == "sensitive":
                told[who] = "price"
            elif 2 * tickets[who] >= len(orders):
                told[who] = "service"
            elif (
                (premium.get(who) or 0) >= Fraction(1, 2)
                or (self._returned_share(who) or 0) >= Fraction(3, 10)
            ):  # fmt: skip
                told[who] = "quality"
        return told

    def _returned_share(self, who: str) -> Fraction | None:
        sold = [
            order for order in self.reference.orders_of[who]
            if ever_valid(order) and 0 <= (self.day - order.ordered_on).days <= WINDOW
        ]  # fmt: skip
        returned = [o for o in sold if any(on <= self.day and sum_ > 0 for on, sum_ in o.refunds)]
        return _share(len(returned), len(sold))


def channel(orders: list[Order]) -> str:
    """By the orders of 365 days whose channel a row of channels.csv knows."""
    kinds = _column("channels", "raw_channel", "channel_kind")
    found = {kinds[order.channel] for order in orders if order.channel in kinds}
    if not orders:
        return "none"
    names = {"online": "online_only", "offline": "offline_only"}
    return "omnichannel" if len(found) == 2 else names[min(found)] if found else "unknown"


def price(orders: list[Order]) -> str:
    """By the share of orders of 365 days with a discount; unknown below three."""
    if len(orders) < 3:
        return "unknown"
    share = _share(sum(1 for order in orders if order.discount > 0), len(orders))
    assert share is not None
    return _band(share, ((2, "insensitive"), (6, "moderate")), "sensitive")


def _income_band(row: RawRow) -> str:
    income = amount_of(row.get("annual_income"))
    if income is None or income < 0:
        return "unknown"
    return "low" if income < 60_000 else "middle" if income < 200_000 else "high"


def _band(share: Fraction, below: tuple[tuple[int, str], ...], else_: str) -> str:
    """The first name whose bound, in tenths, the share is below."""
    return next((name for tenths, name in below if share < Fraction(tenths, 10)), else_)


def _share(part: Any, whole: Any) -> Fraction | None:
    """Rounded to nine digits, as definitions.md says of every share that meets a bound."""
    if not whole:
        return None
    return Fraction(floor(Fraction(part) / Fraction(whole) * 10**9 + Fraction(1, 2)), 10**9)


def _score(value: object) -> Decimal | None:
    amount = amount_of(value)
    return None if amount is None else amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _lower(value: object) -> str:
    return (text_of(value) or "").lower()


@cache
def _words() -> Mapping[tuple[str, str], str]:
    with (SEEDS / "raw_codes" / "word_mappings.csv").open(encoding="utf-8") as file:
        return {(r["dimension"], r["raw_word"]): r["category"] for r in csv.DictReader(file)}


@cache
def _column(seed: str, key: str, value: str) -> Mapping[str | None, str]:
    with (SEEDS / "raw_codes" / f"{seed}.csv").open(encoding="utf-8") as file:
        return {row[key]: row[value] for row in csv.DictReader(file)}
