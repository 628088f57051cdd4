"""How many small wrongs in the models' SQL would the in-memory tests notice?"""

import random
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click
import duckdb

from lib.errors import run_command
from lib.mutants import Mutant, mutant, places, unchanged
from lib.warehouse import ROOT

TESTS = ROOT / "tests" / "python"
REPORT = ROOT / "tests" / "mutation_report.md"
# Held against other things than the reference: high-precision arithmetic, edge cases by hand.
LEFT_OUT = (
    "int_churn", "int_customer_value_predicted", "int_order_margins", "base_products",
    "stg_products",
)  # fmt: skip
EXAMPLES = """
\b
Examples:
  python scripts/mutate_models.py --sample 200 --minutes 5
  python scripts/mutate_models.py --model int_rfm_grouped --out -
"""


@dataclass
class Bank:
    """Shops that are built once: a mutant is tried on their tables, one model at a time."""

    models: Mapping[str, Any]
    shops: list[tuple[duckdb.DuckDBPyConnection, str]]
    checked: Mapping[str, Sequence[str]]

    def is_killed(self, name: str, sql: str) -> bool:
        """Whether some shop shows a difference in what the tests compare with the reference.

        Raises duckdb.Error where the SQL does not run at all.
        """
        return any(self._differs(connection, shop, name, sql) for connection, shop in self.shops)

    def _differs(
        self, connection: duckdb.DuckDBPyConnection, shop: str, name: str, sql: str
    ) -> bool:
        changed: set[str] = set()
        for model in self.models.values():
            if model.name != name and not changed & set(model.parents):
                continue
            text = sql if model.name == name else model.sql
            text = text.replace('"state".', f'"{shop}".')
            for other in changed:
                place = self.models[other].relation.replace('"state".', f'"{shop}".')
                text = text.replace(place, f'"{shop}"."mutated"."{other}"')
            mutated = f'"{shop}"."mutated"."{model.name}"'
            built = model.relation.replace('"state".', f'"{shop}".')
            connection.execute(f"create or replace table {mutated} as {text}")
            if _digest(connection, mutated) == _digest(connection, built):
                continue
            columns = self.checked.get(model.name)
            if columns and _digest(connection, mutated, columns) != _digest(
                connection, built, columns
            ):
                return True
            changed.add(model.name)
        return False


def _digest(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str] = ()
) -> object:
    rows = f"select {', '.join(columns) or '*'} from {relation}"
    query = f"select count(*), sum(hash(r)::hugeint) from ({rows}) as r"
    return connection.execute(query).fetchone()


def make_bank(count: int) -> Bank:
    """Build that many numbered shops, those of the tests, with the tables of every model kept."""
    sys.path.insert(0, str(TESTS))
    from reference import Reference, settings_from
    from shop import ANSWERS, JUDGED, Shop
    from shop.engine import fill, template, with_ancestors
    from shop.generated import numbered_shop
    from shop.project import compile_project

    compiled = compile_project(as_of="2024-06-30")
    needed = with_ancestors(compiled, [*ANSWERS, *(model for model, _ in JUDGED.values())])
    models = {name: model for name, model in compiled.items() if name in needed}
    chosen: list[Shop] = []
    number = 3
    while len(chosen) < count:
        shop = numbered_shop(number)
        if not shop.variables:
            chosen.append(shop)
        number += 4  # every fourth has everything wrong with it at once
    shops = []
    for place, shop in enumerate(chosen):
        connection, name = template(shop.as_text), f"shop_{place}"
        connection.execute(f"attach ':memory:' as {name}")
        connection.execute(f"copy from database template to {name}; use {name}")
        fill(connection, shop.raw)
        for schema in {model.schema for model in models.values()} | {"mutated"}:
            connection.execute(f"create schema if not exists {name}.{schema}")
        for model in models.values():
            text = model.sql.replace('"state".', f'"{name}".')
            relation = model.relation.replace('"state".', f'"{name}".')
            connection.execute(f"create table {relation} as {text}")
        shops.append((connection, name))
    variables = {"as_of_date": "2024-06-30"}
    reference = Reference(chosen[0].raw, settings_from(variables))
    told = next(iter(reference.observe(date(2024, 6, 30)).values()))
    compared = {*vars(told), "segment", "customer_id", "observed_on"}
    checked: dict[str, list[str]] = {}
    for model_name in ANSWERS:
        connection, name = shops[0]
        relation = models[model_name].relation.replace('"state".', f'"{name}".')
        columns = [row[0] for row in connection.execute(f"describe {relation}").fetchall()]
        checked[model_name] = [column for column in columns if column in compared]
    for model_name, key in JUDGED.values():
        checked[model_name] = [*key, "reject_reasons"]
    checked["int_observation_dates"] = ["observed_on", "is_as_of"]
    return Bank(models, shops, checked)


@click.command(epilog=EXAMPLES)
@click.option("--sample", type=click.IntRange(min=1), help="Try only so many mutants, by chance.")
@click.option("--minutes", type=float, default=60, show_default=True, help="Stop after so long.")
@click.option("--shops", type=click.IntRange(min=1), default=24, show_default=True)
@click.option("--model", "only", multiple=True, help="Only the mutants of this model.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which sample.")
@click.option("--out", type=click.Path(path_type=Path), default=REPORT, help="Where to report.")
def main(
    sample: int | None, minutes: float, shops: int, only: tuple[str, ...], seed: int, out: Path
) -> None:
    """Change the compiled SQL in small ways and see which changes the tests would notice.

    A mutant is killed when, for some shop, what the tests hold against the Python reference
    changes: the compiled models agree with it, so a difference from them is a failed test.
    """
    began = time.monotonic()
    bank = make_bank(shops)
    click.echo(f"{len(bank.shops)} shops, {len(bank.models)} models", err=True)
    found = [
        (name, place)
        for name, model in bank.models.items()
        if not name.startswith(LEFT_OUT) and (not only or name in only)
        for place in places(model.sql)
    ]
    chosen = found
    if sample and sample < len(found):
        chosen = random.Random(seed).sample(found, sample)
    for name in sorted({name for name, _ in chosen}):
        if bank.is_killed(name, unchanged(bank.models[name].sql)):
            raise click.ClickException(f"{name} is not the same once it was parsed and written")
    ended: Counter[tuple[str, str]] = Counter()
    survivors: list[tuple[str, Mutant]] = []
    tried = 0
    with click.progressbar(chosen, label="mutants", file=sys.stderr) as bar:
        for name, place in bar:
            if time.monotonic() - began > 60 * minutes:
                break
            tried += 1
            wrong = mutant(bank.models[name].sql, place)
            try:
                end = "killed" if bank.is_killed(name, wrong.sql) else "survived"
            except duckdb.Error:
                end = "does not run"
            for what in (name, place.kind, "all"):
                ended[what, end] += 1
            if end == "survived":
                survivors.append((name, wrong))
    text = report(ended, survivors, tried, len(found), len(bank.shops))
    if str(out) == "-":
        click.echo(text)
    else:
        out.write_text(text, encoding="utf-8")
    click.echo(text.splitlines()[4], err=True)


def report(
    ended: Counter[tuple[str, str]],
    survivors: Sequence[tuple[str, Mutant]],
    tried: int,
    known: int,
    shops: int,
) -> str:
    """The report, in Markdown."""
    alive, killed = ended["all", "survived"], ended["all", "killed"]
    score = 100 * killed / max(1, alive + killed)
    lines = [
        "# Mutation score of the SQL",
        "",
        "Written by `scripts/mutate_models.py`; how and why: `models/decisions.md`.",
        "",
        f"{tried:,} of {known:,} mutants tried on {shops} shops: {killed:,} killed,"
        f" {alive:,} survived, {ended['all', 'does not run']:,} do not run. Score {score:.1f} %.",
        "",
        "| model or kind | killed | survived | do not run |",
        "|---|---|---|---|",
    ]
    for name in sorted({name for name, _ in ended}):
        counts = " | ".join(str(ended[name, end]) for end in ("killed", "survived", "does not run"))
        lines.append(f"| {name} | {counts} |")
    lines += ["", "## Survivors", "", "| model | kind | was | became |", "|---|---|---|---|"]
    for name, wrong in sorted(survivors, key=lambda one: (one[0], one[1].kind, one[1].before)):
        before, after = _cell(wrong.before), _cell(wrong.after)
        lines.append(f"| {name} | {wrong.kind} | {before} | {after} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    short = " ".join(text.split()).replace("|", "\\|")
    return f"`{short[:110]}{'…' if len(short) > 110 else ''}`"


if __name__ == "__main__":
    run_command(main)
