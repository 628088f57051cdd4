"""A small shop in memory: say who bought what and when, build, and look at the customers.

shop = Shop(today="2024-06-30")
shop.customer("ann")
shop.order("ann", ago=30, amount=12)
assert shop.build().customer("ann").activity_status == "new"
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from shop.engine import Row, run_models
from shop.project import compile_project

LOAD_ID = "load-1"
LONG_AGO = "2015-01-01"

# every answer that definitions.md decides without a fitted model, and the name for all
SIGNALS = (
    "int_customers_observed",
    "int_lifecycle_staged",
    "int_activity_classified",
    "int_value_tiered",
    "int_frequency_banded",
    "int_rfm_grouped",
)
ANSWERS = (*SIGNALS, "int_segments_composed")
# every raw row, with the reasons against it
JUDGED = {
    "customers": ("base_customers", ("raw_customer_id",)),
    "customer_ids": ("base_customer_ids", ("raw_customer_id",)),
    "exchange_rates": ("base_exchange_rates", ("currency", "rate_on")),
    "orders": ("base_orders", ("order_id",)),
    "order_items": ("base_order_items", ("order_item_id",)),
    "refunds": ("base_refunds", ("refund_id",)),
}


class Shop:
    """Raw rows of text, with the vars to build them by.

    `today` is the day the rows are loaded and, unless build() says otherwise, the as-of date.
    `as_text` keeps raw columns as text, as a loader may; else they have the contract's types.
    `catalogue` is SQL that changes the seeds before anything is built.
    """

    def __init__(
        self, today: str = "2024-06-30", *, as_text: bool = False, **variables: Any
    ) -> None:
        self.today = today
        self.as_text = as_text
        self.variables = variables
        self.raw: dict[str, list[Row]] = defaultdict(list)
        self.catalogue: list[str] = []

    def day(self, ago: int) -> str:
        """The date so many days before today."""
        return (date.fromisoformat(self.today) - timedelta(days=ago)).isoformat()

    def add(self, table: str, **columns: Any) -> Row:
        """A raw row, as the loader would write it; every value becomes text."""
        row = {name: None if value is None else str(value) for name, value in columns.items()}
        lineage = {
            "load_id": LOAD_ID,
            "source_line": str(len(self.raw[table]) + 1),
            "loaded_on": self.today,
        }
        self.raw[table].append({**lineage, **row})
        return self.raw[table][-1]

    def customer(self, customer_id: str, created: str | None = LONG_AGO, **columns: Any) -> str:
        """An account; `created` is a date, None where it is not known."""
        self.add("customers", customer_id=customer_id, created_at=created, **columns)
        return customer_id

    def order(
        self, customer_id: str | None, ago: int | None = None, amount: object = 100, **columns: Any
    ) -> str:
        """A paid order `ago` days before today (or `ordered_at=…`); returns its id."""
        order_id = columns.pop("order_id", f"o{len(self.raw['orders']) + 1}")
        if ago is not None:
            columns["ordered_at"] = f"{self.day(ago)} 12:00:00"
        self.add(
            "orders", order_id=order_id, customer_id=customer_id, gross_amount=amount,
            **{"status": "paid", **columns},
        )  # fmt: skip
        return str(order_id)

    def refund(
        self, order_id: str | None, ago: int | None = None, amount: object = 100, **columns: Any
    ) -> str:
        """Money given back `ago` days before today; without `ago` the refund has no date."""
        refund_id = columns.pop("refund_id", f"r{len(self.raw['refunds']) + 1}")
        if ago is not None:
            columns["refunded_at"] = f"{self.day(ago)} 12:00:00"
        self.add("refunds", refund_id=refund_id, order_id=order_id, amount=amount, **columns)
        return str(refund_id)

    def item(self, order_id: str, product_id: str, **columns: Any) -> None:
        """A line of an order."""
        columns = {"order_item_id": f"i{len(self.raw['order_items']) + 1}", **columns}
        self.add("order_items", order_id=order_id, product_id=product_id, **columns)

    def rate(self, currency: str, ago: int, rate: object) -> None:
        """What one unit of a currency is worth from a day on."""
        self.add("exchange_rates", currency=currency, rate_on=self.day(ago), rate=rate)

    def same_person(self, account_id: str, customer_id: str) -> None:
        """A row of the crosswalk."""
        self.add("customer_ids", raw_customer_id=account_id, customer_id=customer_id)

    def build(
        self,
        as_of: str | None = None,
        models: Iterable[str] = SIGNALS,
        **variables: Any,
    ) -> "Result":
        """Run the models, and those of JUDGED, as of today or `as_of` ('' lets the data say)."""
        compiled = compile_project(
            as_of=self.today if as_of is None else as_of,
            variables={**self.variables, **variables},
        )
        wanted = {
            *models, "int_observation_dates", "stg_orders", "stg_customers",
            *(model for model, _ in JUDGED.values()),
        }  # fmt: skip
        return Result(
            run_models(compiled, self.raw, wanted, as_text=self.as_text, catalogue=self.catalogue)
        )


class Result:
    """What the models said."""

    def __init__(self, tables: dict[str, list[Row]]) -> None:
        self.tables = tables

    def table(self, model: str) -> list[Row]:
        """The rows of a model: money as Decimal, days as date."""
        return self.tables[model]

    @property
    def dates(self) -> list[date]:
        """The clock."""
        return sorted(row["observed_on"] for row in self.table("int_observation_dates"))

    @property
    def as_of(self) -> date:
        """Today, as the project sees it."""
        clock = self.table("int_observation_dates")
        (today,) = [row["observed_on"] for row in clock if row["is_as_of"]]
        return today

    def customers(self, on: str | date | None = None) -> dict[str, SimpleNamespace]:
        """Every answer about each customer on a date (default: today), by customer id."""
        day = date.fromisoformat(on) if isinstance(on, str) else on or self.as_of
        return {
            customer_id: SimpleNamespace(**answers)
            for (customer_id, observed_on), answers in self.observed.items()
            if observed_on == day
        }

    def customer(self, customer_id: str, on: str | date | None = None) -> SimpleNamespace:
        """Every answer about one customer on a date (default: today); KeyError if not observed."""
        return self.customers(on)[customer_id]

    @property
    def observed(self) -> dict[tuple[str, date], Row]:
        """Every answer, by customer and date; an answer missing somewhere is an error."""
        answers = [model for model in ANSWERS if model in self.tables]
        merged: dict[tuple[str, date], Row] = {}
        for model in answers:
            rows = {(row["customer_id"], row["observed_on"]): row for row in self.table(model)}
            assert len(rows) == len(self.table(model)), f"{model} observes a customer twice"
            assert not merged or rows.keys() == merged.keys(), f"{model} observes others"
            for key, row in rows.items():
                merged.setdefault(key, {}).update(row)
        return merged

    def rejected(self, table: str) -> dict[str, set[str]]:
        """The reasons against each rejected row of a raw table, by key; '' where it has none."""
        return {key: set(reasons) for _, key, reasons in self.rejections(table)}

    def rejections(self, *tables: str) -> list[tuple[str, str, frozenset[str]]]:
        """(table, key, reasons) of each rejected row, repeated keys included."""
        return [
            (table, "/".join(str(row[name] or "") for name in JUDGED[table][1]),
             frozenset(row["reject_reasons"].split(";")))
            for table in tables or JUDGED
            for row in self.table(JUDGED[table][0])
            if row["reject_reasons"]
        ]  # fmt: skip
