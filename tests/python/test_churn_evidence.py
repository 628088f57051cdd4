"""What speaks against the churn model is said where a person sees it: on the screen and in the
record of the run."""

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from lib import pipeline
from lib.churn.evidence import churn_warnings
from lib.publishing import dbt_build
from lib.publishing.layout import Layout
from lib.publishing.record import RunRecord
from lib.warehouse import connect

# origin, horizon, customers, error, worse than base rate, than recency, miscalibrated
FINE = ("2026-03-31", 90, 1200, 0.02, False, False, False)


def backtest(connection: duckdb.DuckDBPyConnection, *rows: tuple[object, ...]) -> None:
    connection.execute("create schema marts")
    connection.execute(
        "create table marts.churn_backtest (origin_on date, horizon_days int, customers bigint,"
        " calibration_error double, is_worse_than_base_rate boolean,"
        " is_worse_than_recency boolean, is_miscalibrated boolean, predictor varchar)"
    )
    for row in rows:
        connection.execute(f"insert into marts.churn_backtest values ({'?, ' * 7} 'model')", [*row])
    connection.execute(
        "insert into marts.churn_backtest values"
        " ('2026-03-31', 90, 1200, 0.5, null, null, true, 'base_rate')"
    )


@pytest.mark.parametrize(
    ("row", "sentences"),
    [
        (FINE, []),
        (("2026-03-31", 90, 1200, 0.02, False, True, False),
         ["from 2026-03-31 (1,200 customers): recency alone would have done better"]),
        (("2026-03-31", 90, 1200, 0.1234, False, False, True),
         ["from 2026-03-31 (1,200 customers): off by 0.123 on average"]),
        (("2026-03-31", 90, 999, 0.02, True, True, False),
         ["the shop's average would have done better", "recency alone would have done better"]),
        # a first origin has no rivals to be held against
        (("2026-03-31", 90, 1200, 0.02, None, None, False), []),
    ],
)  # fmt: skip
def test_each_thing_against_the_model_is_a_sentence(
    row: tuple[object, ...], sentences: list[str]
) -> None:
    with duckdb.connect() as connection:
        backtest(connection, row)
        found = churn_warnings(connection)
    assert len(found) == len(sentences)
    assert all(part in said for part, said in zip(sentences, found, strict=True))


def test_only_the_newest_origin_of_each_horizon_is_spoken_of() -> None:
    with duckdb.connect() as connection:
        backtest(
            connection,
            FINE,
            ("2025-12-31", 90, 1100, 0.3, False, True, True),
            ("2025-12-31", 180, 1100, 0.3, False, True, False),
        )
        (said,) = churn_warnings(connection)
    assert said.startswith("churn probabilities of 180 days, from 2025-12-31")


def test_a_project_without_the_model_has_nothing_to_be_warned_of(tmp_path: Path) -> None:
    with connect(tmp_path / pipeline.STATE) as connection:
        assert churn_warnings(connection) == []


def test_a_run_says_it_on_the_screen_and_in_its_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with connect(tmp_path / pipeline.STATE) as connection:
        backtest(connection, ("2026-03-31", 90, 1200, 0.02, False, True, False))
    built = SimpleNamespace(
        parse=lambda: None,
        build=lambda *_: True,
        describe=lambda *_: None,
        document=lambda *_: None,
        artefacts=[tmp_path],
    )
    monkeypatch.setattr(dbt_build, "DbtBuild", lambda *_: built)
    monkeypatch.setattr(pipeline, "drop_leftovers", lambda *_: [])
    record = RunRecord()
    run = pipeline.Run(pipeline.RunOptions(layout=Layout(tmp_path)), record)
    monkeypatch.setattr(run, "judge", lambda *_, **__: None)
    monkeypatch.setattr(run, "step", lambda _: nullcontext())
    pipeline.build_with_dbt(run, tmp_path, fit=lambda *_: None)
    (said,) = record.warnings
    assert "recency alone would have done better than the model" in said
    assert f"warning: {said}" in capsys.readouterr().err
