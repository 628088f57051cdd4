"""Shops that are built once and kept: a wrong SQL of one model is tried on all their tables.

A wrong is noticed by what the tests hold against the Python reference, here as there: the shops
are those of test_invariants, test_reference and test_dimensions, and so are the columns.
"""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import duckdb

from agreement import BELIEVED, DIMENSIONS, HABITS
from lib.mutants import Place, mutant, places, unchanged, words_at
from reference import Reference, settings_from
from shop import ANSWERS, JUDGED, Shop, arithmetic
from shop.engine import fill, template, with_ancestors
from shop.generated import AS_OF_DATES, VARIANTS, generate, numbered_shop
from shop.project import CATALOG, Model, compile_project
from shop.tested import TestedShop
from shop.unit_tests import UnitTests

AS_OF = "2024-06-30"
CHURN = ("int_churn", "int_customer_value_predicted")
# what SciPy says too, as far as test_playbook goes into digits
LIFTS = {
    "campaign_lift": (
        "campaign_id", "round(conversion_lift, 8)", "round(conversion_lift_lower, 8)",
        "round(conversion_lift_upper, 8)", "round(revenue_lift_lower)",
        "round(revenue_lift_upper)", "verdict",
    ),
    "playbook_lift": (
        "segment", "round(conversion_lift, 8)", "round(conversion_lift_lower, 8)", "contact_cost",
    ),
}  # fmt: skip
WANTED = (*ANSWERS, *DIMENSIONS, *BELIEVED, *LIFTS, *(model for model, _ in JUDGED.values()))


@dataclass
class Kept:
    """A shop with the tables of every model, and how often it told right from wrong."""

    connection: duckdb.DuckDBPyConnection
    name: str
    models: Mapping[str, Model]
    digests: dict[str, object] = field(default_factory=dict)
    kills: int = 0

    def digest(self, relation: str, columns: Sequence[str] = ()) -> object:
        """A number that two tables with the same rows share."""
        rows = f"select {', '.join(columns) or '*'} from {relation}"
        query = f"select count(*), sum(hash(r)::hugeint) from ({rows}) as r"
        return self.connection.execute(query).fetchone()

    def right(self, model: Model, columns: Sequence[str] = ()) -> object:
        """The digest of a model's own table, told once."""
        key = f"{model.name} {columns}"
        if key not in self.digests:
            self.digests[key] = self.digest(self.placed(model.relation), columns)
        return self.digests[key]

    def placed(self, sql: str) -> str:
        """The SQL for the shop's own database."""
        return sql.replace(f'"{CATALOG}".', f'"{self.name}".')


class Bank:
    """What notices wrong SQL, the cheapest first: the unit tests, the shops held against the
    reference, and a shop with all tables that the data tests are asked about.

    `small` is how many small shops there are, `warehouse` the folder of a published one.
    """

    def __init__(self, small: int, warehouse: Path, wanted: Collection[str] = ()) -> None:
        self.models = compile_project(as_of=AS_OF)
        self.answered = with_ancestors(self.models, WANTED)
        # churn is not: no shop here is large enough to be fitted
        self.compared = {name for name in self.answered if not name.startswith(CHURN)}
        self.small, self.warehouse = small, warehouse
        self.unit_tests = UnitTests(self._empty(), set(wanted or self.models))
        for test in (test for tests in self.unit_tests.of.values() for test in tests):
            assert test.holds(self.unit_tests.connection, test.sql), f"{test.name} fails as it is"

    @cached_property
    def shops(self) -> list[Kept]:
        """The shops whose answers the reference gives too."""
        return [self._kept(f"shop_{n}", *told) for n, told in enumerate(_shops(self.small))]

    @cached_property
    def tested(self) -> TestedShop:
        """The shop on which the data tests are run."""
        return TestedShop(self.warehouse / "state.duckdb")

    def notices(self, name: str, wrong: Sequence[Place], *, shops: bool = True) -> str | None:
        """What notices the wrong at its places: a unit test, a shop, the arithmetic of churn, a
        data test, "SQL" that does not run."""
        try:
            for test in self.unit_tests.of[name]:
                if not test.holds(self.unit_tests.connection, self._wrong(test.sql, name, wrong)):
                    return "unit test"
            if not shops:
                return None
            if name in self.compared:
                return self._noticed_by_a_shop(name, wrong)
            if name in arithmetic.TESTS:
                sql = self._wrong(self.models[name].sql, name, wrong)
                if arithmetic.notices(self.models, name, sql):
                    return "arithmetic"
            right = self.tested.models[name].sql
            sql = self._wrong(right, name, wrong)
            return "data test" if sql != right and self.tested.notices(name, sql) else None
        except duckdb.Error:
            return "SQL"

    def _noticed_by_a_shop(self, name: str, wrong: Sequence[Place]) -> str | None:
        for kept in sorted(self.shops, key=lambda one: -one.kills):
            right = kept.models[name].sql
            sql = self._wrong(right, name, wrong)
            if sql != right and self._differs(kept, name, sql):
                kept.kills += 1
                return "shop"
        return None

    def _wrong(self, sql: str, name: str, wrong: Sequence[Place]) -> str:
        """The wrong in a model's SQL, compiled with other vars, as far as it has the places."""
        found = [_found_again(self.models[name].sql, sql, place) for place in wrong]
        there = [place for place in found if place]
        return mutant(sql, *there).sql if there else sql

    def check(self, name: str) -> None:
        """AssertionError where the model, parsed and written again, is another one."""
        if name not in self.compared:
            assert self.tested.says_the_same(name, unchanged(self.tested.models[name].sql)), name
            return
        for kept in self.shops[:2]:
            if kept.models[name].sql == self.models[name].sql:
                assert not self._differs(kept, name, unchanged(self.models[name].sql)), name

    def _differs(self, kept: Kept, name: str, sql: str) -> bool:
        changed: set[str] = set()
        for model in kept.models.values():
            if model.name != name and not changed & set(model.parents):
                continue
            text = kept.placed(sql if model.name == name else model.sql)
            for other in changed:
                there = kept.placed(kept.models[other].relation)
                text = text.replace(there, f'"{kept.name}"."mutated"."{other}"')
            made = f'"{kept.name}"."mutated"."{model.name}"'
            kept.connection.execute(f"create or replace table {made} as {text}")
            if kept.digest(made) == kept.right(model):
                continue
            columns = self.held.get(model.name)
            if columns and kept.digest(made, columns) != kept.right(model, columns):
                return True
            changed.add(model.name)
        return False

    def _empty(self) -> duckdb.DuckDBPyConnection:
        """The catalog by its own name with every table, where unit tests look up their columns."""
        return self._laid_out(CATALOG, Shop(as_text=True), self.models).connection

    def _kept(self, name: str, shop: Shop, as_of: str) -> Kept:
        compiled = compile_project(as_of=as_of, variables=shop.variables)
        models = {one: compiled[one] for one in self.models if one in self.answered}
        return self._laid_out(name, shop, models)

    @staticmethod
    def _laid_out(name: str, shop: Shop, models: Mapping[str, Model]) -> Kept:
        kept = Kept(template(shop.as_text), name, models)
        run = kept.connection.execute
        run(f"attach ':memory:' as {kept.name}")
        run(f"copy from database template to {kept.name}; use {kept.name}")
        fill(kept.connection, shop.raw)
        for schema in {model.schema for model in models.values() if model.schema} | {"mutated"}:
            run(f"create schema if not exists {kept.name}.{schema}")
        for model in kept.models.values():
            run(f"create table {kept.placed(model.relation)} as {kept.placed(model.sql)}")
        return kept

    @cached_property
    def held(self) -> dict[str, Sequence[str]]:
        """The columns of each model that the tests hold against the reference."""
        shop = Shop()
        shop.order(shop.customer("ann"), ago=1)
        observed = Reference(shop.raw, settings_from({"as_of_date": AS_OF})).observe(
            date.fromisoformat(AS_OF)
        )
        told = {*vars(next(iter(observed.values()))), "segment", "customer_id", "observed_on"}
        held: dict[str, Sequence[str]] = {"int_observation_dates": ("observed_on", "is_as_of")}
        for name in ANSWERS:
            relation = self.shops[0].placed(self.models[name].relation)
            columns = self.shops[0].connection.execute(f"describe {relation}").fetchall()
            held[name] = [row[0] for row in columns if row[0] in told]
        for name, key in JUDGED.values():
            held[name] = (*key, "reject_reasons")
        held["int_dimensions_gathered"] = ("customer_id", "dimension", "category")
        for dimension, name in HABITS.items():
            held[name] = ("customer_id", "observed_on", dimension)
        return {**held, **BELIEVED, **LIFTS}


@cache
def _found_again(right: str, other: str, place: Place) -> Place | None:
    """The place in another SQL at which the same words stand, the same time that they do."""
    if other == right or (there := places(other)) == places(right):
        return place
    wanted = words_at(right, place)
    before = [words_at(right, one) for one in places(right) if one < place]
    again = [one for one in there if one[1:] == place[1:] and words_at(other, one) == wanted]
    nth = before.count(wanted)
    return again[nth] if nth < len(again) else None


def _shops(small: int) -> Iterable[tuple[Shop, str]]:
    """Shops of some size, made messy on purpose; furnished ones; and small ones by number."""
    from test_dimensions import ROUNDS, furnish
    from test_playbook import played_out

    yield played_out(), AS_OF
    for variables, as_of in list(zip(VARIANTS, ("", AS_OF, AS_OF), strict=True))[: 1 + small // 8]:
        chance = random.Random(f"{variables}")
        yield generate(chance.choice, 300, 150, Shop(as_text=True, **variables)), as_of
    for number in ROUNDS:
        shop = furnish(random.Random(f"dimensions {number}").choice, numbered_shop(number))
        shop.as_text = True
        yield shop, AS_OF
    for number in range(small):  # every fourth has everything wrong with it at once
        chosen = number * 4 + 3 if number % 3 else number
        yield numbered_shop(chosen), AS_OF_DATES[chosen % len(AS_OF_DATES)]
