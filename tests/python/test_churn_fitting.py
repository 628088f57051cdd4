"""Fitting: from the customers observed to rows of parameters.churn_model_fits."""

import dataclasses
import math
import subprocess
import sys
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from fit_churn_model import fit_churn_model
from lib.churn import gamma_gamma, mbg_nbd, observed
from lib.churn.credibility import LEAST, MOST, credibility_k
from lib.churn.fits import COLUMNS, Fit, read_fits, store_fits
from lib.churn.fitting import fit_value, fit_warehouse
from lib.churn.gamma_gamma import Spendings, fit_gamma_gamma
from lib.churn.mbg_nbd import TYPICAL, Histories, fit_mbg_nbd
from lib.churn.optimise import FloatArray, Objective, maximise
from lib.errors import BUSY, UserError
from lib.warehouse import ROOT, connect, contract, create_contract_tables

Customer = tuple[int, int, int, float]  # purchase days, t_x, T in days, net revenue


# Data drawn from the models themselves ------------------------------------------------------------


def drawn_histories(parameters: tuple[float, float, float, float], customers: int) -> Histories:
    """Customers of an MBG/NBD world, first seen over three years; time is continuous."""
    random = np.random.default_rng(20260731)
    r, alpha, a, b = parameters
    age = random.uniform(30, 1095, customers)
    rate, dropout = random.gamma(r, 1 / alpha, customers), random.beta(a, b, customers)
    x, t_x = np.zeros(customers), np.zeros(customers)
    clock = np.zeros(customers)
    alive = np.flatnonzero(random.random(customers) >= dropout)
    while len(alive):
        clock[alive] += random.exponential(1, len(alive)) / np.maximum(rate[alive], 1e-9)
        alive = alive[clock[alive] <= age[alive]]
        x[alive] += 1
        t_x[alive] = clock[alive]
        alive = alive[random.random(len(alive)) >= dropout[alive]]
    return Histories(x, t_x, age, np.ones(customers))


def drawn_spendings(
    parameters: tuple[float, float, float], customers: int, *, days: FloatArray | None = None
) -> Spendings:
    """Customers of a Gamma-Gamma world."""
    random = np.random.default_rng(20260731)
    p, q, v = parameters
    n = 1 + random.geometric(0.4, customers).astype(np.float64) if days is None else days
    revenue = random.gamma(p * n) / random.gamma(q, 1 / v, customers)
    return Spendings(n, revenue, np.ones(customers))


def slopes(objective: Objective, at: FloatArray) -> FloatArray:
    """The gradient of the value by central differences, relative steps of 1e-5."""
    steps = np.diag(at * 1e-5)
    return np.array([(objective(at + s)[0] - objective(at - s)[0]) / (2 * s.sum()) for s in steps])


def standard_errors(objective: Objective, at: FloatArray) -> FloatArray:
    """Of the logarithms of the parameters, from the curvature of the log-likelihood."""
    steps = np.eye(len(at)) * 1e-4

    def by_logarithms(logarithms: FloatArray) -> FloatArray:
        parameters = np.exp(logarithms)
        return objective(parameters)[1] * parameters

    curvature = np.array(
        [
            (by_logarithms(np.log(at) + s) - by_logarithms(np.log(at) - s)) / (2 * s.sum())
            for s in steps
        ]
    )
    return np.asarray(np.sqrt(np.diag(np.linalg.inv(-(curvature + curvature.T) / 2))))


POINTS = [(0.525, 43.3, 0.891, 1.614), (0.05, 0.5, 0.01, 5.0), (8.0, 900.0, 20.0, 0.2)]


@pytest.mark.parametrize("point", POINTS)
def test_the_gradient_of_mbg_nbd_is_the_slope_of_its_likelihood(point: tuple[float, ...]) -> None:
    histories = drawn_histories((0.6, 40, 0.9, 2.0), 300)

    def objective(parameters: FloatArray) -> tuple[float, FloatArray]:
        return mbg_nbd.log_likelihood(parameters, histories)

    at = np.array(point)
    assert objective(at)[1] == pytest.approx(slopes(objective, at), rel=1e-5)


@pytest.mark.parametrize("point", [(6.25, 3.74, 15.44), (0.3, 1.1, 200.0), (40.0, 60.0, 2.0)])
def test_the_gradient_of_gamma_gamma_is_the_slope_of_its_likelihood(
    point: tuple[float, ...],
) -> None:
    spendings = drawn_spendings((6, 4, 15), 300)

    def objective(parameters: FloatArray) -> tuple[float, FloatArray]:
        return gamma_gamma.log_likelihood(parameters, spendings)

    at = np.array(point)
    assert objective(at)[1] == pytest.approx(slopes(objective, at), rel=1e-5)


@pytest.mark.parametrize("truth", [(0.6, 40.0, 0.9, 2.0), (1.5, 120.0, 0.4, 3.0)])
def test_mbg_nbd_finds_the_parameters_its_data_were_drawn_with(
    truth: tuple[float, float, float, float],
) -> None:
    histories = drawn_histories(truth, 20_000)
    fit = fit_mbg_nbd(histories)
    found = np.array([fit.r, fit.alpha, fit.a, fit.b])
    errors = standard_errors(lambda at: mbg_nbd.log_likelihood(at, histories), found)
    assert fit.has_converged
    assert np.all(np.abs(np.log(found / np.array(truth))) < 3 * errors)


def test_gamma_gamma_finds_the_parameters_its_data_were_drawn_with() -> None:
    truth = (6.25, 3.74, 15.44)
    spendings = drawn_spendings(truth, 20_000)
    fit = fit_gamma_gamma(spendings)
    found = np.array([fit.p, fit.q, fit.v])
    errors = standard_errors(lambda at: gamma_gamma.log_likelihood(at, spendings), found)
    assert fit.has_converged
    assert np.all(np.abs(np.log(found / np.array(truth))) < 3 * errors)


def test_beginning_on_a_part_of_the_customers_ends_where_all_of_them_lead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    histories = drawn_histories((0.6, 40.0, 0.9, 2.0), 20_000)
    spendings = drawn_spendings((6.25, 3.74, 15.44), 20_000)
    seen: list[int] = []
    likelihood = mbg_nbd.log_likelihood

    def counted(parameters: FloatArray, of: Histories) -> tuple[float, FloatArray]:
        seen.append(len(of.x))
        return likelihood(parameters, of)

    monkeypatch.setattr(mbg_nbd, "log_likelihood", counted)
    begun = fit_mbg_nbd(histories), fit_gamma_gamma(spendings)
    steps_on_all = seen.count(20_000)
    assert set(seen) == {10_000, 20_000}
    seen.clear()
    for model in (mbg_nbd, gamma_gamma):
        monkeypatch.setattr(model, "sketched", lambda groups: None)
    straight = fit_mbg_nbd(histories), fit_gamma_gamma(spendings)
    assert seen == [20_000] * len(seen) and steps_on_all < len(seen) / 2
    for one, other in zip(begun, straight, strict=True):
        assert dataclasses.astuple(one) == pytest.approx(dataclasses.astuple(other), rel=1e-4)


def test_grouping_customers_changes_nothing() -> None:
    one_each = Histories(*(np.array(v, float) for v in ([0, 2, 2], [0, 5, 5], [9, 9, 9], [1] * 3)))
    grouped = Histories(*(np.array(v, float) for v in ([0, 2], [0, 5], [9, 9], [1, 2])))
    at = np.array([0.5, 4.0, 0.8, 2.5])
    assert mbg_nbd.log_likelihood(at, one_each)[0] == pytest.approx(
        mbg_nbd.log_likelihood(at, grouped)[0], rel=1e-14
    )


def test_a_shop_without_dropout_stays_inside_the_box() -> None:
    """Everyone orders to the end: without the prior the drop-out runs to the edge."""
    random = np.random.default_rng(7)
    age = np.full(500, 365.0)
    x = random.poisson(random.gamma(2, 6, 500)).astype(np.float64)
    t_x = np.where(x > 0, age * random.random(500) ** (1 / np.maximum(x, 1)), 0)
    histories = Histories(x, t_x, age, np.ones(500))
    free, held = (fit_mbg_nbd(histories, with_prior=on) for on in (False, True))
    assert held.has_converged
    assert free.a / (free.a + free.b) < 2e-3
    assert 1e-3 < held.a < 1e4
    assert 1e-3 < held.b < 1e4


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.floats(0, 1), st.integers(0, 3650), st.integers(1, 99)),
        max_size=6,
    )
)
def test_every_fit_is_made_of_numbers(drawn: list[tuple[int, float, int, int]]) -> None:
    columns = zip(*drawn, strict=True) if drawn else [()] * 4
    x, share, age, customers = (np.array(column, dtype=np.float64) for column in columns)
    t_x = np.where(x > 0, np.floor(age * share), 0.0)
    fit = fit_mbg_nbd(Histories(x, t_x, age, customers))
    numbers = (fit.r, fit.alpha, fit.a, fit.b, fit.log_likelihood)
    assert all(math.isfinite(number) for number in numbers)
    assert min(numbers[:4]) > 0


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 400), st.floats(0.01, 1e9), st.integers(1, 99)),
        min_size=1,
        max_size=6,
    )
)
def test_every_value_model_is_made_of_numbers(drawn: list[tuple[int, float, int]]) -> None:
    value = fit_value(
        Spendings(*(np.array(column, dtype=np.float64) for column in zip(*drawn, strict=True)))
    )
    numbers = [n for n in dataclasses.astuple(value) if not isinstance(n, str)]
    assert all(math.isfinite(number) for number in numbers)
    assert value.value_method in ("gamma_gamma", "credibility")


def test_the_simplex_helps_out_where_the_gradient_misleads() -> None:
    def objective(parameters: FloatArray) -> tuple[float, FloatArray]:
        uphill_the_wrong_way = 2 * np.log(parameters / 2) / parameters
        return -float(np.sum(np.log(parameters / 2) ** 2)), uphill_the_wrong_way

    optimum = maximise(objective, [(1.0, 1.0), (5.0, 3.0)])
    assert optimum.has_converged
    assert optimum.parameters == pytest.approx([2.0, 2.0], rel=1e-4)


# What a purchase day is worth ---------------------------------------------------------------------


def test_value_that_follows_gamma_gamma_is_valued_by_it() -> None:
    assert fit_value(drawn_spendings((6, 4, 15), 2000)).value_method == "gamma_gamma"


def test_value_that_goes_with_the_number_of_orders_is_valued_by_credibility() -> None:
    spendings = drawn_spendings((6, 4, 15), 2000)
    dearer = Spendings(spendings.days, spendings.revenue * spendings.days, spendings.customers)
    value = fit_value(dearer)
    assert value.value_correlation is not None
    assert value.value_correlation > 0.3
    assert value.value_method == "credibility"


def test_heavier_tails_than_have_a_mean_are_valued_by_credibility() -> None:
    value = fit_value(drawn_spendings((6, 0.7, 15), 2000))
    assert value.q is not None
    assert value.q <= 1
    assert value.value_method == "credibility"


def test_customers_who_are_all_alike_are_valued_by_credibility() -> None:
    random = np.random.default_rng(3)
    n = np.tile(np.arange(1.0, 11.0), 300)
    value = fit_value(Spendings(n, random.gamma(5 * n, 6), np.ones(len(n))))
    assert value.q is not None
    assert value.q > 50
    assert value.value_method == "credibility"
    assert value.credibility_k is not None
    assert value.credibility_k > 20


@pytest.mark.parametrize("exponent", [0.0, 0.5, -0.4])
def test_credibility_finds_its_k_also_where_value_goes_with_the_number_of_orders(
    exponent: float,
) -> None:
    """Values within customers vary by 0.7 of their mean, means by e^(0.5 z): k is about 2.2."""
    random = np.random.default_rng(11)
    n = 1.0 + random.poisson(random.gamma(0.5, 2.5, 50_000)).astype(np.float64)
    means = np.exp(3 + 0.5 * random.standard_normal(len(n))) * n**exponent
    shape = 1 / 0.7**2
    revenue = np.asarray(random.gamma(shape * n, means / shape), dtype=np.float64)
    assert credibility_k(Spendings(n, revenue, np.ones(len(n)))) == pytest.approx(2.2, rel=0.25)


@pytest.mark.parametrize(
    "spendings",
    [
        Spendings(np.array([3.0]), np.array([60.0]), np.array([1.0])),
        Spendings(np.array([1.0]), np.array([20.0]), np.array([500.0])),
        Spendings(np.array([1.0, 2.0]), np.array([20.0, 40.0]), np.array([9.0, 9.0])),
    ],
)
def test_where_nothing_varies_credibility_trusts_both_means_alike(spendings: Spendings) -> None:
    assert LEAST < credibility_k(spendings) == 1 < MOST


# From the warehouse to the table ------------------------------------------------------------------


@cache
def shop(customers: int = 400) -> tuple[Customer, ...]:
    """Purchase days, t_x, T and revenue of customers drawn from both models, in whole days."""
    histories = drawn_histories((0.6, 40, 0.9, 2.0), customers)
    days = 1 + np.minimum(histories.x, np.floor(histories.t_x))
    revenue = drawn_spendings((6, 4, 15), customers, days=days).revenue
    t_x = np.where(days > 1, np.floor(histories.t_x), 0)
    columns = (days.astype(int), t_x.astype(int), np.floor(histories.T).astype(int))
    return tuple(zip(*(c.tolist() for c in columns), revenue.round(2).tolist(), strict=True))


def observe(
    warehouse: Path,
    observed_on: date,
    customers: Iterable[Customer],
    *,
    is_guest: bool = False,
    is_excluded: bool = False,
) -> None:
    """Add customers, as known on one date, to int_customers_observed."""
    with connect(warehouse) as connection:
        connection.execute("create schema if not exists intermediate")
        connection.execute(
            "create table if not exists intermediate.int_customers_observed"
            " (customer_id varchar, observed_on date, is_guest boolean, is_excluded boolean,"
            " purchase_days bigint, first_ordered_on date, last_ordered_on date,"
            " net_revenue decimal(18, 2))"
        )
        rows: list[tuple[object, ...]] = []
        for days, t_x, age, revenue in customers:
            first = observed_on - timedelta(days=age) if days else None
            last = first + timedelta(days=t_x) if first else None
            rows.append((len(rows), days, first, last, revenue))
        frame = pd.DataFrame(rows, columns=["number", "days", "first", "last", "revenue"])
        connection.register("frame", frame)
        connection.execute(
            "insert into intermediate.int_customers_observed"
            " select number, $day, $guest, $excluded, days, first, last, revenue from frame",
            {"day": observed_on, "guest": is_guest, "excluded": is_excluded},
        )


def stored(warehouse: Path) -> dict[str, Fit]:
    with connect(warehouse, read_only=True) as connection:
        return {str(day): fit for day, fit in read_fits(connection).items()}


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "state.duckdb"


def test_every_quarter_end_with_customers_enough_is_fitted_and_no_other_date(
    warehouse: Path,
) -> None:
    observe(warehouse, date(2025, 12, 31), shop()[:99])
    for day in (date(2026, 3, 31), date(2026, 4, 30), date(2026, 6, 30), date(2026, 7, 31)):
        observe(warehouse, day, shop())
    fit_warehouse(warehouse)
    fits = stored(warehouse)
    assert sorted(fits) == ["2026-03-31", "2026-06-30"]
    for fit in fits.values():
        assert fit.n_customers == 400
        assert fit.n_repeat_customers == sum(days > 1 for days, *_ in shop())
        assert fit.method == "mle"
        assert fit.has_converged
        assert not fit.is_provisional
        assert fit.value_method == "gamma_gamma"


def test_a_young_shop_gets_one_provisional_fit_that_a_quarter_end_replaces(
    warehouse: Path,
) -> None:
    observe(warehouse, date(2026, 4, 30), shop())
    fit_warehouse(warehouse)
    assert [(day, f.is_provisional) for day, f in stored(warehouse).items()] == [
        ("2026-04-30", True)
    ]
    observe(warehouse, date(2026, 5, 10), shop())
    fit_warehouse(warehouse)
    assert list(stored(warehouse)) == ["2026-05-10"]
    observe(warehouse, date(2026, 6, 30), shop())
    fit_warehouse(warehouse)
    assert [(day, f.is_provisional) for day, f in stored(warehouse).items()] == [
        ("2026-06-30", False)
    ]


def test_a_clock_that_shows_only_today_keeps_the_quarter_ends_of_before(warehouse: Path) -> None:
    observe(warehouse, date(2026, 6, 30), shop())
    fit_warehouse(warehouse)
    before = stored(warehouse)
    with connect(warehouse) as connection:
        connection.execute("delete from intermediate.int_customers_observed")
    observe(warehouse, date(2026, 7, 10), shop())
    assert fit_warehouse(warehouse) == []
    assert stored(warehouse) == before


def test_nothing_observed_after_the_as_of_date_is_used(warehouse: Path) -> None:
    observe(warehouse, date(2026, 3, 31), shop())
    observe(warehouse, date(2026, 6, 30), shop())
    fit_warehouse(warehouse, as_of=date(2026, 5, 1))
    assert list(stored(warehouse)) == ["2026-03-31"]


def test_guests_the_excluded_and_those_who_never_bought_are_left_out(warehouse: Path) -> None:
    day = date(2026, 6, 30)
    observe(warehouse, day, shop())
    fit_warehouse(warehouse)
    without = stored(warehouse)
    observe(warehouse, day, [(1, 0, 5, 900.0)] * 50, is_guest=True, is_excluded=True)
    observe(warehouse, day, [(9, 70, 80, 900.0)] * 50, is_excluded=True)
    observe(warehouse, day, [(0, 0, 0, 0.0)] * 50)
    fit_warehouse(warehouse)
    assert stored(warehouse) == without


def test_late_orders_change_a_fit_unless_only_new_ones_are_asked_for(warehouse: Path) -> None:
    day = date(2026, 6, 30)
    observe(warehouse, day, shop()[:300])
    fit_warehouse(warehouse)
    first = stored(warehouse)
    observe(warehouse, day, shop()[300:])
    fit_warehouse(warehouse, only_new=True)
    assert stored(warehouse) == first
    fit_warehouse(warehouse)
    assert stored(warehouse)["2026-06-30"].n_customers == 400


def test_a_quarter_end_is_fitted_again_only_where_what_it_saw_has_changed(warehouse: Path) -> None:
    day = date(2026, 6, 30)
    observe(warehouse, day, shop()[:300])
    with connect(warehouse) as connection:
        connection.execute("create schema kept")
        connection.execute(
            "create table kept.int_customers_observed as"
            " select date '2026-06-30' as observed_on, '17' as digest, 'rules' as rules_digest"
        )
    fit_warehouse(warehouse)
    first = stored(warehouse)
    assert first["2026-06-30"].seen_digest == "17 rules"
    observe(warehouse, day, shop()[300:])
    assert fit_warehouse(warehouse) == []
    assert stored(warehouse) == first
    for digest, rules in (("18", "rules"), ("18", "other rules")):
        with connect(warehouse) as connection:
            connection.execute(
                "update kept.int_customers_observed set digest = ?, rules_digest = ?",
                [digest, rules],
            )
        assert len(fit_warehouse(warehouse)) == 1
    assert stored(warehouse)["2026-06-30"].n_customers == 400


@pytest.mark.parametrize("exact_up_to", [0, 1_000_000])
def test_what_is_read_does_not_depend_on_threads_or_on_the_order_of_rows(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exact_up_to: int
) -> None:
    monkeypatch.setattr(observed, "EXACT_UP_TO", exact_up_to)
    other = tmp_path / "other.duckdb"
    observe(warehouse, date(2026, 6, 30), shop(4000))
    observe(other, date(2026, 6, 30), reversed(shop(4000)))
    read = []
    for path, threads in ((warehouse, 1), (warehouse, 4), (other, 2)):
        with connect(path) as connection:
            connection.execute(f"set threads = {threads}")
            [at] = observed.observation_dates(connection)
            histories = observed.read_histories(connection, at)
            spendings = observed.read_spendings(connection, at)
            read.append([*dataclasses.astuple(histories), *dataclasses.astuple(spendings)])
    for columns in read[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(read[0], columns, strict=True))


def test_fitting_again_gives_the_same_bits(warehouse: Path) -> None:
    observe(warehouse, date(2026, 6, 30), shop())
    fit_warehouse(warehouse)
    first = stored(warehouse)
    fit_warehouse(warehouse)
    assert stored(warehouse) == first


def test_the_huge_shop_s_coarser_groups_give_nearly_the_same_fit(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    observe(warehouse, date(2026, 6, 30), shop(4000))
    [exact] = fit_warehouse(warehouse)
    monkeypatch.setattr(observed, "EXACT_UP_TO", 0)
    [coarse] = fit_warehouse(warehouse)
    assert coarse != exact
    for name in ("r", "alpha", "a", "b", "p", "q", "v", "value_correlation", "credibility_k"):
        assert getattr(coarse, name) == pytest.approx(getattr(exact, name), rel=0.02), name


# The champion stays -------------------------------------------------------------------------------

CHAMPION = Fit(
    fitted_through=date(2026, 6, 30), is_provisional=False, method="mle", n_customers=400,
    n_repeat_customers=200, r=0.5, alpha=40.0, a=0.9, b=1.6, log_likelihood=-4000.0,
    has_converged=True, value_method="none",
)  # fmt: skip


def test_a_refit_that_did_not_converge_replaces_no_converged_one(warehouse: Path) -> None:
    with connect(warehouse) as connection:
        create_contract_tables(connection)
        store_fits(connection, [CHAMPION])
        failed = dataclasses.replace(CHAMPION, r=9.0, has_converged=False)
        assert store_fits(connection, [failed]) == [CHAMPION]
        assert list(read_fits(connection).values()) == [CHAMPION]
        better = dataclasses.replace(CHAMPION, r=0.6)
        assert store_fits(connection, [better]) == [better]
        assert list(read_fits(connection).values()) == [better]


def test_a_fit_that_did_not_converge_gives_way_to_any(warehouse: Path) -> None:
    with connect(warehouse) as connection:
        create_contract_tables(connection)
        store_fits(connection, [dataclasses.replace(CHAMPION, has_converged=False)])
        newer = dataclasses.replace(CHAMPION, r=0.7, has_converged=False)
        assert store_fits(connection, [newer]) == [newer]


def test_data_that_became_unfittable_leave_the_champion_in_place(
    warehouse: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    observe(warehouse, date(2026, 6, 30), shop())
    fit_warehouse(warehouse)
    champion = stored(warehouse)
    with connect(warehouse) as connection:
        connection.execute(
            "update intermediate.int_customers_observed"
            " set purchase_days = 1, last_ordered_on = first_ordered_on"
        )
    fit_warehouse(warehouse)
    assert stored(warehouse) == champion
    assert "the fit of an earlier run is kept" in capsys.readouterr().out


def test_the_table_holds_the_columns_of_its_contract() -> None:
    columns = {column.name for column in contract()["parameters.churn_model_fits"].columns}
    assert columns == set(COLUMNS)


# Data that cannot be fitted -----------------------------------------------------------------------

ONE_ORDER: Customer = (1, 0, 20, 30.0)


@pytest.mark.parametrize(
    ("customers", "sentence"),
    [
        ([ONE_ORDER] * 150, "no customer has ordered on a second day"),
        ([(3, 10, 20, 90.0)], "one customer is not enough"),
        ([(0, 0, 0, 0.0)] * 5, "no customer has ordered yet"),
    ],
)
def test_data_that_cannot_tell_get_a_sentence_and_a_row_of_the_prior(
    warehouse: Path,
    capsys: pytest.CaptureFixture[str],
    customers: list[Customer],
    sentence: str,
) -> None:
    observe(warehouse, date(2026, 6, 30), customers)
    [fit] = fit_warehouse(warehouse)
    assert sentence in capsys.readouterr().out
    assert list(stored(warehouse).values()) == [fit]
    assert fit.method == "prior"
    assert not fit.has_converged
    assert all(0 < n < 1e5 for n in (fit.r, fit.alpha, fit.a, fit.b))


def test_without_customers_the_parameters_are_those_of_the_prior() -> None:
    nobody = np.array([])
    fit = fit_mbg_nbd(Histories(nobody, nobody, nobody, nobody))
    assert (fit.r, fit.alpha / 365.25, fit.a, fit.b) == pytest.approx(TYPICAL)


def test_an_empty_table_gets_a_sentence_and_no_row(
    warehouse: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    observe(warehouse, date(2026, 6, 30), [])
    assert fit_warehouse(warehouse) == []
    assert "nothing to fit" in capsys.readouterr().out
    assert stored(warehouse) == {}


def test_customers_who_spent_nothing_are_left_out_of_the_value_model(warehouse: Path) -> None:
    day = date(2026, 6, 30)
    observe(warehouse, day, shop())
    fit_warehouse(warehouse)
    before = stored(warehouse)["2026-06-30"]
    observe(warehouse, day, [(2, 5, 20, 0.0), (2, 5, 20, -10.0)])
    fit_warehouse(warehouse)
    after = stored(warehouse)["2026-06-30"]
    assert after.n_customers == before.n_customers + 2
    assert (after.p, after.q, after.v) == (before.p, before.q, before.v)


def test_a_shop_that_earned_nothing_has_no_value_model(warehouse: Path) -> None:
    observe(warehouse, date(2026, 6, 30), [(d, t, a, 0.0) for d, t, a, _ in shop()])
    [fit] = fit_warehouse(warehouse)
    assert fit.value_method == "none"
    assert fit.p is None


# What the command says ----------------------------------------------------------------------------


def run_script(*arguments: str) -> subprocess.CompletedProcess[str]:
    script = ROOT / "scripts" / "fit_churn_model.py"
    return subprocess.run(
        [sys.executable, str(script), *arguments], capture_output=True, text=True, check=False
    )


def test_a_missing_warehouse_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    result = run_script("--warehouse", str(tmp_path / "none.duckdb"))
    assert result.returncode == 2
    assert result.stderr.startswith("error: there is no warehouse at ")
    assert "run_pipeline.py" in result.stderr
    assert not (tmp_path / "none.duckdb").exists()


def test_a_warehouse_not_built_far_enough_says_which_command_to_run(warehouse: Path) -> None:
    with connect(warehouse) as connection:
        create_contract_tables(connection)
    with pytest.raises(UserError, match=r"dbt build --select \+int_customers_observed"):
        fit_warehouse(warehouse)


def test_a_model_without_a_needed_column_is_named(warehouse: Path) -> None:
    observe(warehouse, date(2026, 6, 30), [])
    with connect(warehouse) as connection:
        connection.execute("alter table intermediate.int_customers_observed drop net_revenue")
    with pytest.raises(UserError, match="has no column net_revenue"):
        fit_warehouse(warehouse)


def test_a_file_that_is_no_warehouse_is_named(tmp_path: Path) -> None:
    path = tmp_path / "state.duckdb"
    path.write_text("customer_id,ordered_at\n" * 200, encoding="utf-8")
    with pytest.raises(UserError, match="not a DuckDB file"):
        fit_warehouse(path)


def test_a_warehouse_in_use_is_busy(warehouse: Path) -> None:
    observe(warehouse, date(2026, 6, 30), shop())
    with connect(warehouse):
        result = run_script("--warehouse", str(warehouse))
    assert result.returncode == BUSY
    assert "open in another process" in result.stderr


def test_the_command_shows_every_fit_in_a_table(warehouse: Path) -> None:
    observe(warehouse, date(2026, 3, 31), shop())
    observe(warehouse, date(2026, 6, 30), shop())
    result = CliRunner().invoke(
        fit_churn_model, ["--warehouse", str(warehouse), "--as-of", "2026-07-01"]
    )
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert [line[:10] for line in lines[-3:]] == ["2026-03-31", "2026-06-30", "Correction"]
    assert "converged" in lines[-4]
    again = CliRunner().invoke(fit_churn_model, ["--warehouse", str(warehouse), "--only-new"])
    assert "fitted already" in again.output


def test_a_write_that_fails_leaves_the_fits_as_they_were(warehouse: Path) -> None:
    with connect(warehouse) as connection:
        create_contract_tables(connection)
        store_fits(connection, [CHAMPION])
        broken = dataclasses.replace(CHAMPION, fitted_through=date(2026, 3, 31), n_customers=2**70)
        other = dataclasses.replace(CHAMPION, r=0.7)
        with pytest.raises(duckdb.Error):
            store_fits(connection, [other, broken])
        assert list(read_fits(connection).values()) == [CHAMPION]
