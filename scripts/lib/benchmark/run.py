"""Make the shop, run the variants and the peers in turn, check every answer, keep every figure."""

import json
import os
import platform
import shutil
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from lib.benchmark.agreement import check_lifetimes, check_table
from lib.benchmark.by_dbt import DbtJob, bring_newest_back, kept_dates, put_newest_aside, run_dbt
from lib.benchmark.compiled import Project, with_ancestors
from lib.benchmark.measured import Cost, Job, in_process, run_job
from lib.benchmark.peers import PARAMETERS
from lib.benchmark.shop import SIZES, Size, export_for_peers, make_shop
from lib.benchmark.variants import LAST_DAY, Variant
from lib.churn.fitting import fit_warehouse
from lib.warehouse import connect

FITTED_ON = Size("fitted", 3_000, 30_000)
BARE = """
    create or replace temp table bare as
    select
        customer_id,
        count(*) as orders,
        sum(gross_amount) as amount,
        min(ordered_at) as first_at,
        max(ordered_at) as last_at
    from raw.orders
    group by customer_id
"""
# Which model says what of the columns that the peers make.
SAID_BY = {
    "int_customers_observed": (
        "orders", "orders_365d", "purchase_days", "net_revenue", "net_revenue_365d",
        "first_ordered_on", "last_ordered_on",
    ),
    "int_lifecycle_staged": ("lifecycle_stage",),
    "int_activity_classified": ("activity_status",),
    "int_frequency_banded": ("purchase_frequency",),
    "int_value_tiered": ("revenue_percentile", "value_tier", "lifetime_value_tier"),
    "int_rfm_grouped": ("recency_score", "frequency_score", "monetary_score", "rfm_group"),
    "int_churn_risk_scored": ("churn_probability",),
}  # fmt: skip
TABLE = "copy (select * from {said}) to '{out}' (format parquet)"
SAID = " inner join ".join(
    f"(select customer_id, {', '.join(columns)} from intermediate.{model}) as {model}"
    + (" using (customer_id)" if number else "")
    for number, (model, columns) in enumerate(SAID_BY.items())
)

Say = Callable[[str], None]


@dataclass
class Figures:
    """What one variant or peer cost in every round: CPU over a bare scan, CPU, wall, peak."""

    name: str
    ratios: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    peak: list[int] = field(default_factory=list)
    by_model: dict[str, list[float]] = field(default_factory=dict)

    def add(self, costs: Sequence[Cost], unit: float) -> None:
        """One more round."""
        cpu = sum(cost.cpu for cost in costs)
        self.ratios.append(cpu / unit)
        self.cpu.append(cpu)
        self.wall.append(sum(cost.wall for cost in costs))
        self.peak.append(max(cost.peak for cost in costs))
        for cost in costs:
            self.by_model.setdefault(cost.name, []).append(cost.cpu / unit)

    def as_json(self) -> dict[str, Any]:
        return {
            "bare_scans": _spread(self.ratios),
            "cpu_seconds": _spread(self.cpu),
            "wall_seconds": _spread(self.wall),
            "peak_bytes": max(self.peak),
            "bare_scans_by_model": {
                name: round(statistics.median(ratios), 3)
                for name, ratios in sorted(
                    self.by_model.items(), key=lambda item: -statistics.median(item[1])
                )
                if statistics.median(ratios) >= 0.05
            },
        }


class Bench:
    """One shop of one size in a folder of its own, and what is measured on it."""

    def __init__(
        self, project: Project, size: Size, folder: Path, memory_limit: str | None, say: Say
    ) -> None:
        self.project, self.size, self.folder, self.say = project, size, folder, say
        self.memory_limit = memory_limit
        self.warehouse = folder / "state.duckdb"
        self.unit: list[float] = []
        self._models: dict[str, Any] = {}

    def prepare(self, fits: Path) -> None:
        """Make the shop; the churn parameters are those of a small shop made the same way."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.warehouse.unlink(missing_ok=True)
        self.say(f"{self.size.name}: making {self.size.orders:,} orders …")
        make_shop(self.warehouse, self.size)
        self.project.load_seeds(self.warehouse)
        connection = connect(self.warehouse)
        try:
            connection.execute(
                f"insert into parameters.churn_model_fits by name select * from '{fits}'"
            )
            fit = connection.execute(
                "select r, alpha, a, b from parameters.churn_model_fits where fitted_through = ?",
                [LAST_DAY],
            ).fetchall()[0]
        finally:
            connection.close()
        export_for_peers(self.warehouse, self.folder)
        (self.folder / PARAMETERS).write_text(
            json.dumps(dict(zip(("r", "alpha", "a", "b"), fit, strict=True))), encoding="utf-8"
        )

    def measure(self, variant: Variant, *, out: Path | None = None) -> tuple[list[Cost], float]:
        """One run of a variant in a fresh process: cost per model, and the bare scan's CPU.

        With `out` the table that the peers make is written too, and counted.
        """
        if not variant.models:
            return self._by_dbt(variant)
        key = json.dumps(variant.variables)
        if key not in self._models:
            self._models[key] = self.project.compile(variant.variables)
        models = self._models[key]
        schemas = tuple(sorted({model.schema for model in models.values()}))
        chosen = with_ancestors(models, variant.models)
        statements = [(model.name, model.statement) for model in chosen]
        if out:
            statements.append(("(the table as Parquet)", TABLE.format(said=SAID, out=out)))
        costs = run_job(
            Job(
                warehouse=str(self.warehouse),
                statements=[("warm", BARE), ("bare", BARE), *statements, ("bare again", BARE)],
                drop_schemas=schemas,
                create_schemas=schemas,
                memory_limit=self.memory_limit,
            ),
            self.folder,
        )
        bare = {"warm", "bare", "bare again"}
        unit = statistics.mean(cost.cpu for cost in costs if cost.name in bare - {"warm"})
        self.unit.append(unit)
        return [cost for cost in costs if cost.name not in bare], unit

    def _by_dbt(self, variant: Variant) -> tuple[list[Cost], float]:
        """The whole project from nothing, or once more after the newest orders have come."""
        folder = self.folder / "by_dbt"
        warehouse = folder / self.warehouse.name
        if variant.share_of:
            bring_newest_back(warehouse)
        else:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            shutil.copy(self.warehouse, warehouse)
            self._forget_models(warehouse)
            put_newest_aside(warehouse)
        costs = run_dbt(DbtJob(str(warehouse), memory_limit=self.memory_limit), folder)
        if variant.share_of and kept_dates(warehouse) == 0:
            raise RuntimeError("the day's run kept nothing of the run before")
        scans = run_job(
            Job(str(warehouse), [("warm", BARE), ("bare", BARE), ("bare again", BARE)]), folder
        )
        unit = statistics.mean(cost.cpu for cost in scans[1:3])
        self.unit.append(unit)
        return costs, unit

    def _forget_models(self, warehouse: Path) -> None:
        schemas = {model.schema for models in self._models.values() for model in models.values()}
        connection = connect(warehouse)
        try:
            for schema in schemas:
                connection.execute(f"drop schema if exists {schema} cascade")
        finally:
            connection.close()

    def peer(self, name: str, out: Path) -> list[Cost]:
        """One run of a peer in a fresh process."""
        return in_process("lib.benchmark.peers", name, str(self.folder), str(out))


def run(
    sizes: Sequence[Size],
    variants: Sequence[Variant],
    peers: Sequence[str],
    *,
    repeats: int,
    folder: Path,
    memory_limit: str | None,
    say: Say,
) -> dict[str, Any]:
    """Everything that was measured, as it is written to JSON. Raises UserError where two tools
    give different answers: a fast wrong answer is no answer."""
    project = Project()
    fits = folder / "fits.parquet"
    _fit_small_shop(project, folder / "fitted", fits, say)
    results = []
    for size in sizes:
        bench = Bench(project, size, folder / size.name, memory_limit, say)
        bench.prepare(fits)
        results.append(_measure_size(bench, variants, peers, repeats))
        shutil.rmtree(bench.folder)
    return {
        "machine": machine(),
        "unit": "CPU of one bare scan: count, sum, min and max of the orders per customer",
        "repeats": repeats,
        "memory_limit": memory_limit,
        "sizes": results,
    }


def _measure_size(
    bench: Bench, variants: Sequence[Variant], peers: Sequence[str], repeats: int
) -> dict[str, Any]:
    today = variants[0]
    ours, theirs = bench.folder / "ours.parquet", bench.folder / "theirs.parquet"
    figures = {variant.name: Figures(variant.name) for variant in variants}
    table = Figures("this project")
    others = {name: Figures(name) for name in peers}
    first = 1 if repeats == 1 and not peers else 0  # a single look needs no warm-up
    for number in range(first, repeats + 1):
        word = "warm-up and check" if number == 0 else f"round {number} of {repeats}"
        bench.say(f"{bench.size.name}: {word}")
        for variant in variants:
            costs, unit = bench.measure(variant)
            if number:
                figures[variant.name].add(costs, unit)
        if not peers:
            continue
        costs, unit = bench.measure(today, out=ours)
        if number:
            table.add(costs, unit)
        for name, figure in others.items():
            costs = bench.peer(name, theirs)
            if number:
                figure.add(costs, unit)
            else:
                check = check_lifetimes if name == "lifetimes" else check_table
                bench.say(f"  {name}: {check(ours, theirs):,} customers, the same answers")
    for variant in variants:
        if variant.less:
            figures[variant.name].ratios = [
                with_it - without
                for with_it, without in zip(
                    figures[variant.name].ratios, figures[variant.less].ratios, strict=True
                )
            ]
    shares = {
        variant.name: [
            part / whole
            for part, whole in zip(
                figures[variant.name].cpu, figures[variant.share_of].cpu, strict=True
            )
        ]
        for variant in variants
        if variant.share_of
    }
    return {
        "size": bench.size.name,
        "customers": bench.size.customers,
        "orders": bench.size.orders,
        "bare_scan_cpu_seconds": _spread(bench.unit),
        "variants": [
            {
                "name": variant.name,
                "meaning": variant.meaning,
                "goal": variant.goal,
                "share_of": variant.share_of,
                "share": _spread(shares[variant.name]) if variant.share_of else None,
                **figures[variant.name].as_json(),
            }
            for variant in variants
        ],
        "same_table": {
            figure.name: figure.as_json() for figure in (table, *others.values()) if figure.ratios
        },
    }


def _fit_small_shop(project: Project, folder: Path, fits: Path, say: Say) -> None:
    say(f"fitting the churn model on a shop of {FITTED_ON.customers:,} customers …")
    folder.mkdir(parents=True, exist_ok=True)
    warehouse = folder / "state.duckdb"
    warehouse.unlink(missing_ok=True)
    make_shop(warehouse, FITTED_ON)
    project.load_seeds(warehouse)
    models = project.compile({"as_of_date": LAST_DAY})
    chosen = with_ancestors(models, ["int_customers_observed"])
    schemas = tuple(sorted({model.schema for model in chosen}))
    statements = [(model.name, model.statement) for model in chosen]
    run_job(Job(str(warehouse), statements, create_schemas=schemas), folder)
    fit_warehouse(warehouse)
    connection = connect(warehouse)
    try:
        connection.execute(f"copy parameters.churn_model_fits to '{fits}' (format parquet)")
    finally:
        connection.close()


def machine() -> dict[str, Any]:
    """What the figures were measured on; no names."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "load_at_start": round(os.getloadavg()[0], 1),
        "versions": {"python": platform.python_version(), **_versions()},
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in ("duckdb", "dbt-core", "dbt-duckdb", "pandas", "polars", "lifetimes", "numpy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(values), 3),
        "least": round(min(values), 3),
        "most": round(max(values), 3),
    }


def sizes_named(names: Sequence[str]) -> list[Size]:
    """S, M, L … as sizes, the smallest first."""
    return sorted((SIZES[name] for name in names), key=lambda size: size.orders)
