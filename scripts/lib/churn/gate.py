"""Whether the correction is used: only where it has beaten the model on dates it had not seen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from lib.churn.fits import Fit
from lib.churn.optimise import FloatArray
from lib.churn.ridge import LEARNED_HORIZON, Correction, features_of, learn, log_odds_of_order
from lib.churn.snapshots import HORIZONS, PARTS, Snapshot

LEAST_CUSTOMERS, LEAST_PAST, MOST_PAST = 1_000, 3, 12
LEAST_ORIGINS, MOST_ORIGINS = 4, 8
REPLICATES = 200
WINS, NO_GAIN, LONGER, TOO_FEW = "wins", "no_gain", "worse_further_ahead", "too_few_origins"


@dataclass(frozen=True)
class Trial:
    """At one origin: by horizon, the squared errors of the model and of the corrected model."""

    origin_on: date
    part: NDArray[np.int64]
    errors: Mapping[int, tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether the correction of one fit is used, and why; Brier scores are means over origins."""

    fitted_through: date
    decision: str
    n_origins: int
    model_brier_score: float | None = None
    corrected_brier_score: float | None = None
    improvement: float | None = None
    improvement_se: float | None = None
    correction: Correction | None = None

    @property
    def is_used(self) -> bool:
        return self.decision == WINS and self.correction is not None


def corrections(
    fits: Mapping[date, Fit], snapshots: Mapping[date, Snapshot]
) -> Iterator[tuple[date, Correction]]:
    """What each fit would be corrected by, from the months whose outcome was known then."""
    for through, fit in sorted(fits.items()):
        now = snapshots.get(through)
        if now is None or len(now.x) < LEAST_CUSTOMERS:
            continue
        known_by = through - timedelta(days=LEARNED_HORIZON)
        past = [snapshots[day] for day in sorted(snapshots) if day <= known_by][-MOST_PAST:]
        outcomes = [np.mean(at.ordered[LEARNED_HORIZON]) for at in past]
        if len(past) >= LEAST_PAST and min(outcomes) > 0 and max(outcomes) < 1:
            yield through, learn(fit, past, now)


def try_out(fit: Fit, correction: Correction, at: Snapshot) -> Trial:
    """How both do on the outcomes after the date the correction was learned through."""
    shift = correction.shift(features_of(fit, at))
    errors = {}
    for horizon, ordered in at.ordered.items():
        log_odds = log_odds_of_order(fit, at, horizon)
        errors[horizon] = (
            (expit(log_odds) - ordered) ** 2,
            (expit(log_odds + shift) - ordered) ** 2,
        )
    return Trial(at.observed_on, at.part, errors)


def decide(through: date, correction: Correction | None, trials: Sequence[Trial]) -> Decision:
    """Use the correction if it beat the model by more than a standard error 90 days ahead and
    lost by more than one at no longer horizon, at origins whose outcome was known `through`."""
    judged = {horizon: known(trials, horizon, through) for horizon in HORIZONS}
    near = judged[LEARNED_HORIZON]
    if correction is None or len(near) < LEAST_ORIGINS:
        return Decision(fitted_through=through, decision=TOO_FEW, n_origins=len(near))
    gains = {
        horizon: _gain(of_horizon, horizon) for horizon, of_horizon in judged.items() if of_horizon
    }
    model, corrected, error = gains[LEARNED_HORIZON]
    if model - corrected <= error:
        decision = NO_GAIN
    elif any(corrected - model > error for model, corrected, error in gains.values()):
        decision = LONGER
    else:
        decision = WINS
    return Decision(
        fitted_through=through,
        decision=decision,
        n_origins=len(near),
        model_brier_score=model,
        corrected_brier_score=corrected,
        improvement=model - corrected,
        improvement_se=error,
        correction=correction,
    )


def known(trials: Sequence[Trial], horizon: int, through: date) -> list[Trial]:
    """The newest trials whose outcome was known by then."""
    by_then = [
        trial
        for trial in trials
        if horizon in trial.errors and trial.origin_on + timedelta(days=horizon) <= through
    ]
    return sorted(by_then, key=lambda trial: trial.origin_on)[-MOST_ORIGINS:]


def _gain(trials: Sequence[Trial], horizon: int) -> tuple[float, float, float]:
    """Brier scores of model and corrected model, means over origins, and the bootstrap standard
    error of their difference (Efron 1979): origins are drawn again, and customers with all they
    did, for one customer's errors at several origins are no news to each other. Customers are
    drawn in parts, so that nobody's weight depends on who else is there."""
    random = np.random.default_rng(1)
    pairs = [trial.errors[horizon] for trial in trials]
    customers = [np.bincount(trial.part, minlength=PARTS) for trial in trials]
    by_part = [
        np.bincount(trial.part, weights=base - other, minlength=PARTS)
        for trial, (base, other) in zip(trials, pairs, strict=True)
    ]
    gains = np.empty(REPLICATES)
    for replicate in range(REPLICATES):
        weight = random.poisson(1.0, PARTS).astype(np.float64)
        drawn = random.integers(0, len(trials), len(trials))
        gains[replicate] = np.mean(
            [
                np.sum(weight * by_part[origin]) / max(np.sum(weight * customers[origin]), 1.0)
                for origin in drawn
            ]
        )
    model = float(np.mean([np.mean(base) for base, _ in pairs]))
    corrected = float(np.mean([np.mean(other) for _, other in pairs]))
    return model, corrected, float(np.std(gains, ddof=1))
