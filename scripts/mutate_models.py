"""How many small wrongs in the models' SQL would the in-memory tests notice?"""

import csv
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from lib.errors import run_command
from lib.mutants import Mutant, Place, mutant, places, slip
from lib.warehouse import ROOT

TESTS = ROOT / "tests" / "python"
REPORT = ROOT / "tests" / "mutation_report.md"
ARGUED = ROOT / "tests" / "argued_mutants.csv"
ENDS = {"survived": "survived", "argued": "argued", "SQL": "does not run"}
# the macro or model, the mutant, why it is none, and how it ended
Survivor = tuple[str, Mutant, str, str]
EXAMPLES = """
\b
Examples:
  python scripts/mutate_models.py --sample 200 --minutes 5
  python scripts/mutate_models.py --model int_rfm_grouped --out -
"""


@click.command(epilog=EXAMPLES)
@click.option("--sample", type=click.IntRange(min=1), help="Try only so many mutants, by chance.")
@click.option("--minutes", type=float, default=60, show_default=True, help="Stop after so long.")
@click.option("--shops", type=click.IntRange(min=1), default=24, show_default=True)
@click.option(
    "--warehouse-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=ROOT / "warehouse",
    help="A small shop that was published: the data tests are run on its rows.",
)
@click.option("--model", "only", multiple=True, help="Only the mutants of this model.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which sample.")
@click.option(
    "--results",
    type=click.Path(dir_okay=False, path_type=Path),
    default=ROOT / "target" / "mutants.jsonl",
    help="What is known of each mutant: tests only grow, so the killed are not tried again.",
)
@click.option("--out", type=click.Path(path_type=Path), default=REPORT, help="Where to report.")
def main(
    sample: int | None,
    minutes: float,
    shops: int,
    warehouse_dir: Path,
    only: tuple[str, ...],
    seed: int,
    results: Path,
    out: Path,
) -> None:
    """Change the compiled SQL in small ways and see which changes the tests would notice.

    A mutant is killed when a unit test fails; or, up to the answers, when for some shop what
    the tests hold against the Python reference changes; or, behind them, when a data test
    fails once the model and what reads it are made anew in a published shop.
    """
    began = time.monotonic()
    sys.path.insert(0, str(TESTS))
    from shop.bank import Bank

    bank = Bank(shops, warehouse_dir, only)
    click.echo(f"{len(bank.models)} models", err=True)
    found = _slips(bank.models, only)
    chosen = list(found)
    texts = {one: "".join(bank.models[name].sql for name in found[one]) for one in found}
    keys = {one: "|".join((*one, sha256(texts[one].encode()).hexdigest()[:8])) for one in found}
    if sample and sample < len(found):
        chosen = random.Random(seed).sample(chosen, sample)
    known = _known(results)
    for is_deep in (False, True):  # unit tests take milliseconds, so all are tried on them first
        ends = ("survived", "no unit test") if is_deep else ("survived",)
        open_ones = [one for one in chosen if known.get(keys[one], "survived") in ends]
        for name in sorted({name for one in open_ones for name in found[one] if is_deep}):
            bank.check(name)
        # whom all have let pass before comes last
        open_ones.sort(key=lambda one: known.get(keys[one]) == "survived")
        with (
            results.open("a", encoding="utf-8") as file,
            click.progressbar(open_ones, label="mutants", file=sys.stderr) as bar,
        ):
            for one in bar:
                if time.monotonic() - began > 60 * minutes:
                    break
                noticed = (bank.notices(*there, shops=is_deep) for there in found[one].items())
                nothing = "survived" if is_deep else "no unit test"
                known[keys[one]] = next((by for by in noticed if by), nothing)
                file.write(json.dumps([keys[one], known[keys[one]]]) + "\n")
                file.flush()
    ended: Counter[tuple[str, str]] = Counter()
    survivors: list[Survivor] = []
    arguments = list(csv.DictReader(ARGUED.open(encoding="utf-8")))
    for one, instances in found.items():
        if (end := known.get(keys[one])) is None:
            continue
        if is_open := end == "no unit test":  # nothing else was asked yet: alive until it is
            end = "survived"
        name, wrong = next(iter(instances.items()))
        made = mutant(bank.models[name].sql, *wrong)
        why = _why(one[0], made, arguments)
        if (end == "survived" and (why or not is_open)) or (end == "shop" and why):
            survivors.append((one[0], made, why, end))
        if end == "survived" and why:
            end = "argued"
        for what in (one[0], wrong[0].kind, "all"):
            ended[what, ENDS.get(end, "killed")] += 1
        ended[end, "by"] += 1
    tried = sum(ended["all", end] for end in ("killed", *ENDS.values()))
    counted = sum(len(wrong) for instances in found.values() for wrong in instances.values())
    text = report(ended, survivors, tried, len(found), counted)
    if str(out) == "-":
        click.echo(text)
    else:
        out.write_text(text, encoding="utf-8")
    click.echo(text.splitlines()[4], err=True)


def _why(model: str, wrong: Mutant, arguments: Sequence[Mapping[str, str]]) -> str:
    """Why a mutant says the same as the model, as somebody argued; empty where nobody did."""
    text = " ".join(wrong.before.split())
    said = (
        one["why"]
        for one in arguments
        if (one["model"], one["kind"]) == (model, wrong.kind) and one["was"] in text
    )
    return next(said, "")


def _known(results: Path) -> dict[str, str]:
    """How each mutant tried earlier ended, by its key."""
    results.parent.mkdir(parents=True, exist_ok=True)
    results.touch()
    return dict(json.loads(line) for line in results.read_text(encoding="utf-8").splitlines())


def _slips(
    models: Mapping[str, Any], only: Sequence[str]
) -> dict[tuple[str, ...], dict[str, list[Place]]]:
    """Every slip with its places in each model: several, where a macro is its author."""
    found: dict[tuple[str, ...], dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
    for name, model in models.items():
        if not only or name in only:
            for place in places(model.sql):
                found[slip(name, model.sql, place)][name].append(place)
    return found


def report(
    ended: Counter[tuple[str, str]],
    survivors: Sequence[Survivor],
    tried: int,
    known: int,
    counted: int,
) -> str:
    """The report, in Markdown."""
    alive, killed = ended["all", "survived"], ended["all", "killed"]
    score = 100 * killed / max(1, alive + killed)
    lines = [
        "# Mutation score of the SQL",
        "",
        "Written by `scripts/mutate_models.py`; how and why: `models/decisions.md`.",
        "",
        f"{tried:,} of {known:,} mutants ({counted:,} places) tried: {killed:,} killed,"
        f" {alive:,} survived, {ended['all', 'argued']:,} argued to say the same,"
        f" {ended['all', 'does not run']:,} do not run. Score {score:.1f} %.",
        "",
        f"Noticed by a unit test {ended['unit test', 'by']:,}, by a shop held against the reference"
        f" {ended['shop', 'by']:,}, by the arithmetic of churn {ended['arithmetic', 'by']:,}, by a"
        f" data test {ended['data test', 'by']:,}. A macro's text is wrong in all its places"
        " at once, so its places are one mutant. Of the survivors"
        f" {ended['open', 'by']:,} were asked of unit tests only, and are not named.",
        "",
        "| model or kind | killed | survived | argued | do not run |",
        "|---|---|---|---|---|",
    ]
    ends = ("killed", *ENDS.values())
    for name in sorted({name for name, end in ended if end != "by"}):
        lines.append(f"| {name} | {' | '.join(str(ended[name, end]) for end in ends)} |")
    titles = {
        "Survivors": [one for one in survivors if not one[2]],
        "Argued to say the same": [one for one in survivors if one[2] and one[3] == "survived"],
        "Argued, and yet noticed: the argument is wrong": [
            one for one in survivors if one[2] and one[3] != "survived"
        ],
    }
    for title, ones in titles.items():
        if ones:
            lines += ["", f"## {title}", "", "| model | kind | was | became | why |"]
            lines += ["|---|---|---|---|---|"]
        for name, wrong, why, _ in sorted(
            ones, key=lambda one: (one[0], one[1].kind, one[1].before)
        ):
            lines.append(
                f"| {name} | {wrong.kind} | {_cell(wrong.before)} | {_cell(wrong.after)} | {why} |"
            )
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    short = " ".join(text.split()).replace("|", "\\|")
    return f"`{short[:110]}{'…' if len(short) > 110 else ''}`"


if __name__ == "__main__":
    run_command(main)
