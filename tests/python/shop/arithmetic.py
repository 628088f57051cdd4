"""What test_churn_scoring says of the churn models when one of them is another."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import duckdb

import churn_sql
import test_churn_scoring as scoring
from shop.project import Model

Told = Callable[[duckdb.DuckDBPyConnection], None]
IN_FORCE: tuple[Told, ...] = (
    scoring.test_the_last_quarter_end_on_or_before_a_date_holds,
    scoring.test_a_fit_that_did_not_converge_never_holds,
    scoring.test_a_provisional_fit_holds_until_there_is_a_quarter_end,
    scoring.test_the_prior_holds_only_where_nothing_was_ever_fitted,
    scoring.test_without_any_fit_the_parameters_are_unknown,
)
SCORED: tuple[Told, ...] = (
    scoring.test_the_models_score_each_history_once_and_as_the_formula_does,
)
EXACT = cache(scoring.exact_orders_if_alive)  # fifty digits are slow, and always the same
TESTS = {
    "int_churn_parameters_in_force": IN_FORCE,
    "int_churn_nodes_weighted": SCORED,
    "int_churn_profiles_scored": SCORED,
}


def notices(models: Mapping[str, Model], name: str, sql: str) -> bool:
    """Whether one of the tests fails when the model's SQL is another; duckdb.Error if the SQL
    does not run."""
    told = {one: sql if one == name else models[one].sql for one in TESTS}
    with (
        patch.object(churn_sql, "model_sql", told.__getitem__),
        patch.object(scoring, "model_sql", told.__getitem__),
        patch.object(scoring, "exact_orders_if_alive", EXACT),
    ):
        return any(_fails(test) for test in TESTS[name])


def _fails(test: Told) -> bool:
    with TemporaryDirectory() as folder:
        connection = scoring.empty_warehouse(Path(folder) / "state.duckdb")
        try:
            test(connection)
        except AssertionError:
            return True
        finally:
            connection.close()
    return False
