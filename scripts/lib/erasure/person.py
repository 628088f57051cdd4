"""Who a person is: every id, order and address that the last build says is theirs."""

from dataclasses import asdict, dataclass, field

from lib.errors import UserError
from lib.loading.sql import Connection, columns_of, literal
from lib.pseudonyms import pseudonym
from lib.warehouse import has_table

GUESTS = ("guest-", "buyer-")  # how a customer without an account is named, before the order's id
CUSTOMERS = "intermediate.int_customers_identified"
ORDERS = "intermediate.int_orders_identified"


@dataclass
class Person:
    """The values by which one person is known.

    `ids` are those of the raw tables, `names` what any version may call the person (customer_id);
    `emails`, `phones` and `full_names` are those that no other account has.
    """

    ids: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    full_names: set[str] = field(default_factory=set)

    def tombstones(self) -> list[tuple[str, str]]:
        """(kind, value) of everything that must not come back."""
        kinds = {"customer": self.ids, "order": self.orders, "email": self.emails}
        return [(kind, value) for kind, values in kinds.items() for value in values]

    def as_json(self) -> dict[str, list[str]]:
        return {name: sorted(values) for name, values in asdict(self).items()}

    @classmethod
    def from_json(cls, content: dict[str, list[str]]) -> "Person":
        return cls(**{name: set(values) for name, values in content.items()})


def find_person(connection: Connection, who: str, key: bytes) -> Person:
    """The person with this customer_id (as served), raw customer id or e-mail address.

    `connection` is to a warehouse that has been built. Errors: nobody, or an address of several.
    """
    who = who.strip()
    for table in (CUSTOMERS, ORDERS):
        if not has_table(connection, *table.split(".")):
            raise UserError(f"there is no {table} to tell who is who; run run_pipeline.py first")
    search = _Search(connection)
    customers = search.customers(who)
    ids = search.values(CUSTOMERS, "raw_customer_id", "customer_id", customers)
    ids |= {who} if search.is_raw_id(who) else set()
    ids |= search.values("raw.customer_ids", "customer_id", "raw_customer_id", ids)
    orders = search.values(ORDERS, "order_id", "customer_id", customers)
    orders |= search.values("raw.orders", "order_id", "customer_id", ids)
    if not ids | orders:
        raise UserError(f"nobody is known here as {who!r}: neither a customer id nor an e-mail")
    emails = search.values("raw.customers", "email", "customer_id", ids)
    emails |= search.values("raw.orders", "email", "order_id", orders)
    names = customers | ids | {guest + order for guest in GUESTS for order in orders}

    def own(table: str, column: str, of: set[str]) -> set[str]:
        """The values of a column in the person's accounts that no other account has."""
        return {
            value
            for value in search.values(table, column, "customer_id", of)
            if search.values(table, "customer_id", column, {value}) <= of
        }

    return Person(
        ids=ids,
        names=names | {pseudonym(key, name) for name in names},
        orders=orders,
        emails={
            email
            for email in emails
            if search.values("raw.customers", "customer_id", "email", {email}) <= ids
        },
        phones=own("raw.customers", "phone", ids),
        full_names=own("raw.customers", "name", ids),
    )


class _Search:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def values(self, table: str, wanted: str, by: str, of: set[str]) -> set[str]:
        """The values of one column in the rows whose other column is one of some values."""
        if not of or not {wanted, by} <= columns_of(self.connection, f"from {table}").keys():
            return set()
        condition = f"{as_text(by)} in ({literals(of)})"
        rows = self.connection.execute(
            f"select distinct {as_text(wanted)} from {table} where {condition}"
        ).fetchall()
        return {row[0] for row in rows if row[0]}

    def customers(self, who: str) -> set[str]:
        """The customer_id of `who`, as the last build has it."""
        found = self.values(CUSTOMERS, "customer_id", "raw_customer_id", {who})
        found |= self.values(CUSTOMERS, "customer_id", "customer_id", {who})
        found |= self.values(ORDERS, "customer_id", "customer_id", {who})
        if found or "@" not in who:
            return found
        address = {who.lower()}
        accounts = self.values("raw.customers", "customer_id", "email", address)
        orders = self.values("raw.orders", "order_id", "email", address)
        found |= self.values(CUSTOMERS, "customer_id", "raw_customer_id", accounts)
        found |= self.values(ORDERS, "customer_id", "order_id", orders)
        if len(found) > 1:
            raise UserError(f"{who} is the address of {len(found)} customers; name one by id")
        return found

    def is_raw_id(self, who: str) -> bool:
        """Whether a raw table has rows of this id, rejected ones included."""
        return any(
            self.values(f"raw.{table}", column, column, {who})
            for table, column in (
                ("customers", "customer_id"),
                ("orders", "customer_id"),
                ("events", "customer_id"),
                ("customer_ids", "raw_customer_id"),
            )
        )


def literals(values: set[str]) -> str:
    """SQL text constants, with commas between."""
    return ", ".join(literal(value) for value in sorted(values)) or "null"


def as_text(column: str) -> str:
    """A column as text, the way ids and addresses are compared."""
    text = f"trim(cast({column} as varchar))"
    return f"lower({text})" if column == "email" else text
