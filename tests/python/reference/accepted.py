"""Which raw rows are believed, and why the others are not. Written from definitions.md."""

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, TypeVar

from reference.settings import Settings
from reference.values import CENT, amount_of, day_of, flag_of, moment_of, text_of

SEEDS = Path(__file__).resolve().parents[3] / "seeds"
LINEAGE = {"load_id", "source_line", "loaded_on"}
ONE_DAY = timedelta(days=1)

RawRow = Mapping[str, Any]
Parsed = TypeVar("Parsed")
Raw = Mapping[str, Iterable[RawRow]]


@dataclass(frozen=True)
class Account:
    """A customer row of the shop."""

    account_id: str
    email: str | None
    created_on: date | None
    is_test: bool
    is_excluded: bool
    row: RawRow = field(compare=False, repr=False)


@dataclass(frozen=True)
class Refund:
    """Money given back; `amount` in the currency of the order."""

    refund_id: str
    order_id: str
    amount: Decimal
    refunded_on: date | None


@dataclass(frozen=True)
class Order:
    """An order, its amounts in the reporting currency; `refunds` as (day, amount)."""

    order_id: str
    account_id: str | None
    email: str | None
    kind: str
    gross: Decimal
    discount: Decimal
    rate: Decimal
    is_test: bool
    ordered_at: datetime
    ordered_on: date
    cancelled_on: date | None
    loaded_on: date
    channel: str | None = None
    refunds: tuple[tuple[date, Decimal], ...] = ()


@dataclass
class Accepted:
    """Rows that are believed, and the reasons against the others: (table, key, reasons)."""

    accounts: dict[str, Account] = field(default_factory=dict)
    crosswalk: dict[str, str] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    rejected: list[tuple[str, str, frozenset[str]]] = field(default_factory=list)


def accept(raw: Raw, settings: Settings) -> Accepted:
    """Judge every row of customers, customer_ids, exchange_rates, orders, order_items, refunds."""
    judge = _Judge(raw, settings)
    judge.read_accounts()
    judge.read_crosswalk()
    judge.read_rates()
    judge.read_orders()
    judge.read_items()
    judge.read_refunds()
    return judge.found


class _Judge:
    def __init__(self, raw: Raw, settings: Settings) -> None:
        self.raw, self.settings = raw, settings
        self.found = Accepted()
        self.rates: dict[str, dict[date, Decimal]] = defaultdict(dict)
        self.items: set[tuple[str, str]] = set()
        with (SEEDS / "raw_codes" / "order_statuses.csv").open(encoding="utf-8") as file:
            self.kinds = {row["raw_status"]: row["status_kind"] for row in csv.DictReader(file)}

    def day(self, value: object) -> date | None:
        return day_of(value, self.settings.business_timezone)

    def read_accounts(self) -> None:
        def judge(row: RawRow) -> tuple[set[str], Account]:
            created_on = self.day(row.get("created_at"))
            reasons = self._date_reasons(row, "created_at")
            if is_mangled(row.get("customer_id")):
                reasons.add("mangled_id")
            return reasons, Account(
                account_id=text_of(row.get("customer_id")) or "",
                email=(text_of(row.get("email")) or "").lower() or None,
                created_on=created_on,
                is_test=flag_of(row.get("is_test")),
                is_excluded=flag_of(row.get("is_staff")) or flag_of(row.get("is_reseller")),
                row=row,
            )

        for account in self._judged("customers", ("customer_id",), judge):
            self.found.accounts[account.account_id] = account

    def read_crosswalk(self) -> None:
        def judge(row: RawRow) -> tuple[set[str], tuple[str, str]]:
            target = text_of(row.get("customer_id"))
            reasons = set() if target else {"missing_value"}
            return reasons, (text_of(row.get("raw_customer_id")) or "", target or "")

        self.found.crosswalk = dict(self._judged("customer_ids", ("raw_customer_id",), judge))

    def read_rates(self) -> None:
        def judge(row: RawRow) -> tuple[set[str], tuple[str, date, Decimal]]:
            currency = row["currency"] or ""
            rate_on, rate = self.day(row.get("rate_on")), _decimal(row.get("rate"))
            reasons = set()
            if rate_on is None:
                reasons.add("unreadable_date" if text_of(row.get("rate_on")) else "missing_date")
            if rate is None:
                reasons.add("unreadable_amount")
            elif rate <= 0:
                reasons.add("negative_amount")
            return reasons, (currency, rate_on or date.min, rate or Decimal(0))

        rows = [
            {**row, "currency": (text_of(row.get("currency")) or "").upper()}
            for row in self.raw.get("exchange_rates", ())
        ]
        key = ("currency", "rate_on")
        for currency, rate_on, rate in self._judged("exchange_rates", key, judge, rows):
            self.rates[currency][rate_on] = rate

    def rate_on(self, currency: str, day: date) -> Decimal | None:
        """The newest rate that is not too old; None is never taken as 1."""
        if currency == self.settings.reporting_currency:
            return Decimal(1)
        for age in range(self.settings.max_rate_age_days + 1):
            if (rate := self.rates[currency].get(day - age * ONE_DAY)) is not None:
                return rate
        return None

    def read_orders(self) -> None:
        for order in self._judged("orders", ("order_id",), self._judge_order):
            assert order is not None
            self.found.orders[order.order_id] = order

    def _judge_order(self, row: RawRow) -> tuple[set[str], Order | None]:
        reasons = self._date_reasons(row, "ordered_at", is_required=True)
        if is_mangled(row.get("order_id")) or is_mangled(row.get("customer_id")):
            reasons.add("mangled_id")
        ordered_on = self.day(row.get("ordered_at"))
        cancelled_on = self.day(row.get("cancelled_at"))
        if cancelled_on is None and text_of(row.get("cancelled_at")):
            reasons.add("unreadable_date")
        gross, discount = amount_of(row.get("gross_amount")), amount_of(row.get("discount_amount"))
        if text_of(row.get("gross_amount")) is None:
            reasons.add("missing_amount")
        elif gross is None:
            reasons.add("unreadable_amount")
        if discount is None and text_of(row.get("discount_amount")):
            reasons.add("unreadable_amount")
        if min(gross or 0, discount or 0) < 0:
            reasons.add("negative_amount")
        if gross is not None and discount is not None and discount > gross >= 0:
            reasons.add("discount_exceeds_amount")
        status = text_of(row.get("status"))
        kind = self.kinds.get(status.lower()) if status else "purchase"
        if kind is None:
            reasons.add("unknown_status")
        currency = (text_of(row.get("currency")) or self.settings.reporting_currency).upper()
        rate = self.rate_on(currency, ordered_on) if ordered_on else None
        if ordered_on and rate is None:
            reasons.add("missing_rate")
        if ordered_on is None or gross is None or rate is None or kind is None:
            return reasons, None
        ordered_at = moment_of(row.get("ordered_at"))
        assert ordered_at is not None
        return reasons, Order(
            order_id=text_of(row.get("order_id")) or "",
            account_id=text_of(row.get("customer_id")),
            email=(text_of(row.get("email")) or "").lower() or None,
            kind=kind,
            gross=_cents(gross * rate),
            discount=_cents((discount or Decimal(0)) * rate),
            rate=rate,
            is_test=flag_of(row.get("is_test")),
            ordered_at=ordered_at,
            ordered_on=ordered_on,
            cancelled_on=cancelled_on,
            loaded_on=date.fromisoformat(str(row["loaded_on"])),
            channel=(text_of(row.get("channel")) or "").lower() or None,
        )

    def read_items(self) -> None:
        def judge(row: RawRow) -> tuple[set[str], tuple[str, str]]:
            order_id = text_of(row.get("order_id"))
            reasons = set()
            if order_id is None:
                reasons.add("missing_order")
            elif order_id not in self.found.orders:
                reasons.add("unknown_order")
            return reasons, (order_id or "", text_of(row.get("product_id")) or "")

        self.items = set(self._judged("order_items", ("order_item_id",), judge))

    def read_refunds(self) -> None:
        by_order: dict[str, list[Refund]] = defaultdict(list)
        for refund in self._judged("refunds", ("refund_id",), self._judge_refund):
            by_order[refund.order_id].append(refund)
        for order_id, refunds in by_order.items():
            order = self.found.orders[order_id]
            dated = tuple(
                (max(refund.refunded_on or order.ordered_on, order.ordered_on),
                 _cents(refund.amount * order.rate))
                for refund in refunds
            )  # fmt: skip
            self.found.orders[order_id] = replace(order, refunds=dated)

    def _judge_refund(self, row: RawRow) -> tuple[set[str], Refund]:
        reasons = self._date_reasons(row, "refunded_at")
        refunded_on, amount = self.day(row.get("refunded_at")), amount_of(row.get("amount"))
        if text_of(row.get("amount")) is None:
            reasons.add("missing_amount")
        elif amount is None:
            reasons.add("unreadable_amount")
        elif amount < 0:
            reasons.add("negative_amount")
        order_id = text_of(row.get("order_id")) or self._credited_order(row, refunded_on)
        if order_id not in self.found.orders:
            reasons.add("unknown_order")
        return reasons, Refund(
            refund_id=text_of(row.get("refund_id")) or "",
            order_id=order_id or "",
            amount=amount or Decimal(0),
            refunded_on=refunded_on,
        )

    def _credited_order(self, row: RawRow, refunded_on: date | None) -> str | None:
        """The newest earlier order of the account that holds the item of a credit note."""
        account_id, product_id = text_of(row.get("customer_id")), text_of(row.get("product_id"))
        candidates = [
            (order.ordered_at, order.order_id)
            for order in self.found.orders.values()
            if account_id is not None
            and order.account_id == account_id
            and (refunded_on is None or order.ordered_on <= refunded_on)
            and (product_id is None or (order.order_id, product_id) in self.items)
        ]
        return max(candidates)[1] if candidates else None

    def _date_reasons(self, row: RawRow, column: str, is_required: bool = False) -> set[str]:
        """What is wrong with a date; an absent one only where it is required."""
        day = self.day(row.get(column))
        if day is None:
            if text_of(row.get(column)):
                return {"unreadable_date"}
            return {"missing_date"} if is_required else set()
        if day > date.fromisoformat(str(row["loaded_on"])) + ONE_DAY:
            return {"date_in_future"}
        return {"implausible_date"} if day < self.settings.earliest_plausible_date else set()

    def _judged(
        self,
        table: str,
        key: tuple[str, ...],
        judge: Callable[[RawRow], tuple[set[str], Parsed]],
        rows: Sequence[RawRow] | None = None,
    ) -> list[Parsed]:
        """The rows nothing speaks against; the others are noted with the reasons."""
        rows = list(self.raw.get(table, ())) if rows is None else list(rows)
        believed = []
        for row, repeat in zip(rows, repeats(rows, key), strict=True):
            reasons, parsed = judge(row)
            if repeat:
                reasons.add(repeat)
            if text_of(row.get(key[0])) is None:
                reasons.add("missing_key")
            if reasons:
                name = "/".join(text_of(row.get(column)) or "" for column in key)
                self.found.rejected.append((table, name, frozenset(reasons)))
            else:
                believed.append(parsed)
        return believed


def repeats(rows: list[RawRow], key: tuple[str, ...]) -> list[str | None]:
    """Of several rows of one key the newest counts; equal ones leave one, contradicting none."""
    reasons: list[str | None] = [None] * len(rows)
    by_key: dict[tuple[str | None, ...], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        by_key[tuple(text_of(row.get(column)) for column in key)].append(index)
    for values, indexes in by_key.items():
        if None in values or len(indexes) == 1:
            continue
        ages = {index: moment_of(rows[index].get("updated_at")) for index in indexes}
        newest = max((age for age in ages.values() if age), default=None)
        latest = [index for index in indexes if ages[index] == newest]
        for index in set(indexes) - set(latest):
            reasons[index] = "superseded_row"
        is_contradicted = any(_said(rows[index]) != _said(rows[latest[0]]) for index in latest)
        for index in latest if is_contradicted else latest[1:]:
            reasons[index] = "conflicting_rows" if is_contradicted else "duplicate_row"
    return reasons


def is_mangled(value: object) -> bool:
    """What a spreadsheet makes of a long number."""
    return re.fullmatch(r"[+-]?\d+(\.\d*)?[eE]\+\d+", text_of(value) or "") is not None


def _said(row: RawRow) -> dict[str, str | None]:
    """All that a row says, without where it came from."""
    said = {name: text_of(value) for name, value in row.items() if name not in LINEAGE}
    return {name: text for name, text in said.items() if text}


def _decimal(value: object) -> Decimal | None:
    text = text_of(value)
    try:
        number = Decimal(text or "none")
    except ArithmeticError:
        return None
    return number.quantize(Decimal("1E-8"), ROUND_HALF_UP) if number.is_finite() else None


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
