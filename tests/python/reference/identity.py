"""Who is behind each account and each order. Written from definitions.md, §1 "identity"."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from reference.accepted import Accepted, Account, Order
from reference.settings import Settings


@dataclass(frozen=True)
class Person:
    """A customer as they are today: flags and account age are not point in time."""

    customer_id: str
    is_guest: bool
    is_excluded: bool
    created_on: date | None


def customer_of_account(found: Accepted, settings: Settings) -> dict[str, str]:
    """Account id → customer id: the crosswalk, else the survivor of the e-mail, else itself."""
    sharing: dict[str, list[Account]] = defaultdict(list)
    for account in found.accounts.values():
        if account.email:
            sharing[account.email].append(account)
    customers = {}
    for account in found.accounts.values():
        shared = sharing[account.email] if account.email else []
        survivor = account
        if 0 < len(shared) <= settings.max_ids_per_email:
            survivor = min(shared, key=lambda one: (one.created_on or date.max, one.account_id))
        customers[account.account_id] = found.crosswalk.get(
            account.account_id, found.crosswalk.get(survivor.account_id, survivor.account_id)
        )
    for order in found.orders.values():
        if order.account_id and order.account_id not in customers and not order.is_test:
            customers[order.account_id] = found.crosswalk.get(order.account_id, order.account_id)
    return customers


def customer_of_order(found: Accepted, customers: dict[str, str]) -> dict[str, str]:
    """Order id → customer id; an order by e-mail alone goes to the one customer behind it."""
    behind: dict[str, set[str]] = defaultdict(set)
    for account in found.accounts.values():
        if account.email:
            behind[account.email].add(customers[account.account_id])
    nameless: dict[str, list[Order]] = defaultdict(list)
    for order in found.orders.values():
        if order.account_id is None and order.email:
            nameless[order.email].append(order)
    buyers = {}
    for order in found.orders.values():
        if order.account_id:
            # a test order makes nobody a customer
            buyers[order.order_id] = customers.get(order.account_id, f"guest-{order.order_id}")
        elif order.email and len(behind[order.email]) == 1:
            (buyers[order.order_id],) = behind[order.email]
        elif order.email and not behind[order.email]:
            first = min(nameless[order.email], key=lambda one: (one.ordered_at, one.order_id))
            buyers[order.order_id] = f"buyer-{first.order_id}"
        else:
            buyers[order.order_id] = f"guest-{order.order_id}"
    return buyers


def is_test_order(order: Order, found: Accepted) -> bool:
    """A test order, or one of a test account, whether it names the id or the e-mail."""
    if order.is_test:
        return True
    if order.account_id:
        account = found.accounts.get(order.account_id)
        return account is not None and account.is_test
    named = [a for a in found.accounts.values() if a.email and a.email == order.email]
    return bool(named) and all(account.is_test for account in named)


def people(
    found: Accepted, customers: dict[str, str], buyers: dict[str, str], counted: set[str]
) -> dict[str, Person]:
    """Everybody there is: accounts that are no tests, ids that only orders know, and the buyers
    without an account behind the `counted` orders (ids)."""
    accounts: dict[str, list[Account]] = defaultdict(list)
    for account in found.accounts.values():
        if not account.is_test:
            accounts[customers[account.account_id]].append(account)
    for order in found.orders.values():
        if order.account_id and order.account_id not in found.accounts:
            if not order.is_test:
                accounts.setdefault(customers[order.account_id], [])
        elif order.order_id in counted:
            accounts.setdefault(buyers[order.order_id], [])
    return {
        customer_id: Person(
            customer_id=customer_id,
            is_guest=not own and customer_id in _guests(buyers),
            is_excluded=any(account.is_excluded for account in own),
            created_on=min((a.created_on for a in own if a.created_on), default=None),
        )
        for customer_id, own in accounts.items()
    }


def _guests(buyers: dict[str, str]) -> set[str]:
    return {
        customer_id
        for order_id, customer_id in buyers.items()
        if customer_id == f"guest-{order_id}"
    }
