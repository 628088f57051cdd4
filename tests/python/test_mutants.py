"""The slips that scripts/mutate_models.py makes are those of people, one at a time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pytest
from click.testing import CliRunner

import mutate_models
import shop.bank
import shop.tested
from lib.mutants import SLIPS, Place, mutant, mutants, places, slip, unchanged
from mutate_models import main
from shop.project import DataTest, Model


def after(sql: str, kind: str) -> list[str]:
    return [one.after.lower() for one in mutants(sql) if one.kind == kind]


@pytest.mark.parametrize(
    ("kind", "sql", "wrong"),
    [
        ("bound", "select a < 1, a >= 2", ["a <= 1", "a > 2"]),
        ("comparison", "select a = b, a <> b", ["a <> b", "a = b"]),
        ("and/or", "select a and b", ["a or b"]),
        ("not", "select not a, b is null", ["a", "not b is null"]),
        ("arithmetic", "select a - b", ["a + b"]),
        ("aggregate", "select sum(a), min(b) from t", ["max(a)", "max(b)"]),
        ("distinct", "select count(distinct a) from t", ["count(a)"]),
        ("function", "select least(a, b), lag(a) over () from t", ["greatest(a, b)", "lead(a)"]),
        ("join", "select a from t left join u on a = b", ["inner join u on a = b"]),
        ("join", "select a from t inner join u on a = b", ["left join u on a = b"]),
        # the second join drops who has no partner in the first
        (
            "join",
            "select 1 from t join u on a = b join v on u.c = v.c",
            ["left join v on u.c = v.c"],
        ),
        ("join", "select 1 from t join u on a = b where u.c > 0", []),
        ("constant", "select a + 1, a = 'x', 'y'", ["2", "'x~'"]),
        ("constant", "select 1e9, 9.5e-2", ["2e9", "10.5e-2"]),
        ("constant", "select count(case when a then 1 end) from t", []),
        ("fallback", "select coalesce(a, 0)", ["a"]),
        ("branch", "select case when a then 1 when b then 2 end", ["case when b then 2 end"]),
        ("set", "select distinct a from t", ["select a from t"]),
        (
            "set",
            "select a from t union select b from t union all select c from t",
            [
                "select a from t union select b from t union select c from t",
                "select a from t union all select b from t",
            ],
        ),
        (
            "set",
            "select a from t union all select b from t union select c from t",
            [
                "select a from t union all select b from t union all select c from t",
            ],
        ),
        ("frame", "select sum(a) over (order by b) from t", ["b desc"]),
    ],
)
def test_each_kind_of_slip_is_made_where_it_can_be(kind: str, sql: str, wrong: list[str]) -> None:
    assert sorted(after(sql, kind)) == sorted(wrong)


def test_every_kind_is_tried_and_each_mutant_differs_in_one_place() -> None:
    sql = (
        "select distinct case when a < 1 and not b = 'x' then coalesce(least(a, 1), 0)"
        " when a is null then 2 end, sum(a - 1) over (order by b rows between unbounded preceding"
        " and current row) from t left join u on t.id = u.id union all"
        " select count(distinct a), max(a) from t where a <> 2 or a > 1"
    )
    found = list(mutants(sql))
    assert {one.kind for one in found} == set(SLIPS)
    assert len({one.sql for one in found}) == len(found)
    assert unchanged(sql) not in {one.sql for one in found}


def test_a_frame_that_ends_a_row_early_is_another_sum() -> None:
    sql = (
        "select sum(i) over (order by i rows between unbounded preceding and current row)"
        " from range(4) as numbers (i)"
    )
    right = duckdb.sql(unchanged(sql)).fetchall()
    wrong = [duckdb.sql(m.sql).fetchall() for m in mutants(sql) if m.kind == "frame"]
    assert len(wrong) == 3 and right not in wrong


def test_what_a_macro_wrote_into_two_models_is_one_slip() -> None:
    sql = "select case when typeof({0}) in ('DATE') then {0} when {0} = 1 then 2 end, {0} < 3"
    slips = [
        {slip(name, text, place) for place in places(text)}
        for name, text in (("one", sql.format("a")), ("other", sql.format("b")))
    ]
    assert {one[0] for one in slips[0] & slips[1]} == {"utc_timestamp"}
    assert {one[0] for one in slips[0] ^ slips[1]} == {"one", "other"}


def test_a_mean_is_one_slip_whatever_it_is_a_mean_of() -> None:
    sql = (
        "select floor(cast(sum(cast(floor({0} * 1e9 + 0.5) as bigint)) as double)"
        " / nullif(count({0}), 0) + 0.5) / 1e9 as mean from t"
    )
    slips = [
        {slip(name, text, place) for place in places(text)}
        for name, text in (("one", sql.format("a")), ("other", sql.format("(b.c) * (b.c)")))
    ]
    assert {one[0] for one in slips[0]} == {"mean_of"} and slips[0] < slips[1]
    assert {one[0] for one in slips[1] - slips[0]} == {"other"}


def test_sides_that_say_in_words_which_they_are_have_no_distinct_to_forget() -> None:
    told = "select id, 'x' as kind from t union all select id, '{}' as kind from u"
    assert after(told.format("y"), "set") == []
    assert len(after(told.format("x"), "set")) == 1


def test_a_bound_that_a_value_falls_in_is_one_slip_wherever_it_is_asked_for() -> None:
    sql = "select (b.above is null or {0} > b.above) and (b.up_to is null or {0} <= b.up_to)"
    slips = [
        {slip(name, text, place) for place in places(text)}
        for name, text in (
            ("one", sql.format("case a when 'x' then 1 else 2 end")),
            ("other", sql.format("c")),
        )
    ]
    shared = {one[:3] for one in slips[0] & slips[1] if one[0] == "falls_in"}
    assert {("falls_in", "bound", "above"), ("falls_in", "bound", "up_to")} < shared


def test_what_a_macro_writes_down_twice_is_wrong_twice() -> None:
    value = "case a when 'x' then 1 else 2 end"
    sql = (
        f"select (b.above is null or {value} > b.above) and (b.up_to is null or {value} <= b.up_to)"
    )
    wrong = [place for place in places(sql) if mutant(sql, place).after == "'x~'"]
    assert len(wrong) == 2 and len({slip("m", sql, place) for place in wrong}) == 1
    assert mutant(sql, *wrong).sql.count("'x~'") == 2
    assert "'x'" not in mutant(sql, *wrong).sql
    asked = f"{sql} and {value} is not null"
    again = [place for place in places(asked) if mutant(asked, place).after == "'x~'"]
    assert len(again) == 3 and len({slip("m", asked, place) for place in again}) == 1


def test_a_data_test_that_reads_what_a_wrong_changes_notices_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = ('"state"."marts"."one"', '"state"."marts"."two"')
    models = {
        "one": Model("one", "marts", told[0], "select id, id < 3 as is_few from raw.t", ()),
        "two": Model("two", "marts", told[1], f"select id from {told[0]} where is_few", ("one",)),
    }
    monkeypatch.setattr(shop.tested, "compile_project", lambda: models)
    found = (DataTest("few", f"from {told[1]} where id >= 3"), DataTest("seeds", "select 1"))
    monkeypatch.setattr(shop.tested, "compiled_tests", lambda: found)
    with duckdb.connect(tmp_path / "state.duckdb") as made:
        made.execute("create schema raw; create table raw.t as from range(5) as numbers (id)")
    tested = shop.tested.TestedShop(tmp_path / "state.duckdb")
    assert tested.says_the_same("one", "select id, id <= 2 as is_few from raw.t")
    assert tested.notices("one", "select id, id < 4 as is_few from raw.t") == "few"
    assert tested.notices("one", "select id, id < 2 as is_few from raw.t") is None
    assert tested.notices("two", f"select id from {told[0]}") == "few"


class Guard:
    """Notices bounds by a unit test, constants by a shop, and nothing else."""

    asked: ClassVar[list[tuple[str, bool]]] = []
    shops: ClassVar[list[Any]] = []

    def __init__(self, small: int, warehouse: Path, wanted: Sequence[str]) -> None:
        self.models = {"m": Model("m", "s", '"m"', "select a < 1 and b or not c", ())}

    def check(self, name: str) -> None:
        pass

    def notices(self, name: str, wrong: Sequence[Place], *, shops: bool = True) -> str | None:
        self.asked.append((wrong[0].kind, shops))
        noticed = {"bound": "unit test", "constant": "shop" if shops else None}
        return noticed.get(wrong[0].kind)


def test_the_killed_are_not_tried_again_and_the_report_names_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.bank, "Bank", Guard)
    argued = tmp_path / "argued.csv"
    argued.write_text("model,kind,was,why\nm,not,NOT c,c is never asked for\nm,constant,1,so\n")
    monkeypatch.setattr(mutate_models, "ARGUED", argued)
    out = tmp_path / "report.md"
    command = ["--results", str(tmp_path / "known.jsonl"), "--out", str(out)]
    command += ["--warehouse-dir", str(tmp_path)]
    assert CliRunner().invoke(main, command).exit_code == 0
    report = out.read_text(encoding="utf-8")
    assert "5 of 5 mutants (5 places) tried: 2 killed, 2 survived, 1 argued" in report
    assert "Score 50.0 %" in report
    survived, argued_text, mistaken = report.split("\n## ")[1:]
    assert "| m | and/or | `a < 1 AND b` | `a < 1 OR b` |" in survived
    assert "| m | not | `NOT c` | `c` | c is never asked for |" in argued_text
    assert "yet noticed" in mistaken and "| m | constant | `1` | `2` | so |" in mistaken
    asked = [("bound", False), ("constant", False), ("constant", True)]
    open_ones = {(kind, shops) for kind in ("and/or", "not") for shops in (False, True)}
    assert set(asked) | open_ones == set(Guard.asked)
    Guard.asked.clear()
    assert CliRunner().invoke(main, command).exit_code == 0
    assert out.read_text(encoding="utf-8") == report
    assert {kind for kind, _ in Guard.asked} == {"and/or", "not"}
