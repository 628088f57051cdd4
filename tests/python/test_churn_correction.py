"""The gated correction: learned as its formula says, used only where it has won, the same in SQL
as in Python, and decided by the past alone."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from churn_sql import build_models
from lib.churn import corrections, gate, ridge, snapshots
from lib.churn.fits import read_fits
from lib.churn.fitting import fit_warehouse
from lib.churn.observed import observation_dates
from lib.churn.optimise import FloatArray
from lib.churn.snapshots import PARTS, Snapshot
from lib.warehouse import connect, create_contract_tables

OPENED, DAYS, CUSTOMERS = date(2023, 6, 30), 1_097, 1_500
MONTH_ENDS = [
    day for n in range(DAYS) if ((day := OPENED + timedelta(days=n)) + timedelta(days=1)).day == 1
]
NEWEST = MONTH_ENDS[-1]


# Two worlds ---------------------------------------------------------------------------------------


def purchases(*, changes: float, leaves: tuple[float, float] | None) -> np.ndarray:
    """Whether each customer bought on each day, shape (CUSTOMERS, DAYS). Rates are gamma; with
    the probability `changes` a day a new one is drawn; `leaves` is the beta of dropping out."""
    random = np.random.default_rng(20260901)
    begins = random.integers(0, 500, CUSTOMERS)
    rate = random.gamma(0.8, 1 / 18, CUSTOMERS)
    dropout = random.beta(*leaves, CUSTOMERS) if leaves else np.zeros(CUSTOMERS)
    there = np.ones(CUSTOMERS, dtype=bool)
    bought = np.zeros((CUSTOMERS, DAYS), dtype=bool)
    for day in range(DAYS):
        anew = random.random(CUSTOMERS) < changes
        rate = np.where(anew, random.gamma(0.8, 1 / 18, CUSTOMERS), rate)
        buys = (random.random(CUSTOMERS) < -np.expm1(-rate)) & there & (day > begins)
        bought[:, day] = buys | (day == begins)
        there &= ~(bought[:, day] & (random.random(CUSTOMERS) < dropout))
    return bought


def observe(warehouse: Path, bought: np.ndarray, dates: list[date]) -> None:
    """What the ledger and the signals would say of these customers."""
    customer, day = np.nonzero(bought)
    days = pd.DataFrame({"customer_id": customer.astype(str), "day": day})
    with connect(warehouse) as connection:
        create_contract_tables(connection)
        connection.execute("create schema intermediate")
        connection.register("days", days)
        connection.register("dates", pd.DataFrame({"observed_on": dates}))
        connection.execute(
            "create table intermediate.int_customer_days as select customer_id,"
            " cast(? as date) + cast(day as int) as posted_on, true as is_purchase_day,"
            " cast(null as date) as voided_on from days",
            [OPENED],
        )
        connection.execute("""
            create table intermediate.int_customers_observed as
            select customer_id, cast(observed_on as date) as observed_on,
                false as is_guest, false as is_excluded,
                count(*) as purchase_days, count(*) as orders,
                min(posted_on) as first_ordered_on, max(posted_on) as last_ordered_on,
                observed_on::date - min(posted_on) as days_since_first_order,
                observed_on::date - max(posted_on) as days_since_last_order,
                count(*) filter (observed_on::date - posted_on <= 90) as orders_90d,
                count(*) filter (observed_on::date - posted_on <= 180) as orders_180d,
                count(*) filter (observed_on::date - posted_on <= 365) as orders_365d,
                cast(50 * count(*) as decimal(18, 2)) as net_revenue
            from intermediate.int_customer_days join dates on posted_on <= observed_on::date
            group by customer_id, observed_on
        """)
        connection.execute(
            "create table intermediate.int_observation_dates as select"
            " cast(observed_on as date) as observed_on, observed_on = ? as is_as_of from dates",
            [dates[-1]],
        )


@pytest.fixture(scope="module")
def true_to_the_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Constant rates, and leaving for good: MBG/NBD itself."""
    warehouse = tmp_path_factory.mktemp("true") / "state.duckdb"
    observe(warehouse, purchases(changes=0, leaves=(0.6, 3.0)), MONTH_ENDS)
    fit_warehouse(warehouse)
    return warehouse


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rates that change four or five times a year: recent months say more than all the years do."""
    warehouse = tmp_path_factory.mktemp("changing") / "state.duckdb"
    observe(warehouse, purchases(changes=1 / 80, leaves=None), MONTH_ENDS)
    fit_warehouse(warehouse)
    return warehouse


def decided(warehouse: Path) -> list[tuple[str, str, bool, int]]:
    with connect(warehouse, read_only=True) as connection:
        return connection.execute(
            f"select fitted_through::text, decision, is_used, n_origins from"
            f" {corrections.DECISIONS} order by 1"
        ).fetchall()


def known_by(connection: duckdb.DuckDBPyConnection, day: date) -> dict[date, Snapshot]:
    return snapshots.read_snapshots(connection, observation_dates(connection, day))


# The gate -----------------------------------------------------------------------------------------


def test_where_the_model_is_true_the_correction_stays_off(true_to_the_model: Path) -> None:
    decisions = decided(true_to_the_model)
    assert not any(is_used for *_, is_used, _ in decisions)
    assert decisions[-1][1:] == (gate.NO_GAIN, False, decisions[-1][3])
    assert decisions[-1][3] >= gate.LEAST_ORIGINS
    assert decisions[0][1] == gate.TOO_FEW


def test_where_rates_change_the_correction_wins_and_is_used(changing: Path) -> None:
    *_, newest = decided(changing)
    assert newest[1:3] == (gate.WINS, True)
    with connect(changing, read_only=True) as connection:
        model, corrected, gain, error = connection.execute(
            "select model_brier_score, corrected_brier_score, improvement, improvement_se"
            f" from {corrections.DECISIONS} where fitted_through = ?",
            [NEWEST],
        ).fetchall()[0]
    assert gain == pytest.approx(model - corrected)
    assert gain > error > 0


def test_a_decision_never_changes_because_of_what_came_after(changing: Path) -> None:
    """Judged again with nothing known after a past quarter-end, its fits included."""
    past = date(2025, 12, 31)
    with connect(changing, read_only=True) as connection:
        fits = {day: fit for day, fit in read_fits(connection).items() if day <= past}
        again = corrections.judge_fits(connection, fits, observation_dates(connection, past))
    before = [row for row in decided(changing) if row[0] <= str(past)]
    assert [
        (str(one.fitted_through), one.decision, one.is_used, one.n_origins) for one in again
    ] == before
    assert any(is_used for *_, is_used, _ in before)


def test_who_is_looked_at_on_a_date_does_not_depend_on_who_came_later(
    changing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a huge shop a sample is read; the shop of a year ago was smaller."""
    monkeypatch.setattr(snapshots, "SAMPLED_CUSTOMERS", 400)
    with connect(changing, read_only=True) as connection:
        now, then = (known_by(connection, day) for day in (NEWEST, date(2024, 6, 30)))
    assert set(then) < set(now)
    for day, at in then.items():
        assert len(at.x) < 480
        assert np.array_equal(at.part, now[day].part)
        assert np.array_equal(at.T, now[day].T)


def trial(origin: str, base: float, corrected: float, far: float | None = None) -> gate.Trial:
    """A thousand customers, half of whom are foreseen better or worse by the correction."""
    n = 1_000
    near = (np.full(n, base), np.full(n, corrected) + np.tile([-0.01, 0.01], n // 2))
    errors = {90: near}
    if far is not None:
        errors[365] = (np.full(n, 0.2), np.full(n, far))
    return gate.Trial(date.fromisoformat(origin), np.arange(n) % PARTS, errors)


CORRECTION = ridge.Correction(*(np.ones(len(ridge.FEATURES)) for _ in range(3)), level=0.0)
ORIGINS = ("2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31")
THROUGH = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("trials", "through", "decision"),
    [
        ([trial(day, 0.2, 0.19, 0.2) for day in ORIGINS], THROUGH, gate.WINS),
        ([trial(day, 0.2, 0.2, 0.2) for day in ORIGINS], THROUGH, gate.NO_GAIN),
        ([trial(day, 0.2, 0.21, 0.2) for day in ORIGINS], THROUGH, gate.NO_GAIN),
        ([trial(day, 0.2, 0.19, 0.21) for day in ORIGINS], THROUGH, gate.LONGER),
        ([trial(day, 0.2, 0.19) for day in ORIGINS[:3]], THROUGH, gate.TOO_FEW),
        # the fourth outcome is known on the ninetieth day after it, not a day before
        ([trial(day, 0.2, 0.19) for day in ORIGINS], date(2025, 3, 31), gate.WINS),
        ([trial(day, 0.2, 0.19) for day in ORIGINS], date(2025, 3, 30), gate.TOO_FEW),
    ],
)
def test_the_gate_wants_more_than_a_standard_error_at_origins_it_knows(
    trials: list[gate.Trial], through: date, decision: str
) -> None:
    found = gate.decide(through, CORRECTION, trials)
    assert found.decision == decision
    assert found.is_used == (decision == gate.WINS)


def test_a_gain_of_one_season_that_another_half_takes_back_is_not_enough() -> None:
    """Origins are drawn again too: a season is one event, however many customers lived it."""
    corrected = zip(ORIGINS, (0.19, 0.205, 0.2, 0.2), strict=True)
    mixed = [trial(day, 0.2, score) for day, score in corrected]
    found = gate.decide(THROUGH, CORRECTION, mixed)
    assert found.improvement is not None
    assert found.improvement > 0
    assert found.decision == gate.NO_GAIN


# What is learned ----------------------------------------------------------------------------------


def test_the_ridge_is_where_the_penalised_likelihood_is_highest() -> None:
    random = np.random.default_rng(3)
    features, offset = random.standard_normal((800, 4)), random.standard_normal(800)
    truth = offset + features @ np.array([0.5, -0.4, 0.0, 0.2]) + 0.3
    ordered = (random.random(800) < expit(truth)).astype(float)

    def loss(at: FloatArray) -> float:
        log_odds = offset + at[0] + features @ at[1:]
        fits = np.sum(np.logaddexp(0, log_odds) - ordered * log_odds)
        return float(fits + 10 * np.sum(at[1:] ** 2) / 2)

    best = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-7}).x
    assert ridge.fit_ridge(features, offset, ordered, penalty=10) == pytest.approx(best, abs=1e-5)


def test_the_level_stays_the_models_on_the_day_it_is_learned(changing: Path) -> None:
    with connect(changing, read_only=True) as connection:
        fit = read_fits(connection)[NEWEST]
        known = known_by(connection, NEWEST)
    ((_, correction),) = gate.corrections({NEWEST: fit}, known)
    at = known[NEWEST]
    log_odds = ridge.log_odds_of_order(fit, at, 90)
    shift = correction.shift(ridge.features_of(fit, at))
    assert np.mean(expit(log_odds + shift)) == pytest.approx(np.mean(expit(log_odds)), abs=1e-9)
    assert np.std(shift) > 0.1


def test_an_outcome_is_read_only_once_its_horizon_is_over(changing: Path) -> None:
    with connect(changing, read_only=True) as connection:
        known = known_by(connection, date(2026, 3, 31))
    assert max(known) == date(2026, 3, 31)
    assert set(known[date(2025, 12, 31)].ordered) == {90}
    assert set(known[date(2026, 1, 31)].ordered) == set()
    assert set(known[date(2025, 3, 31)].ordered) == {90, 180, 365}


def test_what_was_void_when_the_horizon_ended_is_no_order_and_what_came_undone_later_is(
    tmp_path: Path,
) -> None:
    bought = np.zeros((3, DAYS), dtype=bool)
    bought[:, [0, 40]] = True  # after the end of July 2023
    warehouse = tmp_path / "state.duckdb"
    observe(warehouse, bought, MONTH_ENDS)
    with connect(warehouse) as connection:
        connection.execute(
            "update intermediate.int_customer_days set voided_on = case customer_id"
            " when '0' then date '2023-10-29' when '1' then date '2023-10-30' end"
            " where posted_on > date '2023-07-31'"
        )
        ordered = known_by(connection, NEWEST)[date(2023, 7, 31)].ordered
    assert ordered[90].tolist() == [False, True, True]
    assert ordered[365].tolist() == [False, False, True]


# SQL and Python -----------------------------------------------------------------------------------


def test_sql_moves_the_odds_as_python_does(changing: Path, tmp_path: Path) -> None:
    copy = tmp_path / "state.duckdb"
    copy.write_bytes(changing.read_bytes())
    with connect(copy) as connection:
        build_models(
            connection,
            "int_churn_parameters_in_force",
            "int_churn_corrections_in_force",
            "int_churn_corrections_scored",
        )
        used = [day for day, _, is_used, _ in decided(changing) if is_used]
        fits = read_fits(connection)
        for day in (date.fromisoformat(used[0]), NEWEST):
            at = whole(connection, day)
            (correction,) = [
                one.correction
                for one in corrections.judge_fits(connection, fits, observation_dates(connection))
                if one.fitted_through == day
            ]
            expected = np.exp(correction.shift(ridge.features_of(fits[day], at)))
            found = connection.execute(
                "select order_odds_factor from intermediate.int_churn_corrections_scored"
                " where observed_on = ? order by customer_id",
                [day],
            ).fetchnumpy()["order_odds_factor"]
            assert found == pytest.approx(expected, rel=1e-8)
        dates = connection.execute(
            "select count(distinct observed_on) from intermediate.int_churn_corrections_scored"
        ).fetchone()
    assert dates is not None
    assert dates[0] == sum(day >= date.fromisoformat(used[0]) for day in MONTH_ENDS)


def whole(connection: duckdb.DuckDBPyConnection, day: date) -> Snapshot:
    return known_by(connection, NEWEST)[day]


def test_where_the_correction_is_off_sql_corrects_nobody(
    true_to_the_model: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "state.duckdb"
    copy.write_bytes(true_to_the_model.read_bytes())
    with connect(copy) as connection:
        build_models(
            connection,
            "int_churn_parameters_in_force",
            "int_churn_corrections_in_force",
            "int_churn_corrections_scored",
        )
        rows = connection.execute("from intermediate.int_churn_corrections_scored").fetchall()
    assert rows == []


# What is kept -------------------------------------------------------------------------------------


def test_deciding_again_gives_the_same_rows_and_later_ones_are_left_alone(
    changing: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "state.duckdb"
    copy.write_bytes(changing.read_bytes())
    fit_warehouse(copy, as_of=date(2025, 12, 31))
    with connect(copy) as connection:
        connection.execute(f"attach '{changing}' as kept (read_only)")
        for table in (corrections.DECISIONS, corrections.COEFFICIENTS):
            assert connection.execute(
                f"(from {table} except from kept.{table})"
                f" union all (from kept.{table} except from {table})"
            ).fetchall() == []  # fmt: skip


def test_a_clock_that_shows_only_today_leaves_what_was_decided(
    changing: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "state.duckdb"
    copy.write_bytes(changing.read_bytes())
    with connect(copy) as connection:
        connection.execute(
            "delete from intermediate.int_customers_observed where observed_on <> ?", [NEWEST]
        )
    fit_warehouse(copy)
    assert decided(copy) == decided(changing)


def test_a_small_shop_is_not_judged(tmp_path: Path) -> None:
    warehouse = tmp_path / "state.duckdb"
    observe(warehouse, purchases(changes=0, leaves=None)[:999, :], MONTH_ENDS[-16:])
    fit_warehouse(warehouse)
    assert {(decision, n) for _, decision, _, n in decided(warehouse)} == {(gate.TOO_FEW, 0)}


def test_the_newest_decision_is_a_line_on_the_screen() -> None:
    wins = gate.decide(THROUGH, CORRECTION, [trial(day, 0.2, 0.19) for day in ORIGINS])
    assert corrections.in_words(wins).startswith("Correction: on (wins); Brier score 0.20000")
    off = replace(wins, decision=gate.NO_GAIN)
    assert corrections.in_words(off).startswith("Correction: off (no_gain)")
    few = gate.decide(THROUGH, CORRECTION, [])
    assert corrections.in_words(few) == "Correction: off; too few past dates to judge it by."
