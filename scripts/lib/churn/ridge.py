"""A correction of the churn model: what other signals say beyond MBG/NBD, as log-odds to add.

A logistic regression with the model's own log-odds of an order as offset, so that coefficients of
zero are the model itself; the ridge keeps them small. A scalar keeps the mean probability at the
model's: the correction moves customers against each other, never the level, which would follow
the season of the months it was learned in. Hoerl & Kennard (1970), Technometrics 12(1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit

from lib.churn.optimise import FloatArray
from lib.churn.snapshots import Snapshot

# The same in macros/scoring/churn_correction.sql, by the same names.
FEATURES = (
    "orders", "recency", "age", "overdue", "orders_90d", "orders_180d", "orders_365d", "mean_value",
    "single", "orders_recency", "active_share",
)  # fmt: skip
LEARNED_HORIZON = 90
PENALTY = 100.0
CLIPPED_AT = 5.0
SURE = 1e-9
MOST_STEPS = 50


class Parameters(Protocol):
    """What of a fit is needed here."""

    @property
    def r(self) -> float: ...
    @property
    def alpha(self) -> float: ...
    @property
    def a(self) -> float: ...
    @property
    def b(self) -> float: ...


@dataclass(frozen=True)
class Correction:
    """Mean, scale and coefficient of each feature; `level` is added to everyone's log-odds."""

    means: FloatArray
    scales: FloatArray
    coefficients: FloatArray
    level: float

    def shift(self, features: FloatArray) -> FloatArray:
        """What to add to the log-odds of an order; features of shape (customers, FEATURES)."""
        return self.level + self.standardised(features) @ self.coefficients

    def standardised(self, features: FloatArray) -> FloatArray:
        return np.clip((features - self.means) / self.scales, -CLIPPED_AT, CLIPPED_AT)


def log_odds_of_order(fit: Parameters, at: Snapshot, horizon: int) -> FloatArray:
    """Of an order within the horizon in days, under MBG/NBD."""
    rate_shape = fit.r + at.x
    log_odds_gone = np.log(fit.a / (fit.b + at.x)) + rate_shape * (
        np.log(fit.alpha + at.T) - np.log(fit.alpha + at.t_x)
    )
    p_if_alive = -np.expm1(-rate_shape * np.log1p(horizon / (fit.alpha + at.T)))
    p_order = expit(-log_odds_gone) * p_if_alive
    return np.asarray(logit(np.clip(p_order, SURE, 1 - SURE)))


def features_of(fit: Parameters, at: Snapshot) -> FloatArray:
    """The signals, shape (customers, FEATURES)."""
    orders, recency = np.log1p(at.x), np.log1p(at.T - at.t_x)
    return np.column_stack(
        [
            orders,
            recency,
            np.log1p(at.T),
            # over the gap the model expects of this customer
            recency - np.log((fit.alpha + at.t_x) / (fit.r + at.x)),
            *(np.log1p(at.orders[days]) for days in (90, 180, 365)),
            np.log1p(at.mean_value),
            at.x == 0,
            orders * recency,
            at.t_x / np.maximum(at.T, 1),
        ]
    )


def fit_ridge(
    features: FloatArray, offset: FloatArray, ordered: FloatArray, penalty: float = PENALTY
) -> FloatArray:
    """Intercept and coefficients of largest penalised likelihood, by Newton's steps; the intercept
    is free. Shapes (n, k), (n,), (n,) → (k + 1,). The log-likelihood is concave: one optimum."""
    design = np.column_stack([np.ones(len(offset)), features])
    weights = np.full(design.shape[1], penalty)
    weights[0] = 1e-6  # only where all or none ordered is there no optimum without it
    found = np.zeros(design.shape[1])
    for _ in range(MOST_STEPS):
        probability = expit(offset + design @ found)
        gradient = design.T @ (ordered - probability) - weights * found
        curvature = (design.T * (probability * (1 - probability))) @ design + np.diag(weights)
        step = np.linalg.solve(curvature, gradient)
        found = found + np.clip(step, -2, 2)
        if np.max(np.abs(step)) < 1e-10:
            break
    return found


def learn(fit: Parameters, past: Sequence[Snapshot], now: Snapshot) -> Correction:
    """The correction learned from past dates whose outcome is known, its level set on `now`."""
    features = np.concatenate([features_of(fit, at) for at in past])
    offset = np.concatenate([log_odds_of_order(fit, at, LEARNED_HORIZON) for at in past])
    ordered = np.concatenate([at.ordered[LEARNED_HORIZON] for at in past]).astype(np.float64)
    spread = features.std(axis=0)
    unset = Correction(
        means=features.mean(axis=0),
        scales=np.where(spread > 1e-9, spread, 1.0),
        coefficients=np.zeros(len(FEATURES)),
        level=0.0,
    )
    coefficients = fit_ridge(unset.standardised(features), offset, ordered)[1:]
    level = _level(
        log_odds_of_order(fit, now, LEARNED_HORIZON),
        unset.standardised(features_of(fit, now)) @ coefficients,
    )
    return Correction(unset.means, unset.scales, coefficients, level)


def _level(log_odds: FloatArray, shift: FloatArray) -> float:
    """What keeps the mean probability where it was."""
    wanted = float(np.mean(expit(log_odds)))
    reach = float(np.max(np.abs(shift))) + 1

    def off(level: float) -> float:
        return float(np.mean(expit(log_odds + shift + level))) - wanted

    return float(brentq(off, -reach, reach, xtol=1e-12))
