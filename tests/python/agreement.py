"""Where the SQL and the reference differ, row by row."""

from datetime import date
from fractions import Fraction
from typing import Any

from reference import Dimensions, Reference
from reference.segments import segment_of
from shop import Result

HABITS = {"channel": "int_channel_banded", "price_sensitivity": "int_price_sensitivity_banded"}
DIMENSIONS = ("int_dimensions_gathered", *HABITS.values())

# what is believed of a row, under the names of the reference
BELIEVED = {
    "stg_orders": (
        "order_id", "raw_customer_id", "email", "status_kind", "gross_amount", "discount_amount",
        "is_test", "ordered_at", "ordered_on", "cancelled_on",
    ),
    "stg_customers": ("raw_customer_id", "email", "created_on", "is_test"),
}  # fmt: skip


def disagreements(
    result: Result, reference: Reference, dates: list[date] | None = None
) -> list[str]:
    """One sentence per difference; `dates` defaults to all of the clock."""
    found = []
    if result.dates != reference.dates:
        found.append(f"the clock: SQL {result.dates}, reference {reference.dates}")
    said = sorted(map(_readable, result.rejections()))
    expected = sorted(map(_readable, reference.found.rejected))
    if said != expected:
        found.append(f"rejected: SQL {said}, reference {expected}")
    for model, expected_rows in _beliefs(reference).items():
        told = {tuple(row[name] for name in BELIEVED[model]) for row in result.table(model)}
        if told != expected_rows:
            found.append(f"{model}: only one says {sorted(map(str, told ^ expected_rows))}")
    observed = result.observed
    for day in dates or sorted(set(result.dates) & set(reference.dates)):
        expected_rows = reference.observe(day)
        said_rows = {who: row for (who, on), row in observed.items() if on == day}
        if said_rows.keys() != expected_rows.keys():
            odd = {who: who in said_rows for who in said_rows.keys() ^ expected_rows.keys()}
            found.append(f"{day}: only one of them observes (True: the SQL) {odd}")
        for who in said_rows.keys() & expected_rows.keys():
            found += [
                f"{day} {who} {line}" for line in _differences(said_rows[who], expected_rows[who])
            ]
    return found


def dimension_disagreements(result: Result, reference: Reference, raw: Any) -> list[str]:
    """One sentence per difference about the dimensions of today, and the two told on every date."""
    found = []
    said: dict[str, dict[str, str]] = {}
    for row in result.table("int_dimensions_gathered"):
        said.setdefault(row["customer_id"], {})[row["dimension"]] = row["category"]
    habits = {
        name: {(row["customer_id"], row["observed_on"]): row[name] for row in result.table(model)}
        for name, model in HABITS.items()
    }
    for day in result.dates:
        expected = Dimensions(raw, reference, day).told()
        for who, categories in expected.items():
            for dimension, category in categories.items():
                if dimension in habits:
                    told = habits[dimension].get((who, day))
                elif day == result.as_of:
                    told = said.get(who, {}).get(dimension)
                else:
                    continue
                if told != category:
                    found.append(f"{day} {who} {dimension}: SQL {told}, reference {category}")
    return found


def _beliefs(reference: Reference) -> dict[str, set[tuple[Any, ...]]]:
    """The rows of BELIEVED as the reference reads them."""
    orders, accounts = reference.found.orders.values(), reference.found.accounts.values()
    return {
        "stg_orders": {
            (o.order_id, o.account_id, o.email, o.kind, o.gross, o.discount, o.is_test,
             o.ordered_at.replace(tzinfo=None), o.ordered_on, o.cancelled_on)
            for o in orders
        },
        "stg_customers": {(a.account_id, a.email, a.created_on, a.is_test) for a in accounts},
    }  # fmt: skip


def _differences(row: dict[str, Any], expected: Any) -> list[str]:
    wanted = dict(vars(expected))
    if "segment" in row:
        wanted["segment"] = segment_of(row)
    return [
        f"{name}: SQL {row[name]!r}, reference {value!r}"
        for name, value in wanted.items()
        if row[name] != (float(value) if isinstance(value, Fraction) else value)
    ]


def _readable(rejection: tuple[str, str, frozenset[str]]) -> str:
    table, key, reasons = rejection
    return f"{table} {key or '(no key)'}: {', '.join(sorted(reasons))}"
