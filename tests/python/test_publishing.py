"""Publishing: what becomes a version, what is refused, and how one goes back."""

import json
import os
import shutil
import stat
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

import load_raw
import publish
from faults.toy import (
    BatchLoader,
    build_toy_with_dbt,
    build_with_sql,
    read_toy,
    run_toy,
    write_batch,
    write_project,
)
from lib.errors import UserError
from lib.pipeline import Run, RunOptions, run_pipeline
from lib.publishing.anomalies import audit_days, audit_lag, audit_rejected
from lib.publishing.audit import audit_dbt
from lib.publishing.durable import append_line, read_lines
from lib.publishing.flip import STATE, kept_versions, rollback
from lib.publishing.layout import Layout, read_manifest
from lib.publishing.lock import exclusive
from lib.publishing.preflight import read_inputs
from lib.publishing.reader import served_file, serving_connection
from lib.publishing.record import RunRecord
from run_pipeline import main as run_pipeline_command

Sql = str


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "warehouse")


@pytest.fixture
def batch(tmp_path: Path) -> Callable[..., Path]:
    """Write the input file of a batch."""

    def write(number: int, **how: Any) -> Path:
        return write_batch(tmp_path / "in", number, **how)

    return write


def publish_batch(
    layout: Layout, file: Path | None, *, then: Sql = "", **options: Any
) -> RunRecord:
    """Run the toy on a file; `then` is SQL done to the candidate after its models are built."""

    def build(run: Run, candidate: Path) -> None:
        build_with_sql(run, candidate)
        with duckdb.connect(str(candidate / STATE)) as connection:
            connection.execute(then)

    return run_pipeline(
        RunOptions(layout, project=layout.root, **options), BatchLoader(file), build
    )


def record_of(layout: Layout) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(layout.record.read_text(encoding="utf-8"))
    return found


# What a version is


def test_a_version_is_sealed_whole_and_read_only(layout: Layout, batch: Any) -> None:
    record = publish_batch(layout, batch(1))
    folder = layout.versions / str(record.version)
    assert os.readlink(layout.current) == f"versions/{record.version}"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"segments.duckdb": 0o440, "audiences.duckdb": 0o400, "manifest.json": 0o440}
    manifest = read_manifest(folder)
    assert set(manifest["tables"]) == {
        "catalogue.value_tiers",
        "main.people",
        "marts.customer_segments",
        "marts.segment_summary",
    }
    assert manifest["as_of"] == "2024-01-02"
    assert not list(layout.root.rglob("*.wal"))


def test_the_served_file_holds_tables_not_views_in_the_old_storage_format(
    layout: Layout, batch: Any
) -> None:
    publish_batch(layout, batch(1), then="create view marts.seen as from marts.customer_segments")
    with serving_connection(layout.root) as connection:
        kinds = connection.execute("select table_type from information_schema.tables").fetchall()
        tags = connection.execute(
            "select tags['storage_version'] from duckdb_databases() where not internal"
        ).fetchall()
    assert set(kinds) == {("BASE TABLE",)}
    assert tags[0][0].startswith("v1.4.0")


def test_the_same_rows_and_rules_publish_nothing_new(layout: Layout, batch: Any) -> None:
    first = publish_batch(layout, batch(1))
    second = publish_batch(layout, batch(1))
    third = publish_batch(layout, None)
    assert first.outcome == "published"
    assert [second.outcome, third.outcome] == ["nothing_to_publish"] * 2
    assert second.version == third.version == first.version
    assert len(kept_versions(layout)) == 1


def test_the_same_inputs_have_the_same_name_in_another_warehouse(
    layout: Layout, batch: Any, tmp_path: Path
) -> None:
    elsewhere = Layout(tmp_path / "elsewhere")
    assert publish_batch(layout, batch(1)).version == publish_batch(elsewhere, batch(1)).version


def test_another_date_or_rule_is_another_version(
    layout: Layout, batch: Any, tmp_path: Path
) -> None:
    undated = publish_batch(layout, batch(1))
    dated = publish_batch(layout, None, as_of=date(2024, 1, 2))
    write_project(layout.root)
    (layout.root / "seeds" / "value_tiers.csv").write_text("value_tier\nhigh\n")
    changed = publish_batch(layout, None)
    names = [str(undated.version), str(dated.version), str(changed.version)]
    assert len(set(names)) == 3
    assert names[1].startswith("2024-01-02-")


def test_a_state_put_back_from_an_older_copy_gets_its_rows_again(
    layout: Layout, batch: Any
) -> None:
    publish_batch(layout, batch(1))
    older = layout.state.read_bytes()
    publish_batch(layout, batch(2))
    layout.state.write_bytes(older)
    assert publish_batch(layout, batch(2)).outcome == "nothing_to_publish"
    assert publish_batch(layout, None).outcome == "nothing_to_publish"


def test_contact_data_goes_to_a_file_of_its_own(layout: Layout, batch: Any) -> None:
    record = publish_batch(
        layout,
        batch(1),
        then="create or replace table audiences.people as"
        " select 'c1' as customer_id, 'a@shop.example' as email",
    )
    path = served_file(layout.root, "audiences.duckdb")
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert "main.people" in record.tables
    with serving_connection(layout.root, "audiences.duckdb") as connection:
        assert connection.execute("select email from people").fetchall()
    with serving_connection(layout.root) as connection, pytest.raises(duckdb.CatalogException):
        connection.execute("from people")


def note(members: str) -> Sql:
    """SQL that puts customers on one list, and tells what the build was told of the list before."""
    return (
        "create or replace table audiences.audience_memberships as select 'call' as audience_id,"
        f" unnest({members.split()}) as customer_id, date '2024-06-30' as observed_on;"
        "create or replace table marts.told as from served.audience_memberships"
    )


def told(layout: Layout) -> str:
    with serving_connection(layout.root) as connection:
        rows = connection.execute("select customer_id from marts.told order by all").fetchall()
    return " ".join(customer for (customer,) in rows)


def test_a_build_is_told_who_is_on_the_lists_that_are_served(layout: Layout, batch: Any) -> None:
    publish_batch(layout, batch(1), then=note("ann bob"), accept_smaller=True)
    assert told(layout) == ""
    publish_batch(layout, batch(2), then=note("bob cai"), accept_smaller=True)
    assert told(layout) == "ann bob"
    rollback(layout)  # what readers are given, not what was built last
    publish_batch(layout, batch(3), then=note("dee"), accept_smaller=True)
    assert told(layout) == "ann bob"
    without = "drop table audiences.audience_memberships;" + note("").split(";")[1]
    publish_batch(layout, batch(4), then=without, accept_smaller=True)
    publish_batch(layout, batch(5), then=note("eve"), accept_smaller=True)
    assert told(layout) == "", "the version before had no such list"


def test_lists_that_cannot_be_read_are_warned_of(layout: Layout, batch: Any) -> None:
    publish_batch(layout, batch(1), then=note("ann"), accept_smaller=True)
    path = served_file(layout.root, "audiences.duckdb")
    path.chmod(0o600)
    path.write_bytes(b"no database")
    record = publish_batch(layout, batch(2), then=note("ann bob"), accept_smaller=True)
    assert told(layout) == ""
    assert any("everyone on one enters" in warning for warning in record.warnings)


def test_other_artefacts_are_written_before_the_seal(layout: Layout, batch: Any) -> None:
    def write_page(state: Path, folder: Path) -> None:
        assert (folder / "segments.duckdb").exists() and state.exists()
        (folder / "report.html").write_text("<p>segments</p>")

    run_pipeline(
        RunOptions(layout, project=layout.root), BatchLoader(batch(1)), build_with_sql, [write_page]
    )
    manifest = read_manifest(layout.current)
    assert set(manifest["files"]) == {"segments.duckdb", "audiences.duckdb", "report.html"}


def test_an_artefact_that_cannot_be_written_publishes_nothing(layout: Layout, batch: Any) -> None:
    def fail(state: Path, folder: Path) -> None:
        raise ValueError("no chart")

    options = RunOptions(layout, project=layout.root)
    with pytest.raises(UserError, match="no chart"):
        run_pipeline(options, BatchLoader(batch(1)), build_with_sql, [fail])
    assert layout.served() is None and not list(layout.versions.iterdir())
    assert "ValueError" in record_of(layout)["traceback"]


def test_a_missing_chart_library_is_missed_before_anything_is_built(
    layout: Layout, batch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> str:
        raise UserError("the report's chart library cannot be read")

    with monkeypatch.context() as without:
        without.setattr("lib.pipeline.echarts", missing)
        with pytest.raises(UserError, match="chart library"):
            publish_batch(layout, batch(1))
    assert list(record_of(layout)["seconds"])[-1] == "preflight"
    assert publish_batch(layout, batch(1)).outcome == "published"


# What is refused


@pytest.mark.parametrize(
    ("harm", "complaint"),
    [
        ("create table marts.wide as select sum(1) as total", "HUGEINT"),
        ("create table marts.clock as select now() as at", "TIMESTAMP WITH TIME ZONE"),
        ("create table marts.precise as select 1.234::decimal(9, 3) as price", "DECIMAL"),
        ("create table marts.people as select 'x' as birth_date", "contact data"),
        ("create table marts.notes as select 'mail ann@shop.example' as note", "contact data"),
        (
            "create table raw.customers as select 'c1' as customer_id, '+49 151 1234' as phone;"
            "create table marts.notes as select '+49 151 1234' as note",
            "contact data",
        ),
        (
            "create table raw.loads as select 'l1' as load_id, 'orders' as raw_table,"
            " 61 as rows_read, 0 as rows_unreadable, 0 as rows_unchanged, 0 as rows_replaced,"
            " 0 as rows_erased, date '2024-01-01' as loaded_on;"
            "alter table raw.orders add column load_id varchar default 'l1'",
            "61 read, 60 accounted for",
        ),
        ("drop schema marts cascade", "no table to serve"),
    ],
)
def test_a_candidate_unfit_to_serve_is_rejected_with_the_reason(
    layout: Layout, batch: Any, harm: Sql, complaint: str
) -> None:
    before = publish_batch(layout, batch(1))
    with pytest.raises(UserError) as failure:
        publish_batch(layout, batch(2), then=harm)
    record = record_of(layout)
    assert failure.value.exit_code == record["exit_code"] == 1
    assert complaint in str(record["findings"])
    assert record["outcome"] == "rejected"
    assert layout.served() == before.version and read_toy(layout.root) == 1
    assert read_lines(layout.log)[-1]["event"] == "reject"


def test_a_customer_id_that_is_an_address_is_served(layout: Layout, batch: Any) -> None:
    then = "update marts.customer_segments set customer_id = customer_id || '@shop.example'"
    assert publish_batch(layout, batch(1), then=then).outcome == "published"


def test_half_the_customers_gone_is_rejected_unless_it_is_meant(layout: Layout, batch: Any) -> None:
    publish_batch(layout, batch(1))
    shrink = "delete from marts.customer_segments where customer_id > 'c16'"
    with pytest.raises(UserError):
        publish_batch(layout, batch(2), then=shrink)
    assert record_of(layout)["findings"][0]["check"] == "volume"
    assert publish_batch(layout, batch(2), then=shrink, accept_smaller=True).version


def test_an_older_newest_date_is_rejected_unless_it_is_asked_for(
    layout: Layout, batch: Any
) -> None:
    publish_batch(layout, batch(5))
    with pytest.raises(UserError):
        publish_batch(layout, batch(4))
    assert record_of(layout)["findings"][0]["check"] == "freshness"
    assert publish_batch(layout, batch(4), as_of=date(2024, 1, 5)).outcome == "published"


TODAY = date(2024, 6, 30)  # a Sunday
STEADY = {TODAY - timedelta(days=ago): 20 for ago in range(70)}
NO_SUNDAYS = {day: count for day, count in STEADY.items() if day.weekday() != 6}
SLOW = {day: 2 for day in STEADY}


@pytest.mark.parametrize(
    ("orders", "odd"),
    [
        (STEADY, []),
        (NO_SUNDAYS, []),
        (SLOW, []),
        ({}, []),
        (STEADY | {date(2024, 6, 26): 0}, ["orders of 2024-06-26"]),
        (SLOW | {date(2024, 6, 26): 0}, []),
        ({day: 10 if day > date(2024, 6, 23) else 20 for day in STEADY}, []),
        (
            {day: 9 if day > date(2024, 6, 23) else 20 for day in STEADY},
            ["orders up to 2024-06-30"],
        ),
        ({day: 9 if day > date(2024, 6, 23) else 10 for day in STEADY}, []),
    ],
)
def test_a_day_without_orders_and_a_week_of_too_few_are_odd(
    orders: dict[date, int], odd: list[str]
) -> None:
    assert [finding.subject for finding in audit_days(orders, TODAY)] == odd


@pytest.mark.parametrize(
    ("orders", "loaded", "before", "is_odd"),
    [
        (STEADY, "2024-07-04", "2024-07-01", True),
        (STEADY, "2024-07-03", "2024-07-01", False),  # three days are usual
        (STEADY, "2024-07-04", "2024-07-04", False),  # nothing was loaded since
        (STEADY, "2024-07-04", None, False),  # nothing to compare with
        (SLOW, "2024-07-04", "2024-07-01", False),
    ],
)
def test_loads_that_bring_no_new_orders_are_odd(
    orders: dict[date, int], loaded: str, before: str | None, is_odd: bool
) -> None:
    assert bool(audit_lag(orders, TODAY, loaded, before)) == is_odd


@pytest.mark.parametrize(
    ("read", "rejected", "is_odd"),
    [
        (1000, 50, False),  # 5 percent
        (1000, 51, True),
        (100, 9, False),  # a few rows are a slip
        (100, 10, True),
        (4, 3, False),
        (4, 4, True),  # nothing of it can be believed
        (1, 0, False),
        (0, 0, False),
    ],
)
def test_a_file_of_which_much_is_rejected_is_odd(read: int, rejected: int, is_odd: bool) -> None:
    load = {"raw_table": "orders", "source_name": "o.csv", "load_id": "new", "rows_read": read}
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as state; create schema state.marts")
        assert audit_rejected(connection, [load]) == []  # no such mart, no opinion
        connection.execute(
            "create table state.marts.rejected_rows as"
            " select 'orders' as raw_table, 'new' as load_id, 'missing_key' as reject_reasons"
            f" from range({rejected})"
            " union all select 'orders', 'old', 'missing_key' from range(99)"
            " union all select 'events', 'new', 'missing_key' from range(99)"
            " union all select 'orders', 'new', 'duplicate_row' from range(99)"
        )
        found = audit_rejected(connection, [load])
        assert [finding.subject for finding in found] == (["o.csv"] if is_odd else [])
        assert all(f"({rejected} missing_key)" in finding.message for finding in found)
        assert audit_rejected(connection, [{**load, "already_loaded": True}]) == []


def test_an_odd_day_stops_the_publication_unless_told_otherwise(layout: Layout, batch: Any) -> None:
    # batch 1 is observed on 2024-01-02
    gap = (
        "create schema if not exists intermediate;"
        "create table intermediate.int_orders_identified as select ordered_on::date as ordered_on"
        " from generate_series(date '2023-10-20', date '2024-01-02', interval 1 day) days"
        " (ordered_on), range(12) where ordered_on <> date '2023-12-31'"
    )
    with pytest.raises(UserError, match="volume orders of 2023-12-31"):
        publish_batch(layout, batch(1), then=gap)
    assert layout.served() is None
    assert publish_batch(layout, batch(1), then=gap, accept_smaller=True).version


def test_a_file_rejected_as_a_whole_stops_the_publication_unless_told_otherwise(
    layout: Layout, batch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = {"raw_table": "orders", "source_name": "o.csv", "load_id": "new", "rows_read": 2}
    loading = BatchLoader.load
    monkeypatch.setattr(BatchLoader, "load", lambda *told: [loading(*told) and load])
    then = (
        "create table marts.rejected_rows as select 'orders' as raw_table, 'new' as load_id,"
        " 'missing_key' as reject_reasons from range(2)"
    )
    with pytest.raises(UserError, match=r"rejected o\.csv"):
        publish_batch(layout, batch(1), then=then)
    assert "2 of 2 rows are rejected" in str(record_of(layout)["findings"])
    assert layout.served() is None
    assert publish_batch(layout, batch(1), then=then, accept_smaller=True).version


def test_no_rows_and_no_mapping_is_bad_input(layout: Layout) -> None:
    with pytest.raises(UserError, match="nothing to build from") as failure:
        publish_batch(layout, None)
    assert failure.value.exit_code == 2
    assert record_of(layout)["outcome"] == "bad_input"


def test_inputs_are_regular_files_inside_the_folder(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "secret.csv"
    inside.mkdir()
    outside.write_text("x")
    (inside / "link.csv").symlink_to(outside)
    os.mkfifo(inside / "pipe")
    for path, complaint in [
        (inside / "link.csv", "outside"),
        (inside / "pipe", "not a regular file"),
        (inside, "not a regular file"),
        (inside / "absent.csv", "cannot read"),
    ]:
        with pytest.raises(UserError, match=complaint):
            read_inputs([path], inside)


def test_an_input_that_changes_while_it_is_read_is_refused(layout: Layout, batch: Any) -> None:
    class Growing(BatchLoader):
        def load(self, connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
            assert self.file
            with self.file.open("a") as file:
                file.write("c1,1,5\n")
            return super().load(connection)

    with pytest.raises(UserError, match="changed while it was read"):
        run_pipeline(RunOptions(layout, project=layout.root), Growing(batch(1)), build_with_sql)
    assert layout.served() is None


# What dbt did


def dbt_artefacts(folder: Path, statuses: dict[str, str], nodes: list[str]) -> Path:
    folder.mkdir(parents=True)
    results = [
        {"unique_id": name, "status": status, "message": "Got 3 results"}
        for name, status in statuses.items()
    ]
    described = {
        name: {"resource_type": name.split(".")[0], "config": {"materialized": "table"}}
        for name in nodes
    }
    (folder / "run_results.json").write_text(json.dumps({"results": results}))
    (folder / "manifest.json").write_text(json.dumps({"nodes": described}))
    return folder


@pytest.mark.parametrize("status", ["error", "fail", "warn", "skipped", "runtime error"])
def test_every_status_but_success_and_pass_is_a_finding(tmp_path: Path, status: str) -> None:
    folder = dbt_artefacts(
        tmp_path / "target", {"model.a": "success", "test.b": status}, ["model.a", "test.b"]
    )
    verdict = audit_dbt([folder])
    assert [str(finding) for finding in verdict.findings] == [f"{status} test.b: Got 3 results"]


def test_a_node_that_never_ran_is_a_finding(tmp_path: Path) -> None:
    folder = dbt_artefacts(tmp_path / "target", {"model.a": "success"}, ["model.a", "test.b"])
    assert [finding.check for finding in audit_dbt([folder]).findings] == ["did not run"]
    assert audit_dbt([folder], complete=False).findings == []


@pytest.mark.parametrize("name", ["run_results.json", "manifest.json"])
@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"results": [{}], "nodes": 3}'])
def test_an_unreadable_artefact_is_a_finding(
    tmp_path: Path, name: str, content: str | None
) -> None:
    folder = dbt_artefacts(tmp_path / "target", {"model.a": "success"}, ["model.a"])
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content)
    assert "unreadable" in [finding.check for finding in audit_dbt([folder]).findings]


def test_dbt_builds_tests_and_drops_what_it_no_longer_makes(
    layout: Layout, batch: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    project = write_project(tmp_path / "project")
    options = RunOptions(layout, project=project)
    loader = BatchLoader(batch(1))

    def build_beside_leftovers(run: Run, candidate: Path) -> None:
        with duckdb.connect(str(candidate / STATE)) as connection:
            connection.execute("create schema marts; create table marts.renamed as select 1 as i")
        build_toy_with_dbt(run, candidate)

    record = run_pipeline(options, loader, build_beside_leftovers)
    assert record.dbt == {"model success": 4, "seed success": 1, "test pass": 1}
    assert "marts.renamed" not in record.tables and "marts.segment_summary" in record.tables

    capfd.readouterr()
    with pytest.raises(UserError, match=r"^1 check failed, first: fail test\.toy\.no_negative"):
        run_pipeline(options, BatchLoader(batch(2, amount=-500)), build_toy_with_dbt)
    told = capfd.readouterr().err
    assert "no_negative_revenue" in told and "Got 20 results" in told
    assert read_toy(layout.root) == 1
    assert list(layout.build.iterdir()), "the rejected candidate is there to be looked at"


def test_a_failed_proof_of_the_catalogue_names_its_rows_and_no_other_test_does(
    layout: Layout, batch: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    project = write_project(tmp_path / "project")
    proof = project / "tests" / "singular" / "catalogue" / "a_tier_has_a_short_name.sql"
    proof.parent.mkdir(parents=True)
    proof.write_text(
        "select value_tier, 'has no short name' as problem, null as nothing"
        " from {{ ref('value_tiers') }} where value_tier = 'high'"
    )
    with pytest.raises(UserError, match="2 checks failed"):
        run_pipeline(
            RunOptions(layout, project=project),
            BatchLoader(batch(1, amount=-500)),
            build_toy_with_dbt,
        )
    told = capfd.readouterr().err
    said = "Got 1 result, configured to fail if != 0: value_tier high, problem has no short name"
    assert f"a_tier_has_a_short_name: {said}\n" in told
    messages = {found["subject"]: found["message"] for found in record_of(layout)["findings"]}
    assert messages["test.toy.a_tier_has_a_short_name"] == said
    (revenue,) = [text for subject, text in messages.items() if "no_negative" in subject]
    assert revenue == "Got 20 results, configured to fail if != 0"


def test_a_model_that_is_broken_says_what_is_wrong(
    layout: Layout, batch: Any, tmp_path: Path
) -> None:
    project = write_project(tmp_path / "project")
    (project / "models" / "marts" / "broken.sql").write_text("select from nowhere at all")
    options = RunOptions(layout, project=project)
    with pytest.raises(UserError):
        run_pipeline(options, BatchLoader(batch(1)), build_toy_with_dbt)
    assert "broken" in str(record_of(layout)["findings"])
    (project / "models" / "marts" / "broken.sql").write_text("{{ ref('nobody') }}")
    with pytest.raises(UserError, match="nobody"):
        run_pipeline(options, BatchLoader(batch(1)), build_toy_with_dbt)
    assert layout.served() is None


# Going back, keeping, looking


def test_rollback_serves_the_version_before_and_the_next_run_goes_forward(
    layout: Layout, batch: Any
) -> None:
    first, second = (publish_batch(layout, batch(number)) for number in (1, 2))
    assert rollback(layout) == (first.version, [])
    assert read_toy(layout.root) == 1
    with pytest.raises(UserError, match="no older version"):
        rollback(layout)
    again = publish_batch(layout, None)
    assert again.version == f"{second.version}-2", "no name is used twice"
    assert read_toy(layout.root) == 2
    events = [(line["event"], line["version"]) for line in read_lines(layout.log)]
    assert ("rollback", first.version) in events


@pytest.mark.parametrize("name", ["../state.duckdb", "/etc", "", "nobody"])
def test_rollback_goes_to_versions_only(layout: Layout, batch: Any, name: str) -> None:
    publish_batch(layout, batch(1))
    with pytest.raises(UserError):
        rollback(layout, name)


def test_the_newest_n_versions_are_kept_and_the_served_one(layout: Layout, batch: Any) -> None:
    names = [publish_batch(layout, batch(number), keep=3).version for number in range(1, 6)]
    assert [version.name for version in kept_versions(layout)] == names[2:]
    rollback(layout, names[2])
    runner = CliRunner()
    done = runner.invoke(publish.main, ["--warehouse-dir", str(layout.root), "keep", "1"])
    assert done.exit_code == 0, done.output
    assert [version.name for version in kept_versions(layout)] == [names[2]]


def test_list_and_verify_show_what_is_there(layout: Layout, batch: Any) -> None:
    runner, where = CliRunner(), ["--warehouse-dir", str(layout.root)]
    assert "nothing is published" in runner.invoke(publish.main, [*where, "list"]).output
    first, second = (publish_batch(layout, batch(number)) for number in (1, 2))
    lines = runner.invoke(publish.main, [*where, "list"]).output.splitlines()
    assert lines[0].startswith(f"  {first.version}") and lines[1].startswith(f"* {second.version}")
    assert "whole (4 tables)" in runner.invoke(publish.main, [*where, "verify"]).output
    damaged = layout.versions / str(first.version) / "segments.duckdb"
    damaged.chmod(0o600)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert isinstance(runner.invoke(publish.main, [*where, "verify"]).exception, UserError)


def test_a_version_with_swapped_values_is_found_even_if_its_digest_was_forged(
    layout: Layout, batch: Any
) -> None:
    from lib.publishing.durable import sha256
    from lib.publishing.seal import verify_version

    folder = layout.versions / str(publish_batch(layout, batch(1)).version)
    with duckdb.connect(str(folder / "segments.duckdb")) as connection:
        connection.execute(
            "update marts.customer_segments set revenue = case customer_id"
            " when 'c1' then (select revenue from marts.customer_segments where customer_id = 'c2')"
            " else (select revenue from marts.customer_segments where customer_id = 'c1') end"
            " where customer_id in ('c1', 'c2')"
        )
    manifest = read_manifest(folder)
    manifest["files"]["segments.duckdb"]["sha256"] = sha256(folder / "segments.duckdb")
    (folder / "manifest.json").chmod(0o600)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UserError, match="reads back differently"):
        verify_version(folder)


def test_the_main_command_lists_and_rolls_back_too(layout: Layout, batch: Any) -> None:
    runner, where = CliRunner(), ["--warehouse-dir", str(layout.root)]
    first, second = (publish_batch(layout, batch(number)) for number in (1, 2))
    told = runner.invoke(run_pipeline_command, [*where, "--list"]).output
    assert f"  {first.version}" in told and f"* {second.version}" in told
    assert runner.invoke(run_pipeline_command, [*where, "--rollback"]).exit_code == 0
    assert layout.served() == first.version
    named = runner.invoke(run_pipeline_command, [*where, "--rollback", str(second.version)])
    assert named.output == f"serving {second.version}\n"
    wrong = runner.invoke(run_pipeline_command, [*where, "--rollback", "--list"])
    assert isinstance(wrong.exception, UserError)


def test_loading_by_hand_waits_its_turn_and_finishes_first_what_a_dead_run_left(
    layout: Layout, batch: Any, tmp_path: Path
) -> None:
    name = str(publish_batch(layout, batch(1)).version)
    (layout.build / name).mkdir()
    shutil.copy(layout.state, layout.build / name / STATE)
    with duckdb.connect(str(layout.build / name / STATE)) as connection:
        connection.execute("create table raw.note as select 'of the dead run' as text")
    (tmp_path / "products.csv").write_text("product_id\np1\n")
    (tmp_path / "m.yml").write_text("tables: {products: {file: products.csv}}")
    load = ["--mapping", str(tmp_path / "m.yml"), "--folder", str(tmp_path)]
    load += ["--warehouse", str(layout.state)]
    with exclusive(layout.lock, purpose="another"):
        busy = CliRunner().invoke(load_raw.main, load).exception
    assert isinstance(busy, UserError) and busy.exit_code == 75 and "another" in str(busy)
    loaded = CliRunner().invoke(load_raw.main, load)
    assert loaded.exit_code == 0, loaded
    with duckdb.connect(str(layout.state), read_only=True) as connection:
        assert connection.execute("from raw.note").fetchall() == [("of the dead run",)]
        assert connection.execute("select product_id from raw.products").fetchall() == [("p1",)]


# Readers and files


def test_a_serving_connection_reaches_nothing_else_and_cannot_be_opened_up(
    layout: Layout, batch: Any
) -> None:
    publish_batch(layout, batch(1))
    with serving_connection(layout.root) as connection:
        for statement in (
            "copy (select 1) to 'out.csv'",
            "from read_csv('/etc/passwd')",
            "attach 'other.duckdb'",
            "set enable_external_access = true",
            "set lock_configuration = false",
            "create table marts.mine (i integer)",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)


def test_a_reader_that_stays_keeps_its_version_and_a_new_one_gets_the_new(
    layout: Layout, batch: Any
) -> None:
    publish_batch(layout, batch(1))
    count = "select distinct batch from marts.customer_segments"
    with serving_connection(layout.root) as stays:
        assert stays.execute(count).fetchall() == [(1,)]
        publish_batch(layout, batch(2), keep=1)
        assert stays.execute(count).fetchall() == [(1,)]
        assert read_toy(layout.root) == 2


def test_without_symlinks_a_json_pointer_serves(
    layout: Layout, batch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    publish_batch(layout, batch(1))
    publish_batch(layout, batch(2))
    assert not layout.current.is_symlink() and layout.current_json.exists()
    assert read_toy(layout.root) == 2
    rollback(layout)
    assert read_toy(layout.root) == 1


def test_a_write_ahead_log_left_by_a_crash_is_folded_in_not_replayed_later(
    layout: Layout, batch: Any
) -> None:
    publish_batch(layout, batch(1))
    with duckdb.connect(str(layout.state)) as connection:
        connection.execute("set checkpoint_threshold = '1 GB'")
        connection.execute("create table raw.note as select 'kept' as text")
        wal = layout.state.with_name("state.duckdb.wal")
        left, state = wal.read_bytes(), layout.state.read_bytes()
    layout.state.write_bytes(state)
    wal.write_bytes(left)
    publish_batch(layout, batch(2))
    assert not wal.exists()
    with duckdb.connect(str(layout.state), read_only=True) as connection:
        assert connection.execute("from raw.note").fetchall() == [("kept",)]


def test_a_torn_line_of_the_log_is_kept_apart(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    append_line(log, {"n": 1})
    with log.open("ab") as file:
        file.write(b'{"n": 2')
    append_line(log, {"n": 3})
    assert read_lines(log) == [{"n": 1}, {"n": 3}]


def test_the_build_folder_is_private_and_gone_afterwards(layout: Layout, batch: Any) -> None:
    modes: list[int] = []

    def look(run: Run, candidate: Path) -> None:
        modes.extend(stat.S_IMODE(path.stat().st_mode) for path in (candidate, candidate / STATE))
        build_with_sql(run, candidate)

    run_pipeline(RunOptions(layout, project=layout.root), BatchLoader(batch(1)), look)
    assert modes == [0o700, 0o600]
    assert stat.S_IMODE(layout.build.stat().st_mode) == 0o700
    assert list(layout.build.iterdir()) == []


def test_the_record_tells_versions_counts_durations_and_digests(layout: Layout, batch: Any) -> None:
    assert run_toy(layout.root, batch(1)) == 0
    record = record_of(layout)
    assert record["outcome"] == "published" and record["exit_code"] == 0
    assert record["served_before"] is None and record["served_after"] == record["version"]
    assert record["tables"]["marts.customer_segments"]["rows"] == 20
    assert len(record["files"]["segments.duckdb"]["sha256"]) == 64
    assert record["inputs"][0]["name"] == "batch-1.csv"
    assert {"load", "build", "seal", "publish"} <= set(record["seconds"])
    assert record["code_versions"]["duckdb"] == duckdb.__version__
