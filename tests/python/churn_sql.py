"""The churn macros and models as plain SQL, rendered with jinja2 alone: no dbt, no project."""

from functools import cache
from typing import Any

import duckdb
import jinja2

from lib.warehouse import ROOT

VARS = {"annual_discount_rate": 0.10}


@cache
def _macros() -> str:
    scoring = ROOT / "macros" / "scoring"
    files = [scoring / "mid_rank_percentile.sql", *sorted(scoring.glob("churn_*.sql"))]
    return "".join(path.read_text(encoding="utf-8") for path in files)


@cache
def render(sql: str) -> str:
    """SQL with its calls of churn macros, refs and sources written out."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.globals.update(
        ref=lambda model: f"intermediate.{model}",
        source=lambda schema, table: f"{schema}.{table}",
        var=VARS.__getitem__,
        kept_between_runs=lambda _: "",  # a build from nothing: every date is open
        is_open=lambda _: "true",
    )
    return environment.from_string(_macros() + sql).render()


def model_sql(name: str) -> str:
    """The SQL of a model of models/intermediate/."""
    path = ROOT / "models" / "intermediate" / f"{name}.sql"
    return render(path.read_text(encoding="utf-8"))


def build_models(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Build models as tables, in the order given."""
    for name in names:
        connection.execute(f"create or replace table intermediate.{name} as {model_sql(name)}")


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """What a query with macro calls gives, a dictionary per row."""
    cursor = connection.execute(render(sql))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


# Every score of a table `histories(x, t_x, age, …)` with the columns of a fit (alias `fit`).
P_ALIVE = "{{ churn_p_alive('fit', 'fit.x', 'fit.t_x', 'fit.age') }}"


def p_order(horizon: str) -> str:
    return f"{{{{ churn_p_order('fit', 'fit.p_alive', 'fit.x', 'fit.age', '{horizon}') }}}}"


# The nodes of each (a, b_alive) of a relation `dropouts`, as int_churn_nodes_weighted makes them.
NODES = """
    select a, b_alive, p_dropout,
        density / sum(density) over (partition by a, b_alive) / p_dropout as weight_per_p
    from (
        select a, b_alive, 1 / (1 + exp(-logit)) as p_dropout,
            {{ churn_quadrature_density('a', 'b_alive', 'logit', 'step_number', 'width') }}
                as density
        from (
            select a, b_alive, step_number, width,
                ln(a / b_alive) + step_number * width as logit
            from (
                select *, {{ churn_quadrature_width('a', 'b_alive') }} as width from dropouts
            )
            cross join {{ churn_quadrature_steps() }}
        )
    )
"""
