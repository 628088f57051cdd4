"""The page's figures: they are the marts' own, and they hold nobody."""

import csv
import itertools
import json
import re
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from eyesight import SIGHTS, contrast, distance
from lib.report import changes, checks, page
from lib.report.colours import SPARE, colours_of
from lib.report.echarts import echarts
from lib.report.served import QUERIES, Served
from lib.report.words import words

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "scripts" / "lib" / "report"
MILLION = 1_000_000
DARK_PAPER = "#14171b"


@pytest.fixture(scope="module")
def served(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    path = warehouse / "current" / "segments.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def figures(served: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    return page.figures(Served(served), version="v", currency="CNY")


def test_the_page_is_sealed_with_its_version(warehouse: Path) -> None:
    folder = (warehouse / "current").resolve()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["files"]["report.html"]["bytes"] == (folder / "report.html").stat().st_size
    assert page.report_of(folder / "segments.duckdb") == (folder / "report.html").read_text()


def test_a_change_of_the_page_makes_a_new_version() -> None:
    from lib.publishing.identity import CODE_SUFFIXES

    found = {path.suffix for path in REPORT.rglob("*.*")} - {".pyc", ".png"}
    assert found <= CODE_SUFFIXES


def test_no_customer_is_in_the_page(warehouse: Path, served: duckdb.DuckDBPyConnection) -> None:
    text = (warehouse / "current" / "report.html").read_text(encoding="utf-8")
    ids = served.execute("select customer_id from marts.customer_segments").fetchall()
    assert len(ids) > 1_000
    assert [name for (name,) in ids if name in text] == []


def a_million(warehouse: Path, folder: Path) -> Path:
    """The shop that is served with each customer copied until there are a million of them.

    A cheap stand-in: the page reads what it would read of a real million (every row that it counts
    itself, every sum that the marts hold), but the marts' own work is not done here.
    """
    tables = folder / "million.duckdb"
    with duckdb.connect(str(tables)) as connection:
        sealed = warehouse / "current" / "segments.duckdb"
        connection.execute(f"attach '{sealed}' as sealed (read_only)")
        connection.execute("copy from database sealed to million")
        counted = connection.execute("select count(*) from marts.customer_segments").fetchone()
        times = MILLION // (counted or [1])[0] + 1
        connection.execute(
            "create or replace table marts.customer_segments as"
            " select segment, lifecycle_stage, activity_status, value_tier, purchase_frequency,"
            " churn_risk, net_revenue_365d"
            f" from sealed.marts.customer_segments cross join range({times})"
        )
        for table, columns in (
            ("segment_summary", ("customers", "net_revenue_365d", "net_revenue_in_month")),
            ("segment_summary", ("predicted_revenue_365d",)),
            ("category_summary", ("customers",)),
            ("segment_flows", ("customers",)),
            ("cohort_retention", ("customers", "customers_buying")),
            ("conversion", ("customers", "customers_reached")),
        ):
            larger = ", ".join(f"{column} = {column} * {times}" for column in columns)
            connection.execute(f"update marts.{table} set {larger}")
        rows = connection.execute("select count(*) from marts.customer_segments").fetchone()
    assert rows and rows[0] >= MILLION
    return tables


def test_the_page_does_not_grow_with_the_customers(warehouse: Path, tmp_path: Path) -> None:
    sealed = warehouse / "current" / "segments.duckdb"
    larger = a_million(warehouse, tmp_path)
    small, large = (len(page.report_of(path).encode()) for path in (sealed, larger))
    library = len(echarts().encode())
    assert large - library < (small - library) * 1.1 < 200_000
    assert large < 1_400_000


def test_segments_are_counted_as_sql_counts_them(
    figures: dict[str, Any], served: duckdb.DuckDBPyConnection
) -> None:
    counted = served.execute(
        "select segment, count(*), sum(net_revenue_365d) from marts.customer_segments group by 1"
    ).fetchall()
    shown = {
        name: tuple(found["trend"][-1][:2])
        for name, found in figures["segments"].items()
        if found["trend"][-1][0]
    }
    assert shown == {name: (count, revenue) for name, count, revenue in counted}


def test_the_sql_of_a_segment_lists_just_its_people(
    figures: dict[str, Any], served: duckdb.DuckDBPyConnection
) -> None:
    for name, found in figures["segments"].items():
        listed = served.execute(found["sql"]).fetchall()
        assert len(listed) == found["trend"][-1][0], name


def test_who_came_less_who_went_is_the_growth(
    figures: dict[str, Any], served: duckdb.DuckDBPyConnection
) -> None:
    for name, found in figures["segments"].items():
        (now, *_), (before, *_) = found["trend"][-1], found["trend"][-2]
        came, went = (sum(move[1] for move in found[side]) for side in ("came", "went"))
        assert now - before == came - went, name


def moves_of_history(
    served: duckdb.DuckDBPyConnection, before: date, now: date
) -> dict[tuple[str, str], int]:
    """Counted from the stays of single customers, which the page's figures never touch."""
    moves = served.execute(
        """
        select earlier.category, later.category, count(*)
        from marts.customer_segment_history as earlier
        inner join marts.customer_segment_history as later using (customer_id, dimension)
        where
            dimension = 'segment'
            and earlier.valid_from <= $before
            and coalesce(earlier.valid_to, date '9999-12-31') > $before
            and later.valid_from <= $now
            and coalesce(later.valid_to, date '9999-12-31') > $now
        group by earlier.category, later.category
        """,
        {"before": before, "now": now},
    ).fetchall()
    return {(start, end): number for start, end, number in moves}


def test_what_changed_is_what_history_says(
    figures: dict[str, Any], served: duckdb.DuckDBPyConnection
) -> None:
    counts = moves_of_history(served, *figures["looks"][-2:])
    shown = [change for side in figures["changes"].values() for change in side]
    assert len(shown) >= 4
    for change in shown:
        assert change["customers"] == counts[change["from"], change["to"]]
        assert f"{change['customers']:,} " in change["text"]["en"]


def test_what_is_usual_is_said_as_a_reader_says_it() -> None:
    move = ("core", "at_risk")
    said = [
        (changes.against_usual(count, {move: usual}, move) or {})["en"]
        for count, usual in ((21_465, 20_899.2), (3, 2.3), (2, 0.0))
    ]
    assert said == [
        "about as usual (20,899 in each of the 6 months before)",
        "more than usual (2.3 in each of the 6 months before)",
        "more than usual (0 in each of the 6 months before)",
    ]
    assert changes.against_usual(2, {}, move) is None


def look_moved_to(day: int, warehouse: Path, folder: Path) -> Path:
    """A copy of what is served whose newest look, the end of June, was on another day of it."""
    tables = folder / f"{day}.duckdb"
    with duckdb.connect(str(tables)) as connection:
        sealed = warehouse / "current" / "segments.duckdb"
        connection.execute(f"attach '{sealed}' as sealed (read_only)")
        connection.execute("copy from database sealed to " + f'"{day}"')
        for table in ("segment_summary", "category_summary", "segment_flows", "segment_stability"):
            connection.execute(
                f"update marts.{table} set observed_on = date '2026-06-{day}'"
                " where observed_on = date '2026-06-30'"
            )
    return tables


def test_a_few_days_are_not_told_as_a_month(
    warehouse: Path, served: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """A look 13 days after the end of May tells of May, one of 14 days of those 14 days."""
    april, may = date(2026, 4, 30), date(2026, 5, 31)
    for day, told in ((13, (april, may)), (14, (may, date(2026, 6, 14)))):
        tables = look_moved_to(day, warehouse, tmp_path)
        with duckdb.connect(str(tables), read_only=True) as connection:
            shown = page.figures(Served(connection), version="v", currency="CNY")
        looks = shown["looks"]
        assert tuple(looks[at] for at in shown["told"]) == told
        assert looks[-1] == date(2026, 6, day)
        changes = [change for side in shown["changes"].values() for change in side]
        if told[1] == may:
            counts = moves_of_history(served, *told)
            found = [counts[change["from"], change["to"]] for change in changes]
            assert found == [change["customers"] for change in changes]
        # Only a whole month is held against the months before it.
        assert {change["usual"] is not None for change in changes} == {told[1] == may}
        assert len(changes) >= 4
        top = {figure["key"]: figure for figure in shown["top"]}
        at = [looks.index(look) for look in told]
        assert top["customers"]["change"] == [top["customers"]["values"][i] for i in at]
        for key in ("net_revenue_in_month", "moved"):
            assert top[key]["month"] == "2026-05"
            assert len(top[key]["values"]) == len(looks) - 1
            assert top[key]["change"] == top[key]["values"][-2:]


def test_too_little_time_tells_nothing() -> None:
    served = Served(duckdb.connect())
    served.looks = [date(2026, 5, 31), date(2026, 6, 1)]
    assert served.told is None
    assert served.until == date(2026, 6, 1)
    assert served.month_ends == [date(2026, 5, 31)]


def test_the_checks_are_those_of_the_marts(
    figures: dict[str, Any], served: duckdb.DuckDBPyConnection
) -> None:
    scorecard, advice = figures["checks"]["scorecard"], figures["checks"]["advice"]
    asked = served.execute(
        "select segment, is_distinct, is_stable, is_served from marts.segment_scorecard"
        " where customers > 0"
    ).fetchall()
    shown = {row["segment"]: row["answers"] for row in scorecard["rows"] if row["customers"]}
    assert shown == {segment: answers for segment, *answers in asked}
    good = sum(all(answers) for _, *answers in asked)
    assert scorecard["reading"]["en"].startswith(f"{good} of {len(asked)} segments")
    bounds = served.execute(
        "select suggested_bound / bound_in_force, is_far from marts.threshold_advice"
    ).fetchall()
    far = sum(not 0.8 <= ratio <= 1.2 for ratio, _ in bounds)
    assert far == sum(is_far for _, is_far in bounds)
    assert advice["reading"]["en"].startswith(f"{far} of {len(bounds)} thresholds")
    assert 0 < good < len(asked) and 0 < far < len(bounds) == len(advice["rows"])


def test_a_segment_without_customers_is_not_judged() -> None:
    class Empty:
        def has(self, *_tables: str) -> bool:
            return True

        def rows(self, _query: str) -> list[dict[str, Any]]:
            answers = {"is_distinct": False, "is_stable": True, "is_served": False}
            row = {"segment": "core", "customers": 0, "nearest_segment": None, "is_empty": True}
            return [row | answers | {"contacted_share": None}]

    shown = checks.scorecard(Empty())  # type: ignore[arg-type]
    assert shown["rows"][0]["answers"] == [None, None, None]
    assert shown["reading"]["en"].startswith("0 of 0 ")


def test_each_category_has_one_colour_and_different_ones_look_different() -> None:
    with (ROOT / "seeds/catalogue/categories.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    dimensions: dict[str, list[str]] = {}
    for row in rows:
        dimensions.setdefault(row["dimension"], []).append(row["category"])
    for dimension, categories in dimensions.items():
        colours = colours_of(dimension, categories)
        for one, other in itertools.combinations(categories, 2):
            for sight in SIGHTS:
                apart = distance(colours[one], colours[other], sight)
                assert apart > 5, f"{dimension}: {one} and {other} to {sight}"
        assert all(contrast(colour, DARK_PAPER) >= 3 for colour in colours.values())


def test_a_new_category_takes_a_colour_that_is_free() -> None:
    known = ["none", "new", "active", "at_risk"]
    colours = colours_of("activity_status", [*known, "on_holiday"])
    assert colours["on_holiday"] in SPARE
    assert len(set(colours.values())) == len(colours)
    assert {name: colours[name] for name in known} == colours_of("activity_status", known)


def test_every_word_is_in_both_languages_with_the_same_blanks() -> None:
    for key, text in words().items():
        blanks = [
            {name for _, name, _, _ in string.Formatter().parse(text[language]) if name}
            for language in ("en", "zh")
        ]
        assert text["en"] and text["zh"] and blanks[0] == blanks[1], key
    han = re.compile(r"[\u4e00-\u9fff]")
    spoken = {key: text for key, text in words().items() if key not in ("auc", "other_language")}
    assert [key for key, text in spoken.items() if han.search(text["en"])] == []
    assert [
        key
        for key, text in spoken.items()
        if not han.search(text["zh"]) and re.search(r"[A-Za-z]{2}", text["zh"])
    ] == []


def test_every_word_and_every_query_is_used() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for suffix in ("*.py", "*.js", "*.html")
        for path in REPORT.glob(suffix)
    )
    built = {"at_stake_better", "at_stake_worse", "worse", "better", "model", "recency"}
    built |= {key for key in words() if key.startswith("channel_")}
    unused = [key for key in words() if not re.search(rf'["`]{key}["`]', code)]
    assert set(unused) <= built
    assert [path.stem for path in QUERIES.glob("*.sql") if f'"{path.stem}"' not in code] == []
