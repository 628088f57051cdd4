"""Who can be recognised in what is served, and where the secret is not."""

import hashlib
import hmac
import random
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from click.testing import CliRunner

from faults.toy import BatchLoader, build_with_sql, run_toy, write_batch, write_project
from lib.errors import UserError
from lib.pipeline import Run, RunOptions, run_pipeline
from lib.pseudonyms import KEY_VARIABLE, key_from_environment, pseudonym, teach
from lib.publishing.flip import STATE
from lib.publishing.layout import Layout
from lib.publishing.reader import serving_connection
from lib.publishing.seal import attached
from run_pipeline import main as run_pipeline_command
from shop import Shop
from shop.engine import run_models
from shop.generated import generate
from shop.project import compile_project
from test_dimensions import furnish

ROOT = Path(__file__).resolve().parents[2]
KEY = "kanarienvogel-0123456789-abcdefghij"

PROFILE = f"""
toy:
  target: duckdb
  outputs:
    duckdb:
      type: duckdb
      threads: 1
      path: "{{{{ env_var('SEGMENTS_WAREHOUSE') }}}}"
      module_paths: ["{ROOT / "scripts"}"]
      plugins: [{{module: lib.dbt_pseudonyms}}]
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "warehouse")


@pytest.fixture
def batch(tmp_path: Path) -> Callable[[int], Path]:
    return lambda number: write_batch(tmp_path / "in", number)


def project_with(folder: Path, **variables: Any) -> Path:
    """The toy project with vars, its customers named by the real macro."""
    project = write_project(folder)
    with (project / "dbt_project.yml").open("a") as file:
        file.write(f"vars: {variables}\n")
    macro = (ROOT / "macros" / "engine" / "pseudonym.sql").read_text()
    (project / "macros" / "pseudonym.sql").write_text(macro.replace("'customer_segments'", "'toy'"))
    (project / "profiles" / "profiles.yml").write_text(PROFILE)
    (project / "models" / "int_customers_observed.sql").write_text(
        "{{ config(materialized='table') }}"
        " select * replace ({{ pseudonym('customer_id') }} as customer_id)"
        " from {{ source('raw', 'orders') }}\n"
    )
    return project


# Pseudonyms


@pytest.mark.parametrize("key", [KEY, "k" * 64, "k" * 65, "钥匙" * 20])
def test_sql_and_python_give_the_same_pseudonym(key: str) -> None:
    texts = ["c1", "", "王 小明", "x" * 200, "o'brien"]
    with duckdb.connect() as connection:
        teach(connection, key.encode())
        rows = connection.execute("select pseudonym_of(unnest(?))", [texts]).fetchall()
        assert connection.execute("select pseudonym_of(null)").fetchall() == [(None,)]
    expected = [hmac.new(key.encode(), text.encode(), hashlib.sha256) for text in texts]
    assert [row[0] for row in rows] == [found.hexdigest() for found in expected]
    assert [row[0] for row in rows] == [pseudonym(key.encode(), text) for text in texts]


def test_a_key_that_can_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "hunter2")
    with pytest.raises(UserError, match="can be guessed") as refusal:
        key_from_environment()
    assert refusal.value.exit_code == 2 and "hunter2" not in str(refusal.value)


def test_where_pseudonyms_are_asked_for_there_is_no_build_without_a_key(
    layout: Layout, batch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_with(tmp_path / "project", pseudonymise_customers=True)
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    assert run_toy(layout.root, batch(1), project) == 2
    assert layout.served() is None
    with duckdb.connect() as connection:
        teach(connection, None)
        with pytest.raises(duckdb.Error, match=KEY_VARIABLE):
            connection.execute("select pseudonym_of('c1')")


def test_the_key_is_in_no_file_and_no_customer_goes_by_their_id(
    layout: Layout,
    batch: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    project = project_with(tmp_path / "project", pseudonymise_customers=True)
    assert run_toy(layout.root, batch(1), project) == 0
    with serving_connection(layout.root) as connection:
        served = connection.execute("select customer_id from marts.customer_segments").fetchall()
    assert {row[0] for row in served} == {pseudonym(KEY.encode(), f"c{n}") for n in range(20)}
    # A run that is rejected leaves its folder, with dbt's logs and compiled SQL, to be looked at.
    rejected = write_batch(tmp_path / "in", 2, amount=-500)
    assert run_toy(layout.root, rejected, project) == 1
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"manifest.json", "dbt.log", "last_run.json", "state.duckdb"} <= {p.name for p in files}
    inner = bytes(byte ^ 0x36 for byte in KEY.encode())
    for path in files:
        content = path.read_bytes()
        for secret in (KEY.encode(), KEY.encode().hex().encode(), inner, inner.hex().encode()):
            assert secret not in content, path
    assert KEY not in "".join(capfd.readouterr())

    monkeypatch.setenv(KEY_VARIABLE, KEY[::-1])
    assert run_toy(layout.root, batch(1), project) == 0, "another key is another version"
    with serving_connection(layout.root) as connection:
        again = connection.execute("select customer_id from marts.customer_segments").fetchall()
    assert not {row[0] for row in served} & {row[0] for row in again}


def test_a_view_of_pseudonyms_can_be_audited_and_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dbt's session knows the function; the one that seals what dbt built has to know it too."""
    state = tmp_path / "state.duckdb"
    with duckdb.connect(str(state)) as connection:
        teach(connection, KEY.encode())
        connection.execute("create schema marts")
        connection.execute("create view marts.people as select pseudonym_of('c1') as customer_id")
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    with attached(state) as connection:
        told = connection.execute("select customer_id from state.marts.people").fetchall()
    assert told == [(pseudonym(KEY.encode(), "c1"),)]


def test_unit_tests_that_name_customers_hold_where_pseudonyms_are_asked_for() -> None:
    """They are part of every build: one that expects c1 where the SQL says an HMAC publishes
    nothing."""
    models = [
        path.stem
        for path in (ROOT / "models").rglob("*.sql")
        if "{{ pseudonym(" in path.read_text(encoding="utf-8")
    ]
    assert len(models) >= 2
    for path in (ROOT / "tests" / "unit").rglob("*.yml"):
        for test in yaml.safe_load(path.read_text(encoding="utf-8"))["unit_tests"]:
            if test["model"] in models:
                chosen = test.get("overrides", {}).get("vars", {})
                assert chosen.get("pseudonymise_customers") is False, test["name"]


def test_an_id_that_is_no_pseudonym_is_not_served(
    layout: Layout, batch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    project = project_with(tmp_path / "project", pseudonymise_customers=True)
    options = RunOptions(layout, project=project)
    with pytest.raises(UserError, match=r"pseudonyms marts\.customer_segments"):
        run_pipeline(options, BatchLoader(batch(1)), build_with_sql)


def test_pseudonyms_change_the_names_of_customers_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    shop = Shop()
    shop.customer("ann", email="ann@shop.example")
    shop.customer("ann2", email="ann@shop.example")
    shop.order("ann2", ago=10)
    shop.order("ben", ago=20)
    shop.order(None, ago=30)
    shop.order(None, ago=40, email="cy@shop.example")
    named = shop.build()
    hidden = shop.build(pseudonymise_customers=True)
    assert set(named.customers()) == {"ann", "ben", "guest-o3", "buyer-o4"}
    expected = {
        (pseudonym(KEY.encode(), who), day): {
            **row,
            "customer_id": pseudonym(KEY.encode(), row["customer_id"]),
        }
        for (who, day), row in named.observed.items()
    }
    assert hidden.observed == expected


def test_with_pseudonyms_no_mart_and_no_list_holds_an_id_that_the_shop_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    chance = random.Random("who is who")
    shop = furnish(chance.choice, generate(chance.choice, 60, 60, Shop(as_text=True)))
    for row in shop.raw["customers"]:
        row |= {"name": f"n-{row['customer_id']}", "phone": f"t-{row['customer_id']}"}
        row |= {"has_marketing_consent": "true"}
    compiled = compile_project(as_of=shop.today, variables={"pseudonymise_customers": True})
    wanted = [name for name, one in compiled.items() if one.schema in ("marts", "audiences")]
    tables = run_models(compiled, shop.raw, wanted, as_text=True)
    known = {
        (row[column] or "").strip().lower()
        for table in ("customers", "orders", "events")
        for row in shop.raw[table]
        for column in ("customer_id", "email", "name", "phone")
        if row.get(column)
    } - {""}
    assert len(known) > 150 and len(tables) > 35
    found = {
        f"{name}.{column}"
        for name, rows in tables.items()
        for row in rows
        for column, value in row.items()
        if isinstance(value, str) and known & set(re.split(r"[^\w@.-]+", value.lower()))
    }
    assert found == {"people.customer_name", "people.email", "people.phone"}
    assert all(re.fullmatch("[0-9a-f]{64}", row["customer_id"]) for row in tables["people"])


# Small groups


def publish_summaries(layout: Layout, file: Path, project: Path) -> list[int]:
    """Publish a toy with groups of 1 to 20 customers; which of them are served."""

    def build(run: Run, candidate: Path) -> None:
        build_with_sql(run, candidate)
        with duckdb.connect(str(candidate / STATE)) as connection:
            connection.execute(
                "create table marts.sizes as select size as customers, size - 9 as customers_lost,"
                " size / 20 as customers_share from (values (0), (1), (4), (5), (9), (13), (14),"
                " (20)) as sizes (size);"
                "create table marts.customer_visits as select 'c1' as customer_id, 1 as customers"
            )

    run_pipeline(RunOptions(layout, project=project), BatchLoader(file), build)
    with serving_connection(layout.root) as connection:
        assert connection.execute("select count(*) from marts.customer_visits").fetchall() == [(1,)]
        rows = connection.execute("select customers from marts.sizes order by all").fetchall()
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("variables", "served"),
    [
        ({}, [0, 1, 4, 5, 9, 13, 14, 20]),
        ({"suppress_small_groups": False, "min_group_size": 5}, [0, 1, 4, 5, 9, 13, 14, 20]),
        # neither 1 to 4 customers, nor 1 to 4 of them lost
        ({"suppress_small_groups": True, "min_group_size": 5}, [0, 5, 9, 14, 20]),
    ],
)
def test_small_groups_are_left_out_of_published_summaries_where_asked_for(
    layout: Layout, batch: Any, tmp_path: Path, variables: dict[str, Any], served: list[int]
) -> None:
    project = project_with(tmp_path / "project", **variables)
    assert publish_summaries(layout, batch(1), project) == served


def test_a_group_size_that_is_no_number_is_refused(
    layout: Layout, batch: Any, tmp_path: Path
) -> None:
    project = project_with(tmp_path / "project", suppress_small_groups=True, min_group_size="few")
    assert run_toy(layout.root, batch(1), project) == 2


# Secrets

SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a cloud key": r"\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}\b",
    "a token": r"\b(gh[pousr]_[0-9A-Za-z]{36}|xox[abpr]-[0-9A-Za-z-]{10,}|sk-[0-9A-Za-z]{32,})\b",
    "a signed token": r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.",
    "a password in an address": r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"]+:[^\s/@'\"{$]+@(?!127\.0\.0\.1|localhost)",
    "a password": r"(?i)\b(password|passwd|secret|api_?key|token)\s*[:=]\s*['\"][^'\"\s]{8,}['\"]",
}


def secrets_in(text: str) -> list[str]:
    return [name for name, pattern in SECRETS.items() if re.search(pattern, text)]


def test_the_scan_knows_a_secret_when_it_sees_one() -> None:
    planted = [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "ghp_" + "a1" * 18,
        "eyJ" + "hbGciOiJIUzI1" + ".eyJ" + "zdWIiOiIxMjM0" + ".x",
        "postgresql://shop:" + "hunter2" + "@db/shop",
        "password = " + "'correct horse'".replace(" ", "-"),
    ]
    assert [secrets_in(text) for text in planted] == [[name] for name in SECRETS]


def test_no_secret_is_in_the_repository() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    names = [name for name in listed.split("\0") if name and (ROOT / name).is_file()]
    assert len(names) > 300
    found = {
        name: secrets
        for name in names
        if (secrets := secrets_in((ROOT / name).read_text(encoding="utf-8", errors="ignore")))
    }
    assert found == {}


def test_no_secret_of_a_database_reaches_screen_record_or_log(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_DATABASE", "postgresql://shop:kanarienvogel@127.0.0.1:9/shop")
    mapping = tmp_path / "mapping.yml"
    mapping.write_text("tables: {orders: {database: $SHOP_DATABASE, table: public.orders}}")
    ran = CliRunner().invoke(
        run_pipeline_command,
        ["--mapping", str(mapping), "--warehouse-dir", str(layout.root)],
    )
    assert ran.exception is not None
    assert "kanarienvogel" not in ran.output + str(ran.exception)
    assert secrets_in(layout.record.read_text()) == []
    for path in layout.root.rglob("*"):
        assert path.is_dir() or b"kanarienvogel" not in path.read_bytes(), path
