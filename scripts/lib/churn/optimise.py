"""Where a smooth function of a few positive parameters is highest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

FloatArray = NDArray[np.float64]
Objective = Callable[[FloatArray], tuple[float, FloatArray]]

LOWEST, HIGHEST = 1e-3, 1e4
# From twice as many groups on, a search begins on so many of them, evenly drawn.
SKETCHED_GROUPS = 10_000


@dataclass(frozen=True)
class Optimum:
    """The best parameters found, and whether the search ended there by itself."""

    parameters: FloatArray
    has_converged: bool


def sketched(groups: int) -> slice | None:
    """Which of so many sorted groups tell where to begin; None where all of them cost little."""
    return slice(None, None, groups // SKETCHED_GROUPS) if groups >= 2 * SKETCHED_GROUPS else None


def maximise(
    objective: Objective,
    starts: Sequence[Sequence[float] | FloatArray],
    sketch: Objective | None = None,
) -> Optimum:
    """Maximise over the box [1e-3, 1e4] of every parameter, searching on their logarithms.

    `objective` takes the parameters, shape (k,), and returns its value and its gradient, shape
    (k,); both should be of order 1, so that the tolerances mean the same for every data set.
    L-BFGS-B from each start; the Nelder-Mead simplex, which needs no gradient, if none converges.
    `sketch`, the objective of a part of the data: the search goes from each start to its highest
    point first, and on from there alone, which spares most of the steps on all of the data.
    """
    if sketch:
        begun = maximise(sketch, starts)
        starts = [begun.parameters] if begun.has_converged else starts

    def loss(logarithms: FloatArray) -> tuple[float, FloatArray]:
        parameters = np.exp(logarithms)
        value, gradient = objective(parameters)
        return -value, -gradient * parameters

    box = [(np.log(LOWEST), np.log(HIGHEST))] * len(starts[0])
    searches = [
        minimize(
            loss,
            np.log(np.asarray(start, dtype=np.float64)),
            jac=True,
            method="L-BFGS-B",
            bounds=box,
            options={"ftol": 1e-12, "gtol": 1e-8, "maxiter": 1000},
        )
        for start in starts
    ]
    best = min(searches, key=lambda search: (not search.success, search.fun))
    if not best.success:
        best = minimize(
            lambda logarithms: loss(logarithms)[0],
            best.x,
            method="Nelder-Mead",
            bounds=box,
            options={"xatol": 1e-6, "fatol": 1e-10, "maxiter": 4000, "maxfev": 4000},
        )
    return Optimum(np.exp(best.x), bool(best.success))
