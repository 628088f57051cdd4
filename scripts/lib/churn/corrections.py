"""Learn, judge and keep the corrections: parameters.churn_corrections and their coefficients."""

from collections.abc import Sequence
from datetime import date

import click
import duckdb

from lib.churn.fits import Fit, read_fits
from lib.churn.gate import LEAST_CUSTOMERS, Decision, Trial, corrections, decide, try_out
from lib.churn.observed import ObservationDate
from lib.churn.ridge import FEATURES
from lib.churn.snapshots import read_snapshots

DECISIONS, COEFFICIENTS = "parameters.churn_corrections", "parameters.churn_correction_coefficients"
DECIDED = (
    "fitted_through", "decision", "is_used", "n_origins", "model_brier_score",
    "corrected_brier_score", "improvement", "improvement_se",
)  # fmt: skip


def correct_fits(
    connection: duckdb.DuckDBPyConnection, observed: Sequence[ObservationDate]
) -> list[Decision]:
    """Decide for every quarter-end's fit whether it is corrected, and keep the decisions.

    A clock that shows only today has no past to learn from: what was decided before stands.

    Each is made from what was known on its day: a past date's decision never changes because of
    what came after it. Decisions on later days than those observed are left alone.
    """
    if len(observed) < 2:
        return []
    newest = observed[-1].observed_on
    fits = {
        day: fit
        for day, fit in read_fits(connection).items()
        if day <= newest and fit.has_converged and not fit.is_provisional
    }
    if max(at.n_buyers for at in observed) >= LEAST_CUSTOMERS:
        click.echo("Judging a correction of the churn model by past outcomes …")
        decisions = judge_fits(connection, fits, observed)
    else:
        decisions = [decide(day, None, []) for day in sorted(fits)]
    store_decisions(connection, decisions, newest)
    return decisions


def judge_fits(
    connection: duckdb.DuckDBPyConnection,
    fits: dict[date, Fit],
    observed: Sequence[ObservationDate],
) -> list[Decision]:
    """A decision per fit, oldest first."""
    snapshots = read_snapshots(connection, observed)
    learned = dict(corrections(fits, snapshots))
    trials: list[Trial] = [
        try_out(fits[day], correction, snapshots[day]) for day, correction in learned.items()
    ]
    return [decide(day, learned.get(day), trials) for day in sorted(fits)]


def store_decisions(
    connection: duckdb.DuckDBPyConnection, decisions: Sequence[Decision], newest: date
) -> None:
    """Replace all that was decided for days up to the newest, or nothing."""
    connection.begin()
    try:
        for table in (DECISIONS, COEFFICIENTS):
            connection.execute(f"delete from {table} where fitted_through <= ?", [newest])
        for decision in decisions:
            connection.execute(
                f"insert into {DECISIONS} by name select {', '.join(f'? as {n}' for n in DECIDED)},"
                " ? as level",
                [
                    *(getattr(decision, name) for name in DECIDED),
                    decision.correction.level if decision.correction else None,
                ],
            )
            if decision.correction:
                connection.executemany(
                    f"insert into {COEFFICIENTS}"
                    " (fitted_through, feature, mean, scale, coefficient) values (?, ?, ?, ?, ?)",
                    [
                        [decision.fitted_through, feature, *map(float, numbers)]
                        for feature, *numbers in zip(
                            FEATURES,
                            decision.correction.means,
                            decision.correction.scales,
                            decision.correction.coefficients,
                            strict=True,
                        )
                    ],
                )
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def in_words(decision: Decision) -> str:
    """The newest decision as a line for the screen."""
    if decision.model_brier_score is None:
        return "Correction: off; too few past dates to judge it by."
    verdict = "on" if decision.is_used else "off"
    return (
        f"Correction: {verdict} ({decision.decision}); Brier score"
        f" {decision.model_brier_score:.5f} without, {decision.corrected_brier_score:.5f} with,"
        f" gain {decision.improvement:+.5f}, standard error {decision.improvement_se:.5f},"
        f" {decision.n_origins} origins."
    )
